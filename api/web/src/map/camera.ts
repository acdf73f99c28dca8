import type {Map as MapLibre} from 'maplibre-gl';
import type {Bounds} from '../api/types';
import type {View} from '../planner/session';

/** Returns how to move the map. People who asked their system for less motion get none. */
export function camera(map: MapLibre) {
  const lasting = (ms: number) => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : ms);
  const padding = (share: number) => {
    const {clientWidth, clientHeight} = map.getCanvas();
    return Math.round(Math.min(clientWidth, clientHeight) * share);
  };
  return {
    /** Moves to the box, leaving free a share of the shorter side on every side. */
    fit: (bounds: Bounds, margin: number, maxZoom = 17) =>
      map.fitBounds(bounds, {padding: padding(margin), maxZoom, duration: lasting(450)}),
    /** Shows the box at once. */
    frame: (bounds: Bounds, margin = 0.06) => map.fitBounds(bounds, {padding: padding(margin), duration: 0}),
    jump: ({lon, lat, zoom}: View) => map.jumpTo({center: [lon, lat], zoom}),
    zoom: (by: number) => map.easeTo({zoom: map.getZoom() + by, duration: lasting(200)}),
  };
}
