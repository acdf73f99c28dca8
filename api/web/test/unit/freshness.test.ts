import type {Map as MapLibre} from 'maplibre-gl';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {watchTiles, type Change} from '../../src/map/freshness';

const GRIDS = 'tier-township@7';
const PICTURES = 'basemap-img';

/** A map of one source of grids over a basemap, as far as tiles go; what it is asked for comes when the test says so. */
class Played {
  asked: (string | number)[][] = [];
  /** Sources whose tiles are on their way. */
  readonly loading = new Set<string>();
  private readonly listeners = new Map<string, ((e: object) => void)[]>();
  on(name: string, listener: (e: object) => void) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
    return {unsubscribe: () => {}};
  }
  fire(name: string, e: object = {}) {
    for (const listener of this.listeners.get(name) ?? []) listener(e);
  }
  getStyle = () => ({sources: {[GRIDS]: {type: 'vector'}, [PICTURES]: {type: 'raster'}}});
  getSource = (id: string) => (id === GRIDS || id === PICTURES ? {} : undefined);
  isSourceLoaded = (id: string) => !this.loading.has(id);
  loaded = () => this.loading.size === 0;
  isMoving = () => false;
  getBounds = () => ({toArray: () => [[-180, -85], [180, 85]]});
  getZoom = () => 1;
  triggerRepaint = () => {};
  refreshTiles(id: string, tiles?: {x: number}[]) {
    this.asked.push([id, tiles?.length ?? 'all']);
    this.loading.add(id);
  }
  /** Everything comes, a frame shows it and the map falls idle. */
  come() {
    this.loading.clear();
    this.fire('data');
    vi.advanceTimersByTime(100);
    this.fire('render');
    this.fire('idle');
  }
  /** A tile fails, and counts as loaded from then on. */
  fail(sourceId: string) {
    this.loading.delete(sourceId);
    this.fire('error', {sourceId, tile: {tileID: {canonical: {z: 0, x: 0, y: 0}}}});
  }
}

const change = (revision: number, more: Partial<Change> = {}): Change => ({revision, ranges: [{z: 0, x: [0, 0], y: [0, 0]}], shows: () => true, ...more});

let map: Played;
let tiles: ReturnType<typeof watchTiles>;
const busy = vi.fn();
const failed = vi.fn();
const drawn = vi.fn();
const whole = vi.fn();
beforeEach(() => {
  vi.useFakeTimers({now: 1e12});
  vi.clearAllMocks();
  map = new Played();
  tiles = watchTiles(map as unknown as MapLibre, {busy, failed, drawn, whole}, {quiet: 700, most: 10_000});
});
afterEach(() => {
  map.fire('remove');
  vi.useRealTimers();
});

describe('tiles that changed', () => {
  test('are asked for when it is quiet, and told to be drawn when a frame shows them', () => {
    tiles.changed(change(5));
    tiles.changed(change(6));
    vi.advanceTimersByTime(690);
    expect(map.asked).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(map.asked).toEqual([[GRIDS, 1]]);
    map.fire('render');
    expect(drawn).not.toHaveBeenCalled();
    map.come();
    expect(drawn.mock.calls).toEqual([[6]]);
  });

  test('come every ten seconds under changes that never end, one round at a time', () => {
    for (let i = 1; i <= 100; i++) {
      tiles.changed(change(i));
      vi.advanceTimersByTime(300);
    }
    expect(map.asked).toHaveLength(1); // the first round is still on its way
    for (let i = 101; i <= 200; i++) {
      map.come();
      tiles.changed(change(i));
      vi.advanceTimersByTime(200);
    }
    expect(map.asked.length).toBeGreaterThanOrEqual(3);
    expect(map.asked.length).toBeLessThanOrEqual(5);
    expect(drawn.mock.calls.at(-1)![0]).toBeGreaterThan(150);
  });

  test('leave the map busy until they are there', () => {
    tiles.changed(change(5));
    map.fire('idle');
    expect(busy.mock.lastCall).toEqual([true]);
    vi.advanceTimersByTime(800);
    map.come();
    expect(busy.mock.lastCall).toEqual([false]);
  });

  test('that no source shows are drawn as it were, without asking', () => {
    tiles.changed(change(5, {shows: () => false}));
    vi.advanceTimersByTime(800);
    expect([map.asked, drawn.mock.calls]).toEqual([[], [[5]]]);
  });

  test('are all of them when they are not told', () => {
    tiles.changed(change(5, {ranges: null}));
    vi.advanceTimersByTime(800);
    expect(map.asked).toEqual([[GRIDS, 0], [GRIDS, 'all']]);
  });

  test('bring with them what may wait for them', () => {
    const what = vi.fn();
    tiles.along(what);
    expect(what).toHaveBeenCalledTimes(1);
    tiles.changed(change(5));
    tiles.along(what);
    expect(what).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(800);
    expect(what).toHaveBeenCalledTimes(2);
  });
});

describe('a tile that fails', () => {
  test('is not drawn, until all are asked for again and come', () => {
    tiles.changed(change(5));
    vi.advanceTimersByTime(800);
    map.fail(GRIDS);
    map.come();
    expect([failed.mock.calls, drawn.mock.calls, whole.mock.calls]).toEqual([[['tiles']], [], []]);
    map.asked = [];
    tiles.refresh();
    expect(map.asked).toEqual([[GRIDS, 1], [GRIDS, 'all']]);
    map.come();
    expect([drawn.mock.calls, whole.mock.calls.length]).toEqual([[[5]], 1]);
  });

  test('of a basemap holds up no grids, but not all is well', () => {
    tiles.changed(change(5));
    vi.advanceTimersByTime(800);
    map.fail(PICTURES);
    map.come();
    expect([failed.mock.calls, drawn.mock.calls, whole.mock.calls]).toEqual([[['basemap']], [[5]], []]);
    tiles.refresh();
    expect(map.asked.at(-1)).toEqual([PICTURES, 'all']);
    map.come();
    expect(whole).toHaveBeenCalledTimes(1);
  });
});

test('a map whose drawing context was taken away is asked for nothing', () => {
  map.getStyle = () => undefined as unknown as ReturnType<Played['getStyle']>;
  tiles.changed(change(5));
  tiles.refresh();
  vi.advanceTimersByTime(20_000);
  expect(map.asked).toEqual([]);
});
