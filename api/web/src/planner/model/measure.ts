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

/** What of the ground lies within so many metres: a vertex before an edge, the nearest of each. */
export function nearTo(g: Ground, at: Position, reachM: number): Near | null {
  const box = [reachM / DEGREE_M / shrink(at[1]), reachM / DEGREE_M] as const;
  let best: Near | null = null;
  let least = reachM;
  let edge: Near | null = null;
  let leastEdge = reachM;
  for (const cell of g.cells.values()) {
    for (const ring of cell.polygons.flat()) {
      for (const [i, from] of ring.entries()) {
        const to = ring[(i + 1) % ring.length] ?? from;
        const [a, b] = [positionOf(g, from), positionOf(g, to)];
        if (beside(at, a, b, box)) continue;
        const corner = distanceM(at, a);
        if (corner <= least) [best, least] = [{kind: 'vertex', vertex: from, at: a}, corner];
        const foot = nearestOn(at, a, b);
        const off = distanceM(at, foot);
        if (off < leastEdge) [edge, leastEdge] = [{kind: 'edge', from, to, at: foot}, off];
      }
    }
  }
  return best ?? edge;
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
  for (const cell of g.cells.values()) {
    if (cell.polygons.flat().reduce((odd, ring) => odd !== crosses(g, ring, at), false)) return cell;
  }
  return null;
}

/** Whether a ray from the place to the west crosses the ring an odd number of times. */
function crosses(g: Ground, ring: readonly number[], [x, y]: Position): boolean {
  let odd = false;
  for (const [i, v] of ring.entries()) {
    const [ax, ay] = positionOf(g, v);
    const [bx, by] = positionOf(g, ring[(i + 1) % ring.length] ?? v);
    if (ay > y !== by > y && x >= ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
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
