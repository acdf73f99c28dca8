import type {ErrorEvent, Map as MapLibre} from 'maplibre-gl';
import type {TileRange} from '../api/events';
import {BASEMAP} from './basemap';
import type {MapEvents} from './map';
import {SKETCH} from './sketch';

interface CanonicalTile {
  z: number;
  x: number;
  y: number;
}

/** MapLibre's error event as it comes from a source. */
interface TileError extends ErrorEvent {
  sourceId?: string;
  tile?: {tileID: {canonical: CanonicalTile}};
}

/** When changed tiles are asked for: after so long without another change, and at the latest so long after the first, milliseconds. */
export interface Haste {
  quiet: number;
  most: number;
}

/** At once, as it were. */
const AT_ONCE: Haste = {quiet: 0, most: 0};

/** Tells of tiles that fail and of work under way; returns how to ask for tiles again. */
export function watchTiles(map: MapLibre, events: Pick<MapEvents, 'failed' | 'busy'>, haste: Haste = AT_ONCE) {
  const lost = new Map<string, CanonicalTile[]>();
  /** What changed, by source, while tiles were on their way: they may show what was before. */
  const owed = new Map<string, CanonicalTile[]>();
  let owesAll = false;
  /** Who waits for the tiles that are owed, and for those on their way, to be drawn. */
  let [later, waiting]: [(() => void)[], (() => void)[]] = [[], []];
  /** Something came that no frame shows yet. */
  let unseen = false;
  const vectors = () =>
    Object.entries(map.getStyle().sources)
      .filter(([id, source]) => source.type === 'vector' && !isBasemap(id) && map.getSource(id))
      .map(([id]) => id);
  map.on('error', (e) => {
    const {sourceId, tile} = e as TileError;
    if (sourceId && tile) lost.set(sourceId, [...(lost.get(sourceId) ?? []), tile.tileID.canonical]);
    events.failed(isBasemap(sourceId) ? 'basemap' : 'tiles');
  });
  // What is being drawn follows the hand, and data that the next stroke overtakes are never told to be there.
  map.on('dataloading', (e) => (e as {sourceId?: string}).sourceId !== SKETCH && events.busy(true));
  map.on('movestart', () => events.busy(true));
  map.on('data', () => (unseen = true));
  const there = () => vectors().every((id) => map.isSourceLoaded(id));
  /** Tells those who wait, when a frame shows all tiles of grids; the map falls idle when it has those of a basemap too. */
  const show = () => {
    unseen = false;
    if (waiting.length === 0 || !there()) return;
    for (const id of lost.keys()) if (!map.getSource(id)) lost.delete(id);
    if ([...lost.keys()].every(isBasemap)) for (const drawn of waiting.splice(0)) drawn();
  };
  const settle = () => {
    events.busy(false);
    show();
  };
  map.on('render', show);
  map.on('idle', settle);
  const frames = holdFrames(map);
  /** What may wait for the next round of tiles, to be seen together with them. */
  const along = new Set<() => void>();
  /** The first change that is owed, and the last. */
  let [first, last] = [0, 0];
  const due = () => Math.max(0, Math.min(last + haste.quiet, first + haste.most) - Date.now());
  const begin = () => {
    first = 0;
    frames.hold();
    for (const one of along) one();
    along.clear();
  };
  const change = () => {
    begin();
    waiting.push(...later.splice(0));
    for (const [id, tiles] of owed) if (map.getSource(id)) map.refreshTiles(id, tiles);
    owed.clear();
    untilLoaded();
  };
  /** Asks the service again for all tiles, also those that failed; what did not change answers 304. */
  const refresh = () => {
    events.busy(true);
    begin();
    waiting.push(...later.splice(0));
    owed.clear();
    owesAll = false;
    for (const id of vectors()) {
      // Asked for by name first: refreshing all waits for ever on a tile that failed (MapLibre 6.17).
      map.refreshTiles(id, lost.get(id) ?? []);
      map.refreshTiles(id);
    }
    // Not by name: a picture that failed and is asked for so counts as there, and drawing it throws (6.17).
    for (const id of lost.keys()) if (isBasemap(id) && map.getSource(id)) map.refreshTiles(id);
    lost.clear();
    untilLoaded();
  };
  let looking: ReturnType<typeof setTimeout> | undefined;
  const lookIn = (ms: number) => (looking ??= setTimeout(untilLoaded, ms));
  /**
   * Looks until all tiles of grids have come (a server of basemaps may be slow), then asks for what is owed: one round at
   * a time, however fast changes come. The map draws no frame when all tiles prove to be as they were, are empty or are
   * given up.
   */
  const untilLoaded = () => {
    clearTimeout(looking);
    looking = undefined;
    if (!there()) return lookIn(LOOK_MS);
    frames.release();
    if (first > 0 && due() > 0) return lookIn(due());
    if (owesAll) return refresh();
    if (owed.size > 0) return change();
    begin();
    frames.release();
    waiting.push(...later.splice(0)); // nothing of it is in view
    if (unseen || !map.loaded()) map.triggerRepaint();
    else settle();
  };
  map.on('remove', () => clearTimeout(looking));
  return {
    refresh,
    /**
     * Asks again, when it is due and the tiles on their way are there, for those of the changed ones that are in view;
     * for all when told nothing. Only sources that may show the change are asked. `drawn` is called once the tiles have come,
     * none having failed, and a frame shows them.
     */
    changed(ranges?: readonly TileRange[], shows: (source: string) => boolean = () => true, drawn?: () => void) {
      events.busy(true);
      if (drawn) later.push(drawn);
      if (!ranges) owesAll = true;
      else {
        const [west, south, east, north] = map.getBounds().toArray().flat() as [number, number, number, number];
        const tiles = tilesOf(ranges, {west, south, east, north}, Math.ceil(map.getZoom()));
        for (const id of tiles.length > 0 ? vectors().filter(shows) : []) owed.set(id, distinct([...(owed.get(id) ?? []), ...tiles]));
      }
      [first, last] = [first || Date.now(), Date.now()];
      lookIn(due());
    },
    /** Does something together with the next round of tiles; at once if none is owed. */
    along(what: () => void) {
      if (first > 0) along.add(what);
      else what();
    },
    /** Calls back once all sources and tiles that the map asks for now have come, none having failed, and a frame shows them. */
    whenDrawn(drawn: () => void) {
      waiting.push(drawn);
      map.triggerRepaint();
    },
  };
}

