import type {RevisionEvent, ToldGrid} from '../api/events';
import {ringsOf, type Rings} from './ahead';

/** What events told of the ground, to stand out for a while so that it is seen. */
export interface Fresh {
  readonly until: number;
  readonly grounds: ReadonlyMap<number, Rings>;
}

/** How long a change stands out, milliseconds. */
export const SHOWN_MS = 8000;
/** More does not stand out: a wall under a thousand edits must stay as light as before. */
const MOST_GROUNDS = 300;

/** Twice the signed area of a ring, in square degrees: enough to tell whether ground changed hands. */
const twice = (ring: readonly GeoJSON.Position[]): number =>
  ring.reduce((sum, [x = 0, y = 0], i) => {
    const [nx = 0, ny = 0] = ring[i + 1] ?? ring[0] ?? [];
    return sum + (x - (ring[0]?.[0] ?? 0)) * (ny - y) - (nx - x) * (y - (ring[0]?.[1] ?? 0));
  }, 0);

function sizeOf(geometry: GeoJSON.Geometry | undefined): number {
  if (geometry?.type === 'Polygon') return geometry.coordinates.reduce((sum, ring) => sum + twice(ring), 0);
  return geometry?.type === 'MultiPolygon' ? geometry.coordinates.flat().reduce((sum, ring) => sum + twice(ring), 0) : 0;
}

/** Twice some ten square metres: less cannot be seen, and a corner rounded to the lattice on a long edge makes as much. */
const NO_GROUND = 2e-9;

/** Whether ground changed hands: units above an edit get a corner more in their outline, and are what they were. */
const moved = ({before, after}: ToldGrid): boolean => Math.abs(sizeOf(before) - sizeOf(after)) > NO_GROUND;

/** Adds what an event tells, the newest first, and drops what has been seen, and what was told of the same grids before. Pure. */
export function hear(shown: readonly Fresh[], event: RevisionEvent, now: number): readonly Fresh[] {
  const redrawn = (event.grids ?? []).filter((g) => g.redrawn && moved(g));
  const again = new Set(redrawn.map((g) => g.id));
  const grounds = new Map(redrawn.filter((g) => g.after).map((g) => [g.id, ringsOf(g.after)]));
  const older = shown.map((f) => ({...f, grounds: new Map([...f.grounds].filter(([id]) => !again.has(id)))}));
  const kept: Fresh[] = [];
  let room = MOST_GROUNDS;
  for (const one of [{until: now + SHOWN_MS, grounds}, ...older]) {
    room -= one.grounds.size;
    if (one.until > now && one.grounds.size > 0 && (room >= 0 || kept.length === 0)) kept.push(one);
  }
  return kept;
}

/** What has not been seen long enough yet. Pure. */
export const unseen = (shown: readonly Fresh[], now: number): readonly Fresh[] => shown.filter((f) => f.until > now);

/** All of it, the newest last, so that it is drawn over the others. */
export const groundsOf = (shown: readonly Fresh[]): readonly Rings[] => [...shown].reverse().flatMap((f) => [...f.grounds.values()]);
