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

/** What the map tells of its tiles. */
export type TileEvents = Pick<MapEvents, 'failed' | 'busy'> & {
  /** A frame shows all tiles of grids as they are at a revision, or later. */
  drawn?(revision: number): void;
  /** Nothing is on its way, and no tile has failed, of a basemap neither. */
  whole?(): void;
};

/** What changed at a revision: tiles, or all where they are not told, in the sources that may show it. */
export interface Change {
  readonly revision: number;
  readonly ranges: readonly TileRange[] | null;
  shows(source: string): boolean;
}

/** Tells of tiles that fail and of work under way; returns how to ask for tiles again. */
export function watchTiles(map: MapLibre, events: TileEvents, haste: Haste = AT_ONCE) {
  const lost = lostTiles(map, events.failed);
  const owed = debtOf(map, haste);
  const sight = sightOf(map, events, {lost, owed});
  const rounds = roundsOf(map, {lost, sight, owed});
  return {
    /** Asks the service again for all tiles, also those that failed; what did not change answers 304. */
    refresh: () => {
      events.busy(true);
      rounds.refresh();
    },
    /**
     * Asks again, when it is due and the tiles on their way are there, for those of the changed ones that are in view.
     * Once the tiles have come, none having failed, and a frame shows them, they are told to be drawn.
     */
    changed: (change: Change) => {
      events.busy(true);
      owed.add(change);
      rounds.due();
    },
    along: rounds.along,
    whenDrawn: sight.whenDrawn,
  };
}

interface Parts {
  lost: ReturnType<typeof lostTiles>;
  owed: ReturnType<typeof debtOf>;
  sight: ReturnType<typeof sightOf>;
}

/** The sources of grids that the map has; none while the browser has taken its drawing context away. */
const gridSources = (map: MapLibre): string[] =>
  Object.entries(map.getStyle()?.sources ?? {})
    .filter(([id, source]) => source.type === 'vector' && !isBasemap(id) && map.getSource(id))
    .map(([id]) => id);

/** Whether all tiles of grids have come, or are given up; a server of basemaps may be slow. */
const haveCome = (map: MapLibre): boolean => gridSources(map).every((id) => map.isSourceLoaded(id));

/** Remembers which tiles failed, by source, until all are asked for again. */
function lostTiles(map: MapLibre, failed: TileEvents['failed']) {
  const lost = new Map<string, CanonicalTile[]>();
  map.on('error', (e) => {
    const {sourceId, tile} = e as TileError;
    if (sourceId && tile) lost.set(sourceId, [...(lost.get(sourceId) ?? []), tile.tileID.canonical]);
    failed(isBasemap(sourceId) ? 'basemap' : 'tiles');
  });
  const sources = () => {
    for (const id of lost.keys()) if (!map.getSource(id)) lost.delete(id);
    return [...lost.keys()];
  };
  return {
    sources,
    ofGrids: () => sources().some((id) => !isBasemap(id)),
    of: (source: string) => lost.get(source) ?? [],
    forget: () => lost.clear(),
  };
}

/** Tells whether the map is at work, and who waits for it when a frame shows all tiles of grids. */
function sightOf(map: MapLibre, events: TileEvents, {lost, owed}: Omit<Parts, 'sight'>) {
  let waiting: (() => void)[] = [];
  /** The revision that the tiles asked for show, 0 if nobody waits for one. */
  let revision = 0;
  /** Something came that no frame shows yet. */
  let unseen = false;
  const show = () => {
    unseen = false;
    if ((waiting.length === 0 && revision === 0) || !haveCome(map) || lost.ofGrids()) return;
    const [those, shown] = [waiting, revision];
    [waiting, revision] = [[], 0];
    if (shown > 0) events.drawn?.(shown);
    for (const drawn of those) drawn();
  };
  const rest = () => {
    if (!owed.any()) events.busy(false);
    show();
    if (lost.sources().length === 0) events.whole?.();
  };
  // What is being drawn follows the hand, and data that the next stroke overtakes are never told to be there.
  map.on('dataloading', (e) => (e as {sourceId?: string}).sourceId !== SKETCH && events.busy(true));
  map.on('movestart', () => events.busy(true));
  map.on('data', () => (unseen = true));
  map.on('render', show);
  map.on('idle', rest); // that is when tiles of basemaps are there as well
  return {
    /** The tiles that are asked for now show a revision. */
    asked: (of: number) => (revision = Math.max(revision, of)),
    /** Calls back once all sources and tiles that the map asks for now have come, none having failed, and a frame shows them. */
    whenDrawn: (drawn: () => void) => {
      waiting.push(drawn);
      map.triggerRepaint();
    },
    /** The map draws no frame by itself when all tiles prove to be as they were, are empty or are given up. */
    look: () => {
      if (unseen || !map.loaded()) map.triggerRepaint();
      else rest();
    },
  };
}

