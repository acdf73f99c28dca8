import type {Theme, View} from '../planner/session';
import {bareMap} from './bare';
import type {Scene} from './scene';
import {mapStyle} from './style';

/** A second map that only shows: it looks where it is told to, and nobody points at it. Its box tells whether it has still something to draw. */
export function createBeside(container: HTMLElement, theme: Theme) {
  const map = bareMap(container, theme);
  let scene: Scene | null = null;
  let ready = false;
  const busy = (is: boolean) => void (container.dataset['busy'] = String(is));
  const apply = () => {
    if (!ready || !scene) return;
    busy(true);
    map.setStyle(mapStyle(scene), {diff: true, validate: false});
    map.triggerRepaint(); // so that it falls idle again even if nothing differs
  };
  busy(true);
  map.on('dataloading', () => busy(true));
  map.on('movestart', () => busy(true));
  map.on('idle', () => busy(!ready || !scene));
  map.on('webglcontextlost', () => (ready = false)); // as of the map beside it
  map.on('style.load', () => {
    ready = true;
    apply();
  });
  map.getCanvas().tabIndex = -1;
  return {
    show: (next: Scene) => {
      scene = next;
      apply();
    },
    look: ({lon, lat, zoom}: View) => map.jumpTo({center: [lon, lat], zoom}),
    remove: () => map.remove(),
  };
}
