import type {Map as MapLibre, MapMouseEvent} from 'maplibre-gl';
import type {MapEvents} from './map';
import {MARKS} from './style';

/** Pointing: a click or Enter picks, moving the pointer lights up the grid under it. */
export function addPointer(map: MapLibre, events: MapEvents, layers: () => string[]) {
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
