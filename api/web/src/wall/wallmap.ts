import type {GeoJSONSource, VectorTileSource} from 'maplibre-gl';
import {ALARMS} from '../api/standing';
import type {RevisionEvent} from '../api/events';
import type {Bounds, Position} from '../api/types';
import {bareMap} from '../map/bare';
import {camera} from '../map/camera';
import {watchTiles} from '../map/freshness';
import {palettes} from '../map/palette';
import {isDrawn} from '../map/scene';
import {drawShape} from '../map/shapes';
import {ALARM_COLOURS, ALARM_SHAPES} from './alarms';
import {featuresOf, hear, SHOWN_MS, unseen, type Fresh} from './fresh';
import {FRESH, tilesUrl, wallStyle, type WallScene} from './scene';

/** What the map tells the page. */
interface Events {
  /** Somebody pointed at a place. */
  ask(at: Position): void;
  busy(busy: boolean): void;
  /** Some tiles did not come. */
  failed(what: 'tiles' | 'basemap'): void;
}

/** The map of an 8K wall is drawn pixel by pixel; MapLibre stops at half of that unless told. */
const EIGHT_K: [number, number] = [8192, 8192];

export type WallMap = ReturnType<typeof createWallMap>;

/**
 * Puts the wall's map into the container; returns how to change it and how to take it away. Throws where the browser
 * cannot draw it. No tile is kept out of view: what comes into view again is asked for again, and 304 if it is as it was.
 */
export function createWallMap(container: HTMLElement, events: Events) {
  const map = bareMap(container, 'dark', {keyboard: false, maxTileCacheSize: 0, maxCanvasSize: EIGHT_K});
  map.getCanvas().tabIndex = -1; // the page's own keys move the wall
  map.setMissingStyleImageResolver((id) => {
    const kind = ALARMS.find((k) => id === `alarm-${k}`);
    if (kind && !map.hasImage(id)) map.addImage(id, drawShape(ALARM_SHAPES[kind], ALARM_COLOURS[kind], palettes.dark.halo, 4), {pixelRatio: 4});
  });
  map.on('click', (e) => events.ask([e.lngLat.lng, e.lngLat.lat]));
  const tiles = watchTiles(map, events);
  const changes = freshLayer((data) => map.getSource<GeoJSONSource>(FRESH)?.setData(data));

  let scene: WallScene | null = null;
  let ready = false;
  let plan = 0;
  const apply = () => {
    if (!ready || !scene) return;
    keepTiles(scene);
    map.setStyle(wallStyle(scene, changes.now()), {diff: true, validate: false});
    if (plan !== 0 && plan !== scene.plan.id) map.once('idle', tiles.refresh); // tiles of before may have come under the new address
    plan = scene.plan.id;
  };
  /** Another plan of the same tiers takes its place tile by tile, without a dark moment between. */
  const keepTiles = ({origin, plan}: WallScene) => {
    for (const layer of ['labels', ...plan.tiers.filter(isDrawn).map((t) => t.code)]) {
      const source = map.getSource<VectorTileSource>(layer === 'labels' ? layer : `tier-${layer}`);
      const url = tilesUrl(origin, plan.id, layer);
      if (source?.loaded() && source.tiles[0] !== url) source.setTiles([url]);
    }
  };
  map.once('style.load', () => {
    ready = true;
    apply();
  });
  return {
    ...camera(map),
    show: (next: WallScene) => {
      scene = next;
      apply();
    },
    /** Draws what an event tells at once, then asks for the tiles it changed. */
    hear: (event: RevisionEvent) => {
      changes.hear(event);
      tiles.changed(event.reload ? undefined : (event.tiles ?? []));
    },
    refresh: tiles.refresh,
    name: (label: string) => map.getCanvas().setAttribute('aria-label', label),
    resize: () => map.resize(),
    remove: () => {
      changes.stop();
      map.setMissingStyleImageResolver(null);
      map.remove();
    },
  };
}

/** Keeps what events told for as long as it is shown; many in one frame are drawn once. */
function freshLayer(set: (data: GeoJSON.FeatureCollection) => void) {
  let shown: readonly Fresh[] = [];
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => set(featuresOf(shown)));
  };
  const age = () => {
    shown = unseen(shown, Date.now());
    draw();
    clearTimeout(timer);
    if (shown.length > 0) timer = setTimeout(age, SHOWN_MS / 4);
  };
  return {
    now: () => featuresOf(shown),
    hear: (event: RevisionEvent) => {
      shown = hear(shown, event, Date.now());
      draw();
      clearTimeout(timer);
      timer = setTimeout(age, SHOWN_MS / 4);
    },
    stop: () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    },
  };
}

/** A box around the parts when the unit itself has no ground. */
export function frameOf(own: Bounds | null, parts: readonly (Bounds | null)[]): Bounds | null {
  return parts.reduce((box, b) => (box && b ? [Math.min(box[0], b[0]), Math.min(box[1], b[1]), Math.max(box[2], b[2]), Math.max(box[3], b[3])] : (box ?? b)), own);
}
