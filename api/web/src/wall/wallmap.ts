import {ScaleControl, type Map as MapLibre} from 'maplibre-gl';
import {ALARMS} from '../api/standing';
import type {RevisionEvent} from '../api/events';
import type {Bounds, Position} from '../api/types';
import {BAR_PX, bareMap} from '../map/bare';
import {camera} from '../map/camera';
import {watchTiles} from '../map/freshness';
import {palettes} from '../map/palette';
import {drawShape} from '../map/shapes';
import {drawn, NONE, tell, type Aheads} from './ahead';
import {ALARM_COLOURS, ALARM_SHAPES} from './alarms';
import {sheetOver} from './canvas';
import {groundsOf, hear, SHOWN_MS, unseen, type Fresh} from './fresh';
import {patience} from './link';
import {mayShow, shadedTiers, shadesOf, wallStyle, type WallScene} from './scene';
import {strokesOf} from './strokes';

/** What the map tells the page. */
interface Events {
  /** Somebody pointed at a place. */
  ask(at: Position): void;
  busy(busy: boolean): void;
}

/** The map of an 8K wall is drawn pixel by pixel; MapLibre stops at half of that unless told. */
const EIGHT_K: [number, number] = [8192, 8192];

/**
 * What events tell is on the screen at once; the tiles that show it too may wait until a storm of edits has passed, and
 * not all walls ask for them in the same moment. Milliseconds.
 */
const QUIET_MS = 700;
const MOST_MS = 10_000;

export type WallMap = ReturnType<typeof createWallMap>;

/**
 * Puts the wall's map into the container; returns how to change it and how to take it away. Throws where the browser
 * cannot draw it. No tile is kept out of view: what comes into view again is asked for again, and 304 if it is as it was.
 */
export function createWallMap(container: HTMLElement, events: Events) {
  const bar = new ScaleControl({maxWidth: BAR_PX});
  const map = bareMap(container, 'dark', {keyboard: false, maxTileCacheSize: 0, maxCanvasSize: EIGHT_K}, bar);
  map.getCanvas().tabIndex = -1; // the page's own keys move the wall
  map.setMissingStyleImageResolver((id) => {
    const kind = ALARMS.find((k) => id === `alarm-${k}`);
    if (kind && !map.hasImage(id)) map.addImage(id, drawShape(ALARM_SHAPES[kind], ALARM_COLOURS[kind], palettes.dark.halo, 4), {pixelRatio: 4});
  });
  map.on('click', (e) => events.ask([e.lngLat.lng, e.lngLat.lat]));
  const shade = shadeKeeper(map);
  const told = toldOver(map);
  const failed = insistence(() => tiles.refresh());
  const tiles = watchTiles(map, {busy: events.busy, failed: failed.again, drawn: told.drawn, whole: failed.enough}, {quiet: QUIET_MS * (1 + Math.random() / 2), most: MOST_MS});

  let [scene, under]: [WallScene | null, WallScene | null] = [null, null];
  let ready = false;
  const apply = () => {
    if (!ready || !scene) return;
    if (bar.options.maxWidth !== BAR_PX * scene.scale) {
      bar.options.maxWidth = BAR_PX * scene.scale;
      bar.setUnit('metric'); // draws it anew
    }
    map.setStyle(wallStyle(scene, under), {diff: true, validate: false});
    shade.give(scene);
    told.show(scene);
  };
  // When the browser takes its drawing context away the engine makes the style anew, without the state of its parts.
  map.on('webglcontextlost', () => (ready = false));
  map.on('style.load', () => {
    shade.forget();
    ready = true;
    apply();
  });
  return {
    ...camera(map),
    /** Another plan is drawn over the one before, which goes when all of the other is there: no dark moment between. */
    show: (next: WallScene) => {
      const other = scene !== null && scene.plan.id !== next.plan.id;
      if (other) under ??= scene; // if that was not drawn yet, the one before it stays
      if (under?.plan.id === next.plan.id) under = null;
      const later = scene !== null && isSameView(scene, next);
      scene = next;
      if (later) tiles.along(apply);
      else apply();
      if (!other) return;
      told.forget();
      tiles.whenDrawn(() => {
        if (scene?.plan.id !== next.plan.id) return;
        under = null;
        apply();
      });
    },
    /** Draws what an event tells in this very moment, then asks for the tiles it changed. */
    hear: (event: RevisionEvent) => {
      told.hear(event);
      const shows = (source: string) => !scene || mayShow(scene, source, event);
      tiles.changed({revision: event.revision, ranges: event.reload ? null : (event.tiles ?? []), shows});
    },
    refresh: tiles.refresh,
    name: (label: string) => map.getCanvas().setAttribute('aria-label', label),
    resize: () => map.resize(),
    remove: () => {
      told.stop();
      failed.enough();
      map.setMissingStyleImageResolver(null);
      map.remove();
    },
  };
}

