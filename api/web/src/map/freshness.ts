import type {ErrorEvent, Map as MapLibre} from 'maplibre-gl';
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

/** Tells of tiles that fail and of work under way; returns how to ask for the tiles again. */
export function watchTiles(map: MapLibre, events: MapEvents) {
  const lost = new Map<string, CanonicalTile[]>();
  map.on('error', (e) => {
    const {sourceId, tile} = e as TileError;
    if (sourceId && tile) lost.set(sourceId, [...(lost.get(sourceId) ?? []), tile.tileID.canonical]);
    events.failed();
  });
  // What is being drawn follows the hand, and data that the next stroke overtakes are never told to be there.
  map.on('dataloading', (e) => (e as {sourceId?: string}).sourceId !== SKETCH && events.busy(true));
  map.on('movestart', () => events.busy(true));
  map.on('idle', () => events.busy(false));
  /** Asks the service again for the tiles in view, also those that failed; what did not change answers 304. */
  return function refresh() {
    events.busy(true);
    for (const [id, source] of Object.entries(map.getStyle().sources)) {
      if (source.type !== 'vector' || !map.getSource(id)) continue;
      // Asked for by name first: refreshing all waits for ever on a tile that failed (MapLibre 6.17).
      map.refreshTiles(id, lost.get(id) ?? []);
      map.refreshTiles(id);
    }
    lost.clear();
    map.triggerRepaint();
  };
}
