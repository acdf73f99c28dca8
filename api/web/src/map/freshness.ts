import type {ErrorEvent, Map as MapLibre} from 'maplibre-gl';
import type {TileRange} from '../api/events';
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

/** Tells of tiles that fail and of work under way; returns how to ask for tiles again. */
export function watchTiles(map: MapLibre, events: Pick<MapEvents, 'failed' | 'busy'>) {
  const lost = new Map<string, CanonicalTile[]>();
  /** What changed while tiles were on their way: they may show what was before. */
  let owed: CanonicalTile[] = [];
  let owesAll = false;
  /** Who waits for the tiles that are owed, and for those on their way, to be drawn. */
  let [later, waiting]: [(() => void)[], (() => void)[]] = [[], []];
  const vectors = () =>
    Object.entries(map.getStyle().sources)
      .filter(([id, source]) => source.type === 'vector' && map.getSource(id))
      .map(([id]) => id);
  map.on('error', (e) => {
    const {sourceId, tile} = e as TileError;
    if (sourceId && tile) lost.set(sourceId, [...(lost.get(sourceId) ?? []), tile.tileID.canonical]);
    events.failed();
  });
  // What is being drawn follows the hand, and data that the next stroke overtakes are never told to be there.
  map.on('dataloading', (e) => (e as {sourceId?: string}).sourceId !== SKETCH && events.busy(true));
  map.on('movestart', () => events.busy(true));
  map.on('idle', () => {
    events.busy(false);
    for (const id of lost.keys()) if (!map.getSource(id)) lost.delete(id);
    if (lost.size === 0) for (const drawn of waiting.splice(0)) drawn();
  });
  const change = (tiles: CanonicalTile[]) => {
    waiting.push(...later.splice(0));
    for (const id of vectors()) map.refreshTiles(id, tiles);
    untilLoaded();
  };
  /** Asks the service again for all tiles, also those that failed; what did not change answers 304. */
  const refresh = () => {
    events.busy(true);
    waiting.push(...later.splice(0));
    [owed, owesAll] = [[], false];
    for (const id of vectors()) {
      // Asked for by name first: refreshing all waits for ever on a tile that failed (MapLibre 6.17).
      map.refreshTiles(id, lost.get(id) ?? []);
      map.refreshTiles(id);
    }
    lost.clear();
    untilLoaded();
  };
  let looking: ReturnType<typeof setTimeout> | undefined;
  /**
   * Looks until all tiles have come, then asks for what is owed: one round at a time, however fast changes come. The
   * map falls idle after a frame, and asks for none when a tile proves to be as it was, is empty or is given up.
   */
  const untilLoaded = () => {
    clearTimeout(looking);
    if (!map.areTilesLoaded()) looking = setTimeout(untilLoaded, LOOK_MS);
    else if (owesAll) refresh();
    else if (owed.length > 0) change(owed.splice(0));
    else {
      waiting.push(...later.splice(0)); // nothing of it is in view
      map.triggerRepaint();
    }
  };
  map.on('remove', () => clearTimeout(looking));
  return {
    refresh,
    /**
     * Asks again, as soon as the tiles on their way are there, for those of the changed ones that are in view; for all
     * when told nothing. `drawn` is called once they have come, none having failed, and a frame shows them.
     */
    changed(ranges?: readonly TileRange[], drawn?: () => void) {
      events.busy(true);
      if (drawn) later.push(drawn);
      if (!ranges) owesAll = true;
      else {
        const [west, south, east, north] = map.getBounds().toArray().flat() as [number, number, number, number];
        owed = distinct([...owed, ...tilesOf(ranges, {west, south, east, north}, Math.ceil(map.getZoom()))]);
      }
      untilLoaded();
    },
    /** Calls back once all sources and tiles that the map asks for now have come, none having failed, and a frame shows them. */
    whenDrawn(drawn: () => void) {
      waiting.push(drawn);
      map.triggerRepaint();
    },
  };
}

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
