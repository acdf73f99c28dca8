import type {GeoJSONSource, Map as MapLibre} from 'maplibre-gl';
import type {Bounds, Position, Severity} from '../api/types';
import type {Theme, View} from '../planner/session';
import {bareMap} from './bare';
import {camera} from './camera';
import {watchTiles} from './freshness';
import {palettes} from './palette';
import {addPointer, placeOf} from './pointer';
import type {Scene} from './scene';
import {drawMark} from './shapes';
import {NO_SKETCH, SKETCH, type Sketch} from './sketch';
import {fillOf, mapStyle} from './style';
import {classKeeper} from './thematic';

/** What the map tells the page. */
export interface MapEvents {
  /** The person pointed at a place; a finger or a hand is exact to so many metres there. */
  pick(at: Position, reachM: number): void;
  /** The pointer stands at a place, or left the map. */
  hover(at: Position | null, reachM: number): void;
  /** The person presses at a place: true if something is held there now and the map stays still. */
  press(at: Position, reachM: number, whole: boolean): boolean;
  drag(at: Position, reachM: number): void;
  drop(): void;
  /** Enter or the space bar, pressed while the crosshair stands in the middle of the map. */
  cross(at: Position, reachM: number, key: 'Enter' | ' '): void;
  /** The person pointed at a finding's mark. */
  finding(id: string): void;
  /** The map came to rest somewhere else. */
  look(view: View): void;
  /** Some tiles did not come: what is drawn may lack ground, or what lies under it. */
  failed(what: 'tiles' | 'basemap'): void;
  /** The map began to load, move or draw, or has nothing left to do. */
  busy(busy: boolean): void;
}

export type GridMap = ReturnType<typeof createMap>;

/**
 * Puts a map into the container; returns how to change it and how to take it
 * away. Throws where the browser cannot draw it (no WebGL 2).
 */
export function createMap(container: HTMLElement, theme: Theme, events: MapEvents) {
  const map = bareMap(container, theme);
  const removeImages = addMarkImages(map);
  let scene: Scene | null = null;
  let ready = false;
  const removePointer = addPointer(map, events, () =>
    ready ? (scene?.plan.tiers ?? []).map((t) => fillOf(t.code)).filter((id) => map.getLayer(id)) : null,
  );
  const {refresh} = watchTiles(map, events);
  const giveClasses = classKeeper(map);

  let sketch: Sketch = NO_SKETCH;
  const apply = () => {
    if (!ready || !scene) return;
    events.busy(true);
    map.setStyle(mapStyle(scene, sketch), {diff: true, validate: false});
    giveClasses(scene.thematic);
    map.triggerRepaint(); // so that it falls idle again even if nothing differs
  };
  // The speed script asks for frames in which nothing has changed.
  container.addEventListener('repaint', () => map.triggerRepaint());
  // A browser may take the drawing context away for a while, when a driver resets or the machine wakes: then there is no style.
  map.on('webglcontextlost', () => (ready = false));
  map.on('style.load', () => {
    ready = true;
    apply();
  });
  return {
    ...camera(map),
    refresh,
    show: (next: Scene) => {
      scene = next;
      apply();
    },
    /** Shows what is being drawn, without a look at anything else. */
    sketch: (next: Sketch) => {
      sketch = next;
      if (ready) map.getSource<GeoJSONSource>(SKETCH)?.setData(next);
    },
    /** Tells where the map looks, now and at every move; returns how to stop. */
    follow: (tell: (view: View) => void) => {
      const now = () => tell({lon: map.getCenter().lng, lat: map.getCenter().lat, zoom: map.getZoom()});
      now();
      const told = map.on('move', now);
      return () => told.unsubscribe();
    },
    /** The ground in view. */
    bounds: (): Bounds => map.getBounds().toArray().flat() as Bounds,
    /** The middle of the map, and how many metres a hand is exact to there. */
    middle: () => placeOf(map, map.getCenter()),
    /** What the map is called to those who do not see it. */
    name: (label: string) => map.getCanvas().setAttribute('aria-label', label),
    remove: () => {
      removePointer();
      removeImages();
      map.remove();
    },
  };
}

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