/** Tiles of a round are waited for so long, milliseconds; then what there is is drawn. */
const HOLD_MS = 1500;

/**
 * Holds back the frames of a map while the tiles of a round come, so that a change is one picture and not one for each
 * tile: every frame is dear on a large wall. A map that moves draws as ever.
 */
function holdFrames(map: MapLibre) {
  const repaint = map.triggerRepaint.bind(map);
  let [held, wanted] = [false, false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const release = () => {
    clearTimeout(timer);
    held = false;
    if (wanted) repaint();
    wanted = false;
  };
  map.triggerRepaint = () => (held ? void (wanted = true) : repaint());
  map.on('movestart', release);
  map.on('remove', () => clearTimeout(timer));
  return {
    hold: () => {
      clearTimeout(timer);
      if (map.isMoving()) return;
      held = true;
      timer = setTimeout(release, HOLD_MS);
    },
    release,
  };
}

const isBasemap = (source?: string) => source?.startsWith(BASEMAP) ?? false;

/** How often is looked whether all tiles have come, milliseconds. */
const LOOK_MS = 100;

const distinct = (tiles: CanonicalTile[]) => [...new Map(tiles.map((t) => [`${t.z}/${t.x}/${t.y}`, t])).values()];

/** Tiles one zoom and more above the map's stand in while others load. */
const STAND_INS = 4;

/** The tiles of the ranges that a map at a zoom can show in a box, at its zoom and a few above; none twice. Pure. */
export function tilesOf(
  ranges: readonly TileRange[],
  {west, south, east, north}: {west: number; south: number; east: number; north: number},
  zoom: number,
): CanonicalTile[] {
  return ranges.flatMap(({z, x, y}) => {
    const deepest = Math.max(...ranges.map((r) => r.z));
    if (z > Math.max(0, zoom) || z < Math.min(zoom, deepest) - STAND_INS) return [];
    const across = clamped([column(west, z), column(east, z)], x);
    const down = clamped([row(north, z), row(south, z)], y);
    return steps(across).flatMap((tx) => steps(down).map((ty) => ({z, x: tx, y: ty})));
  });
}

const column = (lon: number, z: number) => Math.floor(((lon + 180) / 360) * 2 ** z);

function row(lat: number, z: number): number {
  const sin = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
  return Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z);
}

const clamped = ([from, to]: [number, number], [least, most]: [number, number]): [number, number] => [Math.max(from, least), Math.min(to, most)];

const steps = ([from, to]: [number, number]) => Array.from({length: Math.max(0, to - from + 1)}, (_, i) => from + i);