/** Whether nothing but what the service knows is other. */
const isSameView = (a: WallScene, b: WallScene): boolean =>
  a.plan.id === b.plan.id && a.standing.unit.id === b.standing.unit.id && (['rank', 'lang', 'scale', 'focus', 'at', 'basemap'] as const).every((key) => a[key] === b[key]);

/** Tries something again and again, more and more patiently, until it is enough. */
function insistence(what: () => void) {
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    again: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        what();
      }, patience(++tries, Math.random()));
    },
    enough: () => {
      clearTimeout(timer);
      [timer, tries] = [undefined, 0];
    },
  };
}

/** Returns how to give every part of the unit its shade; a part that had one and has none now loses it. */
function shadeKeeper(map: MapLibre) {
  let [kept, given]: [string, ReadonlyMap<number, number>] = ['', new Map()];
  return {
    give: (scene: WallScene) => {
      const all = shadedTiers(scene);
      const now = shadesOf(scene);
      const sources = JSON.stringify(all);
      const before = sources === kept ? given : new Map<number, number>();
      for (const {source, tier} of all) {
        if (sources !== kept) map.removeFeatureState({source, sourceLayer: tier});
        const part = (id: number) => ({source, sourceLayer: tier, id});
        for (const id of before.keys()) if (!now.has(id)) map.removeFeatureState(part(id), 'shade');
        for (const [id, k] of now) if (before.get(id) !== k) map.setFeatureState(part(id), {shade: k});
      }
      [kept, given] = [sources, now];
    },
    /** The map knows none of them any more. */
    forget: () => ([kept, given] = ['', new Map()]),
  };
}

/** Paints over the map what events told: until its tiles show it, and for a while so that it is seen. */
function toldOver(map: MapLibre) {
  const sheet = sheetOver(map);
  let scene: WallScene | null = null;
  let aheads: Aheads = NONE;
  let shown: readonly Fresh[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const paint = () => scene && sheet.paint(strokesOf(scene, aheads, groundsOf(shown)), scene.scale);
  const age = () => {
    clearTimeout(timer);
    const next = unseen(shown, Date.now());
    if (next.length !== shown.length) {
      shown = next;
      paint();
    }
    if (shown.length > 0) timer = setTimeout(age, SHOWN_MS / 4);
  };
  return {
    show: (next: WallScene) => {
      scene = next;
      paint();
    },
    hear: (event: RevisionEvent) => {
      aheads = tell(aheads, event);
      shown = hear(shown, event, Date.now());
      paint();
      age();
    },
    /** All tiles on the screen show the revision. */
    drawn: (revision: number) => {
      const next = drawn(aheads, revision);
      if (next === aheads) return;
      aheads = next;
      paint();
    },
    /** What was told of one plan is not told of another. */
    forget: () => {
      [aheads, shown] = [NONE, []];
      paint();
    },
    stop: () => {
      clearTimeout(timer);
      sheet.remove();
    },
  };
}

/** A box around the parts when the unit itself has no ground. */
export function frameOf(own: Bounds | null, parts: readonly (Bounds | null)[]): Bounds | null {
  return parts.reduce((box, b) => (box && b ? [Math.min(box[0], b[0]), Math.min(box[1], b[1]), Math.max(box[2], b[2]), Math.max(box[3], b[3])] : (box ?? b)), own);
}
