import type {Position} from '../../api/types';
import {positionOf, type Cell, type Ground} from './ground';

/** Metres in a degree of latitude, near enough for what a hand draws. */
const DEGREE_M = 111_320;

/** How much narrower a degree of longitude is than one of latitude. */
const shrink = (lat: number) => Math.cos((lat * Math.PI) / 180);

/** About how far apart two positions of one county are, metres. */
export function distanceM([lon, lat]: Position, [x, y]: Position): number {
  return Math.hypot((x - lon) * shrink((lat + y) / 2), y - lat) * DEGREE_M;
}

/** The place on the line from a to b that is nearest to `at`. */
export function nearestOn(at: Position, a: Position, b: Position): Position {
  const k = shrink(at[1]);
  const [dx, dy] = [(b[0] - a[0]) * k, b[1] - a[1]];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : ((at[0] - a[0]) * k * dx + (at[1] - a[1]) * dy) / length2;
  const t = Math.min(1, Math.max(0, along));
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
}

/** A vertex or an edge of the ground near a place. */
export type Near =
  | {readonly kind: 'vertex'; readonly vertex: number; readonly at: Position}
  | {readonly kind: 'edge'; readonly from: number; readonly to: number; readonly at: Position};

/** What of the ground lies within so many metres: a vertex before an edge, the nearest of each. Borders of the grids to skip do not count. */
export function nearTo(g: Ground, at: Position, reachM: number, skip: ReadonlySet<number> = NOBODY): Near | null {
  const box = [reachM / DEGREE_M / shrink(at[1]), reachM / DEGREE_M] as const;
  let best: Near | null = null;
  let least = reachM;
  let edge: Near | null = null;
  let leastEdge = reachM;
  for (const [from, to, owner] of edgesNear(g, at, box)) {
    if (skip.has(owner)) continue;
    const [a, b] = [positionOf(g, from), positionOf(g, to)];
    if (beside(at, a, b, box)) continue;
    const corner = distanceM(at, a);
    if (corner <= least) [best, least] = [{kind: 'vertex', vertex: from, at: a}, corner];
    const foot = nearestOn(at, a, b);
    const off = distanceM(at, foot);
    if (off < leastEdge) [edge, leastEdge] = [{kind: 'edge', from, to, at: foot}, off];
  }
  return best ?? edge;
}

const NOBODY: ReadonlySet<number> = new Set();

type Edge = readonly [from: number, to: number, owner: number];

/** Edges by the squares they touch, so that a look for one asks few, however many grids there are. */
const indexes = new WeakMap<Ground['cells'], ReadonlyMap<number, readonly Edge[]>>();

/** Side of a square, degrees: about two hundred metres, some edges of a grid. */
const SQUARE = 0.002;
const column = (lon: number) => Math.floor((lon + 180) / SQUARE);
const line = (lat: number) => Math.floor((lat + 90) / SQUARE);
const squareOf = (x: number, y: number) => x * 2 ** 20 + y;

/** Edges whose square lies within a box around a place. Where an edge was read counts: who moves one skips its owners. */
function* edgesNear(g: Ground, [lon, lat]: Position, [dx, dy]: readonly [number, number]): Generator<Edge> {
  let index = indexes.get(g.cells);
  if (!index) indexes.set(g.cells, (index = indexOf(g)));
  for (let x = column(lon - dx); x <= column(lon + dx); x++) {
    for (let y = line(lat - dy); y <= line(lat + dy); y++) yield* index.get(squareOf(x, y)) ?? [];
  }
}

function indexOf(g: Ground): Map<number, Edge[]> {
  const index = new Map<number, Edge[]>();
  for (const cell of g.cells.values()) {
    for (const ring of cell.polygons.flat()) {
      for (const [i, from] of ring.entries()) {
        const to = ring[(i + 1) % ring.length] ?? from;
        const [[ax, ay], [bx, by]] = [positionOf(g, from), positionOf(g, to)];
        for (let x = column(Math.min(ax, bx)); x <= column(Math.max(ax, bx)); x++) {
          for (let y = line(Math.min(ay, by)); y <= line(Math.max(ay, by)); y++) {
            const square = squareOf(x, y);
            const there = index.get(square);
            if (there) there.push([from, to, cell.id]);
            else index.set(square, [[from, to, cell.id]]);
          }
        }
      }
    }
  }
  return index;
}

/** Whether the box around an edge is farther than the reach, which spares the rest of the sum. */
function beside(at: Position, a: Position, b: Position, [dx, dy]: readonly [number, number]): boolean {
  return (
    Math.min(a[0], b[0]) - dx > at[0] || Math.max(a[0], b[0]) + dx < at[0] ||
    Math.min(a[1], b[1]) - dy > at[1] || Math.max(a[1], b[1]) + dy < at[1]
  );
}

/** The grid that has the place, null where none has; a place on a border belongs to the ground just east, else just north. */
export function cellAt(g: Ground, at: Position): Cell | null {
  for (const cell of g.cells.values()) if (holds(g, cell, at)) return cell;
  return null;
}

/** Whether a grid has the place, with its border as it stands. */
export function holds(g: Ground, cell: Cell, at: Position): boolean {
  let odd = false;
  for (const rings of cell.polygons) for (const ring of rings) if (crosses(g, ring, at)) odd = !odd;
  return odd;
}

/** Whether a ray from the place to the west crosses the ring an odd number of times. */
function crosses(g: Ground, ring: readonly number[], [x, y]: Position): boolean {
  let odd = false;
  let [ax, ay] = positionOf(g, ring.at(-1) ?? 0);
  for (const v of ring) {
    const [bx, by] = positionOf(g, v);
    if (ay > y !== by > y && x >= ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
    [ax, ay] = [bx, by];
  }
  return odd;
}

/** About how much ground a grid has, square metres. */
export function areaM2(g: Ground, cell: Cell): number {
  const first = cell.polygons[0]?.[0]?.[0];
  const [lon0, lat0] = first === undefined ? [0, 0] : positionOf(g, first);
  const k = shrink(lat0);
  let sum = 0;
  for (const ring of cell.polygons.flat()) {
    for (const [i, v] of ring.entries()) {
      const [ax, ay] = positionOf(g, v);
      const [bx, by] = positionOf(g, ring[(i + 1) % ring.length] ?? v);
      sum += (ax - lon0) * (by - lat0) - (bx - lon0) * (ay - lat0);
    }
  }
  return (sum / 2) * k * DEGREE_M * DEGREE_M;
}
