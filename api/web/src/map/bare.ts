import 'maplibre-gl/dist/maplibre-gl.css';
import {Map as MapLibre, ScaleControl, setWorkerUrl, type MapOptions} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type {Theme} from '../planner/session';
import {emptyStyle} from './style';

setWorkerUrl(workerUrl); // a file of this origin: the policy allows no blob

/** How wide a scale bar is at most on a desk screen, pixels. */
export const BAR_PX = 110;

/** A map that is looked at from straight above, north up. */
export function bareMap(container: HTMLElement, theme: Theme, more: Partial<MapOptions> = {}, bar = new ScaleControl({maxWidth: BAR_PX})): MapLibre {
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
    ...more,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(bar, 'bottom-left');
  return map;
}
