import type {LngLat, Map as MapLibre, MapMouseEvent, MapTouchEvent} from 'maplibre-gl';
import type {Position} from '../api/types';
import type {MapEvents} from './map';
import {MARKS} from './style';

/** How far beside a thing one may point and still mean it, pixels: a mouse, a finger. */
const REACH = {mouse: 10, touch: 22};

/** A place on the map and the reach of a hand there in metres. */
export function placeOf(map: MapLibre, {lng, lat}: LngLat, pixels = REACH.mouse): [at: Position, reachM: number] {
  const metres = (40_075_016 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
  return [[lng, lat], metres * pixels];
}

/**
 * Pointing: a click or Enter picks, moving the pointer lights up the grid under it, pressing may take hold of a border.
 * `layers` are those of grids, null while the map has no style.
 */
export function addPointer(map: MapLibre, events: MapEvents, layers: () => string[] | null) {
  const canvas = map.getCanvas();
  const setHover = hoverState(map, layers);
  const click = (e: MapMouseEvent) => {
    const mark = layers() && map.getLayer(MARKS) ? map.queryRenderedFeatures(e.point, {layers: [MARKS]})[0] : undefined;
    if (mark) events.finding(String(mark.properties['finding']));
    else events.pick(...placeOf(map, e.lngLat));
  };
  const move = (e: MapMouseEvent) => {
    setHover(e.point);
    events.hover(...placeOf(map, e.lngLat));
  };
  const leave = () => {
    setHover(null);
    events.hover(null, 0);
  };
  const key = (e: KeyboardEvent) => {
    if (e.key !== 'Enter' && e.key !== ' ') return;
    e.preventDefault();
    events.cross(...placeOf(map, map.getCenter()), e.key);
  };
  const rest = () => {
    const {lng, lat} = map.getCenter();
    events.look({lon: lng, lat, zoom: map.getZoom()});
  };
  const letGo = addHolding(map, events);
  map.on('click', click);
  map.on('mousemove', move);
  map.on('mouseout', leave);
  map.on('moveend', rest);
  canvas.addEventListener('keydown', key);
  return () => {
    letGo();
    map.off('click', click);
    map.off('mousemove', move);
    map.off('mouseout', leave);
    map.off('moveend', rest);
    canvas.removeEventListener('keydown', key);
  };
}

/** Pressing, dragging and letting go of what the page says can be held; the map itself stays still meanwhile. */
function addHolding(map: MapLibre, events: MapEvents) {
  let holding = false;
  const reach = (e: MapMouseEvent | MapTouchEvent) => placeOf(map, e.lngLat, e.type.startsWith('touch') ? REACH.touch : REACH.mouse);
  const press = (e: MapMouseEvent | MapTouchEvent) => {
    if ('points' in e && e.points.length > 1) return;
    if ('button' in e.originalEvent && e.originalEvent.button !== 0) return;
    holding = events.press(...reach(e), e.originalEvent.shiftKey);
    if (holding) e.preventDefault();
  };
  const drag = (e: MapMouseEvent | MapTouchEvent) => holding && events.drag(...reach(e));
  const drop = () => {
    if (holding) events.drop();
    holding = false;
  };
  const told = [map.on('mousedown', press), map.on('touchstart', press), map.on('mousemove', drag), map.on('touchmove', drag)];
  addEventListener('mouseup', drop);
  addEventListener('touchend', drop);
  return () => {
    for (const subscription of told) subscription.unsubscribe();
    removeEventListener('mouseup', drop);
    removeEventListener('touchend', drop);
  };
}

/** Returns a function that moves the hover state to the grid at a point, or takes it away. */
function hoverState(map: MapLibre, layers: () => string[] | null) {
  let lit: {source: string; sourceLayer: string; id: string | number} | null = null;
  return (point: {x: number; y: number} | null) => {
    const shown = layers();
    if (!shown) return;
    const found = point ? map.queryRenderedFeatures([point.x, point.y], {layers: shown})[0] : undefined;
    const next =
      found?.id === undefined ? null : {source: found.source, sourceLayer: found.sourceLayer ?? '', id: found.id};
    if (next?.id === lit?.id && next?.source === lit?.source) return;
    if (lit && map.getSource(lit.source)) map.setFeatureState(lit, {hover: false});
    if (next) map.setFeatureState(next, {hover: true});
    map.getCanvas().style.cursor = next ? 'pointer' : '';
    lit = next;
  };
}
