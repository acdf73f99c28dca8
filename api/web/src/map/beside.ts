import type {Theme, View} from '../planner/session';
import {bareMap} from './bare';
import type {Scene} from './scene';
import {mapStyle} from './style';

/** A second map that only shows: it looks where it is told to, and nobody points at it. */
export function createBeside(container: HTMLElement, theme: Theme) {
  const map = bareMap(container, theme);
  let scene: Scene | null = null;
  let ready = false;
  const apply = () => ready && scene && map.setStyle(mapStyle(scene), {diff: true, validate: false});
  map.once('style.load', () => {
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
