import type {RevisionEvent, ToldGrid} from '../api/events';
import type {Name} from '../api/types';

/** A position on the flat world, both 0 to 1; x to the east, y to the south. */
export type Spot = readonly [number, number];
/** Closed rings, the last corner being the first; holes lie in the others. */
export type Rings = readonly (readonly Spot[])[];

/** A unit as tiles that are on the screen may not show it yet. */
export interface Ahead {
  readonly id: number;
  readonly code: string;
  readonly name: Name | null;
  readonly tier: string;
  /** Its ground as the tiles on the screen show it; none where they do not. */
  readonly was: Rings;
  /** Its ground after each revision told since, the oldest first; none where it is no more. */
  readonly told: readonly Telling[];
  /**
   * It is painted whole, and its name written anew: units beside it came or went in the same edit, or it changed more
   * than once, and a tile that has come by now may show it as it was between.
   */
  readonly whole: boolean;
}

interface Telling {
  readonly revision: number;
  readonly is: Rings;
  /** Where its name stands. */
  readonly at: Spot | null;
  /** The stretches of its border that it lost by this, and those that it got. */
  readonly lost: Edges;
  readonly got: Edges;
}

/** Units that are ahead of their tiles, by id. */
export type Aheads = ReadonlyMap<number, Ahead>;
export const NONE: Aheads = new Map();

/** So many units are painted ahead of the tiles at most; beyond, the oldest wait for theirs. */
const MOST_UNITS = 300;
/** So many changes of a unit are kept at most; more come only while tiles do not. */
const MOST_TOLD = 100;

/** The newest ground of a unit. */
export const newest = ({told}: Ahead): Telling | undefined => told.at(-1);

/** Adds what an event tells; a unit whose outline was too long to tell waits for its tiles. Pure. */
export function tell(known: Aheads, {revision, grids = []}: RevisionEvent): Aheads {
  const redrawn = grids.filter((g) => g.redrawn && g.kind === 'general');
  if (redrawn.length === 0) return known;
  const renamed = new Set(redrawn.filter((g) => g.change !== 'changed').map((g) => g.tier));
  const next = new Map(known);
  for (const g of redrawn) {
    const before = next.get(g.id);
    next.delete(g.id); // whoever is told of stands last
    if (!isTold(g)) continue;
    const was = before ? before.was : ringsOf(g.before);
    const [from, is] = [edgesOf((before && newest(before)?.is) ?? was), ringsOf(g.after)];
    const telling = {revision, is, at: g.interior ? spot(g.interior) : null, lost: less(from, edgesOf(is)), got: less(edgesOf(is), from)};
    const told = [...(before?.told ?? []), telling];
    next.set(g.id, {
      id: g.id,
      code: g.code,
      name: g.name ?? null,
      tier: g.tier,
      was: told.at(-MOST_TOLD - 1)?.is ?? was,
      told: told.slice(-MOST_TOLD),
      whole: before !== undefined || renamed.has(g.tier),
    });
  }
  return new Map([...next].slice(-Math.max(MOST_UNITS, redrawn.length)));
}

/** Whether all outlines that a redrawn unit has are in the event. */
const isTold = ({change, before, after}: ToldGrid): boolean =>
  (change === 'created' || before !== undefined) && (change === 'retired' || after !== undefined);

/** What is still ahead when all tiles on the screen show a revision. Pure. */
export function drawn(known: Aheads, revision: number): Aheads {
  const next = new Map<number, Ahead>();
  for (const [id, one] of known) {
    const past = one.told.filter((t) => t.revision <= revision);
    const told = one.told.slice(past.length);
    if (told.length > 0) next.set(id, {...one, was: past.at(-1)?.is ?? one.was, told});
  }
  return next.size === known.size && [...next].every(([id, one]) => known.get(id)?.told.length === one.told.length) ? known : next;
}

/** A stretch of border, by its two ends. */
export type Edge = readonly [Spot, Spot];
/** Stretches by a name that is the same for all whom they bound. */
type Edges = ReadonlyMap<string, Edge>;

/**
 * What becomes of the borders of a tier: those that tiles may show and that are no more, those that come, and those
 * of the same units that tiles show whenever they were drawn.
 */
export interface Borders {
  readonly gone: readonly Edge[];
  readonly come: readonly Edge[];
  readonly same: readonly Edge[];
}

/** Tiles come when they come: one may show the ground as it was told to be at any moment since. Pure. */
export function bordersOf(units: readonly Ahead[]): Borders {
  const ever = new Map<string, Edge>();
  const bounds = new Map<string, number>(); // how many units each stretch bounds at the moment
  const turn = (edges: Edges, by: 1 | -1) => {
    for (const [key, edge] of edges) {
      ever.set(key, edge);
      bounds.set(key, (bounds.get(key) ?? 0) + by);
    }
  };
  const is = (key: string) => (bounds.get(key) ?? 0) > 0;
  for (const {was} of units) turn(edgesOf(was), 1);
  const always = new Set(ever.keys());
  for (const tellings of momentsOf(units)) {
    for (const {lost, got} of tellings) {
      turn(lost, -1);
      turn(got, 1);
    }
    for (const {lost} of tellings) for (const key of lost.keys()) if (!is(key)) always.delete(key);
  }
  const all = [...ever];
  const those = (which: (key: string) => boolean) => all.filter(([key]) => which(key)).map(([, edge]) => edge);
  return {gone: those((key) => !is(key)), come: those((key) => is(key) && !always.has(key)), same: those((key) => is(key) && always.has(key))};
}

/** What was told at each revision, the oldest first. */
function momentsOf(units: readonly Ahead[]): Telling[][] {
  const moments = new Map<number, Telling[]>();
  for (const telling of units.flatMap((u) => u.told)) moments.set(telling.revision, [...(moments.get(telling.revision) ?? []), telling]);
  return [...moments].sort(([a], [b]) => a - b).map(([, tellings]) => tellings);
}

const less = (edges: Edges, others: Edges): Edges => new Map([...edges].filter(([key]) => !others.has(key)));

/** The stretches of a ground by name; kept as long as the ground is, as it is asked for at every event. */
const known = new WeakMap<Rings, Edges>();

/** Each stretch once, by its two ends: what units share they share to the last bit. */
function edgesOf(ground: Rings): Edges {
  const before = known.get(ground);
  if (before) return before;
  const edges = new Map<string, Edge>();
  for (const ring of ground) {
    for (const [i, to] of ring.entries()) {
      const from = ring[i - 1];
      if (!from) continue;
      const [a, b] = from[0] < to[0] || (from[0] === to[0] && from[1] < to[1]) ? [from, to] : [to, from];
      edges.set(`${a[0]},${a[1]},${b[0]},${b[1]}`, [a, b]);
    }
  }
  known.set(ground, edges);
  return edges;
}

/** Web Mercator, as the map draws it. */
export function spot([lon = 0, lat = 0]: readonly number[]): Spot {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

/** The rings of a ground; none of what is no ground. */
export function ringsOf(geometry: GeoJSON.Geometry | undefined): Rings {
  if (geometry?.type === 'Polygon') return geometry.coordinates.map((ring) => ring.map(spot));
  return geometry?.type === 'MultiPolygon' ? geometry.coordinates.flat().map((ring) => ring.map(spot)) : [];
}