/** What changed and was not asked for since, and when it is due. */
function debtOf(map: MapLibre, {quiet, most}: Haste) {
  const tiles = new Map<string, CanonicalTile[]>();
  let [all, revision] = [false, 0];
  /** The first change that is owed, and the last. */
  let [first, last] = [0, 0];
  return {
    add: ({revision: of, ranges, shows}: Change) => {
      revision = Math.max(revision, of);
      if (!ranges) all = true;
      else {
        const [west, south, east, north] = map.getBounds().toArray().flat() as [number, number, number, number];
        const here = tilesOf(ranges, {west, south, east, north}, Math.ceil(map.getZoom()));
        for (const id of here.length > 0 ? gridSources(map).filter(shows) : []) tiles.set(id, distinct([...(tiles.get(id) ?? []), ...here]));
      }
      [first, last] = [first || Date.now(), Date.now()];
    },
    any: () => first > 0,
    /** Milliseconds until it is due. */
    wait: () => Math.max(0, Math.min(last + quiet, first + most) - Date.now()),
    /** What is owed, which from now on it is no more. */
    take: () => {
      const taken = {tiles: new Map(tiles), all, revision};
      tiles.clear();
      [all, revision, first] = [false, 0, 0];
      return taken;
    },
  };
}

/** Asks again for every tile of grids, and for those of basemaps where one failed. */
function askForAll(map: MapLibre, lost: Parts['lost']) {
  for (const id of gridSources(map)) {
    // Asked for by name first: refreshing all waits for ever on a tile that failed (MapLibre 6.17).
    map.refreshTiles(id, lost.of(id));
    map.refreshTiles(id);
  }
  // Not by name: a picture that failed and is asked for so counts as there, and drawing it throws (6.17).
  for (const id of lost.sources().filter(isBasemap)) map.refreshTiles(id);
  lost.forget();
}

/** How often is looked whether all tiles have come, milliseconds. */
const LOOK_MS = 100;

/** Asks for tiles, one round at a time however fast changes come: the next begins when those of grids have come and what is owed is due. */
function roundsOf(map: MapLibre, {lost, sight, owed}: Parts) {
  const frames = holdFrames(map);
  /** What may wait for the next round, to be seen together with its tiles. */
  const along = new Set<() => void>();
  const begin = () => {
    const taken = owed.take();
    frames.hold();
    for (const one of along) one();
    along.clear();
    sight.asked(taken.revision);
    return taken;
  };
  const refresh = () => {
    begin();
    askForAll(map, lost);
    look();
  };
  let looking: ReturnType<typeof setTimeout> | undefined;
  const lookIn = (ms: number) => (looking ??= setTimeout(look, ms));
  const look = () => {
    clearTimeout(looking);
    looking = undefined;
    if (!haveCome(map)) return lookIn(LOOK_MS);
    frames.release();
    if (owed.any() && owed.wait() > 0) return lookIn(owed.wait());
    const {tiles, all} = begin();
    if (all) askForAll(map, lost);
    for (const [id, those] of all ? [] : tiles) if (map.getSource(id)) map.refreshTiles(id, those);
    if (all || tiles.size > 0) return look();
    frames.release();
    sight.look(); // nothing of it is in view
  };
  map.on('remove', () => clearTimeout(looking));
  return {
    refresh,
    /** Begins a round when what is owed is due. */
    due: () => lookIn(owed.wait()),
    /** Does something together with the next round of tiles; at once if none is owed. */
    along: (what: () => void) => {
      if (owed.any()) along.add(what);
      else what();
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
