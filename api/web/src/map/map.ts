import 'maplibre-gl/dist/maplibre-gl.css';
import {
  Map as MapLibre,
  type ErrorEvent,
  ScaleControl,
  setWorkerUrl,
  type MapMouseEvent,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type {Bounds, Position, Severity} from '../api/types';
import type {Theme, View} from '../planner/session';
import {palettes} from './palette';
import {drawMark} from './shapes';
import {emptyStyle, fillOf, mapStyle, MARKS, type Scene} from './style';

setWorkerUrl(workerUrl); // a file of this origin: the policy allows no blob

/** What the map tells the page. */
export interface MapEvents {
  /** The person pointed at a place. */
  pick(at: Position): void;
  /** The person pointed at a finding's mark. */
  finding(id: string): void;
  /** The map came to rest somewhere else. */
  look(view: View): void;
  /** Some tiles did not come; what is drawn may lack ground. */
  failed(): void;
  /** The map began to load, move or draw, or has nothing left to do. */
  busy(busy: boolean): void;
}

interface CanonicalTile {
  z: number;
  x: number;
  y: number;
}

/** MapLibre's error event as it comes from a source. */
interface TileError extends ErrorEvent {
  sourceId?: string;
  tile?: {tileID: {canonical: CanonicalTile}};
}

export type GridMap = ReturnType<typeof createMap>;

/**
 * Puts a map into the container; returns how to change it and how to take it
 * away. Throws where the browser cannot draw it (no WebGL 2).
 */
export function createMap(container: HTMLElement, theme: Theme, events: MapEvents) {
  const map = new MapLibre({
    container,
    style: emptyStyle(theme),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    fadeDuration: 0,
    minZoom: 3,
    maxZoom: 20,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({maxWidth: 110}), 'bottom-left');
  const removeImages = addMarkImages(map);
  let scene: Scene | null = null;
  const removePointer = addPointer(map, events, () => layersUnder(map, scene));
  const lost = new Map<string, CanonicalTile[]>();
  map.on('error', (e) => {
    const {sourceId, tile} = e as TileError;
    if (sourceId && tile) lost.set(sourceId, [...(lost.get(sourceId) ?? []), tile.tileID.canonical]);
    events.failed();
  });
  map.on('dataloading', () => events.busy(true));
  map.on('movestart', () => events.busy(true));
  map.on('idle', () => events.busy(false));

  let ready = false;
  const apply = () => {
    if (!ready || !scene) return;
    events.busy(true);
    map.setStyle(mapStyle(scene), {diff: true, validate: false});
    map.triggerRepaint(); // so that it falls idle again even if nothing differs
  };
  map.once('style.load', () => {
    ready = true;
    apply();
  });

  return {
    show: (next: Scene) => {
      scene = next;
      apply();
    },
    /** Asks the service again for the tiles in view, also those that failed; what did not change answers 304. */
    refresh: () => {
      events.busy(true);
      for (const [id, source] of Object.entries(map.getStyle().sources)) {
        if (source.type !== 'vector' || !map.getSource(id)) continue;
        // Asked for by name first: refreshing all waits for ever on a tile that failed (MapLibre 6.17).
        map.refreshTiles(id, lost.get(id) ?? []);
        map.refreshTiles(id);
      }
      lost.clear();
      map.triggerRepaint();
    },
    /** Moves to the box, leaving free a share of the shorter side on every side. */
    fit: (bounds: Bounds, margin: number, maxZoom = 17) =>
      map.fitBounds(bounds, {padding: padding(map, margin), maxZoom, duration: stillness() ? 0 : 450}),
    jump: ({lon, lat, zoom}: View) => map.jumpTo({center: [lon, lat], zoom}),
    frame: (bounds: Bounds) => map.fitBounds(bounds, {padding: padding(map, 0.06), duration: 0}),
    zoom: (by: number) => map.easeTo({zoom: map.getZoom() + by, duration: stillness() ? 0 : 200}),
    name: (label: string) => map.getCanvas().setAttribute('aria-label', label),
    resize: () => map.resize(),
    remove: () => {
      removePointer();
      removeImages();
      map.remove();
    },
  };
}

/** People who asked their system for less motion get none. */
const stillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const padding = (map: MapLibre, share: number) =>
  Math.round(Math.min(map.getCanvas().clientWidth, map.getCanvas().clientHeight) * share);

/** Marks of findings are drawn when the style first asks for one. */
function addMarkImages(map: MapLibre) {
  map.setMissingStyleImageResolver((id) => {
    const [kind, severity, theme] = id.split('-') as [string, Severity, Theme];
    const colours = palettes[theme];
    if (kind !== 'mark' || !colours || map.hasImage(id)) return;
    map.addImage(id, drawMark(severity, colours.severity[severity], colours.halo, 2), {pixelRatio: 2});
  });
  return () => map.setMissingStyleImageResolver(null);
}

/** The layers of grids that are drawn now. */
const layersUnder = (map: MapLibre, scene: Scene | null) =>
  (scene?.plan.tiers ?? []).map((t) => fillOf(t.code)).filter((id) => map.getLayer(id));

/** Pointing: a click or Enter picks, moving the pointer lights up the grid under it. */
function addPointer(map: MapLibre, events: MapEvents, layers: () => string[]) {
  const canvas = map.getCanvas();
  const setHover = hoverState(map, layers);
  const click = (e: MapMouseEvent) => {
    const mark = map.getLayer(MARKS) ? map.queryRenderedFeatures(e.point, {layers: [MARKS]})[0] : undefined;
    if (mark) events.finding(String(mark.properties['finding']));
    else events.pick([e.lngLat.lng, e.lngLat.lat]);
  };
  const move = (e: MapMouseEvent) => setHover(e.point);
  const leave = () => setHover(null);
  const key = (e: KeyboardEvent) => {
    if (e.key !== 'Enter') return;
    const {lng, lat} = map.getCenter();
    events.pick([lng, lat]);
  };
  const rest = () => {
    const {lng, lat} = map.getCenter();
    events.look({lon: lng, lat, zoom: map.getZoom()});
  };
  map.on('click', click);
  map.on('mousemove', move);
  map.on('mouseout', leave);
  map.on('moveend', rest);
  canvas.addEventListener('keydown', key);
  return () => {
    map.off('click', click);
    map.off('mousemove', move);
    map.off('mouseout', leave);
    map.off('moveend', rest);
    canvas.removeEventListener('keydown', key);
  };
}

/** Returns a function that moves the hover state to the grid at a point, or takes it away. */
function hoverState(map: MapLibre, layers: () => string[]) {
  let lit: {source: string; sourceLayer: string; id: string | number} | null = null;
  return (point: {x: number; y: number} | null) => {
    const found = point ? map.queryRenderedFeatures([point.x, point.y], {layers: layers()})[0] : undefined;
    const next =
      found?.id === undefined ? null : {source: found.source, sourceLayer: found.sourceLayer ?? '', id: found.id};
    if (next?.id === lit?.id && next?.source === lit?.source) return;
    if (lit && map.getSource(lit.source)) map.setFeatureState(lit, {hover: false});
    if (next) map.setFeatureState(next, {hover: true});
    map.getCanvas().style.cursor = next ? 'pointer' : '';
    lit = next;
  };
}
