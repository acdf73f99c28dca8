import type {GridRef, Position} from '../../api/types';

/**
 * The ground that can be redrawn, as it lies before the eyes: grids of one tier
 * whose rings name shared vertices by number. A vertex belongs to every grid that
 * names it, so nobody's border can be moved without the neighbour's.
 * Nothing here is changed in place: every function gives another ground.
 */
export interface Ground {
  /** Revision of the plan at which it was read. */
  readonly revision: number;
  readonly vertices: readonly Position[];
  /** Vertices that stand elsewhere than they were read; small while all else is shared. */
  readonly moved: ReadonlyMap<number, Position>;
  readonly cells: ReadonlyMap<number, Cell>;
  /** Whose ground lies left of the edge from one vertex to another; see edgeKey. */
  readonly left: ReadonlyMap<number, number>;
}

/** A grid: rings without a closing point, its ground left of each, holes included. */
export interface Cell extends GridRef {
  readonly parent: number;
  /** Who lived there when the ground was read; null where that was not told. */
  readonly people: People | null;
  /** Polygons of rings of vertices; the first ring of a polygon is its outline. */
  readonly polygons: readonly (readonly (readonly number[])[])[];
}

/** A stretch of border between two grids, from one vertex to another. */
export interface Stretch {
  /** The grid to the left of it. */
  readonly left: number;
  /** The grid to the right; null where it is no grid of this ground. */
  readonly right: number | null;
  readonly vertices: readonly number[];
}

export interface People {
  readonly households: number;
  readonly persons: number;
}

/** What the service sends of a grid that has ground. */
export interface DrawnGrid extends GridRef {
  parent?: number;
  counts?: {households: number; persons_resident: number};
  geometry?: GeoJSON.Polygon | GeoJSON.MultiPolygon | null;
}

/** One part of the lattice is 1e-7 degree; a position is always told on it. */
const LATTICE = 1e7;
export const snapped = ([lon = 0, lat = 0]: readonly number[]): Position => [
  Math.round(lon * LATTICE) / LATTICE,
  Math.round(lat * LATTICE) / LATTICE,
];

/** More vertices than a ground can have: two numbers below it make one key that is exact. */
const MOST = 2 ** 26;
const edgeKey = (from: number, to: number) => from * MOST + to;

export const positionOf = (g: Ground, vertex: number): Position => g.moved.get(vertex) ?? g.vertices[vertex] ?? [0, 0];

/** Makes a ground of grids as they are sent; those without a boundary are left out. */
export function groundOf(revision: number, grids: readonly DrawnGrid[]): Ground {
  const vertices: Position[] = [];
  const known = new Map<string, number>();
  const vertexAt = (at: Position) => {
    const key = at.join(' ');
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, vertices.length);
    return vertices.push(at) - 1;
  };
  const cells = new Map<number, Cell>();
  for (const {geometry, parent = 0, id, code, name, tier, kind, counts} of grids) {
    if (!geometry) continue;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    const ring = (points: GeoJSON.Position[]) => points.slice(0, -1).map((at) => vertexAt(snapped(at)));
    const people = counts ? {households: counts.households, persons: counts.persons_resident} : null;
    cells.set(id, {id, code, name, tier, kind, parent, people, polygons: polygons.map((rings) => rings.map(ring))});
  }
  return {revision, vertices, moved: new Map(), cells, left: leftOf(cells.values())};
}

function leftOf(cells: Iterable<Cell>): Map<number, number> {
  const left = new Map<number, number>();
  for (const cell of cells) {
    for (const [a, b] of edgesOf(cell)) left.set(edgeKey(a, b), cell.id);
  }
  return left;
}

function* edgesOf(cell: Cell): Generator<[number, number]> {
  for (const ring of cell.polygons.flat()) {
    for (const [i, a] of ring.entries()) yield [a, ring[(i + 1) % ring.length] ?? a];
  }
}

/** Who has the ground left of an edge, and right of it; null where nobody of this ground has. */
export const ownersOf = (g: Ground, from: number, to: number): [left: number | null, right: number | null] => [
  g.left.get(edgeKey(from, to)) ?? null,
  g.left.get(edgeKey(to, from)) ?? null,
];

/** Every grid that has the vertex on its border, ascending. */
export function ownersAt(g: Ground, vertex: number): number[] {
  const owners = [...g.cells.values()].filter((c) => c.polygons.some((rings) => rings.some((r) => r.includes(vertex))));
  return owners.map((c) => c.id).sort((a, b) => a - b);
}

/**
 * The whole stretch of border through the edge: on both sides as far as the same
 * two grids meet. A stretch that closes (a grid inside another) begins and ends in `from`.
 */
export function stretchThrough(g: Ground, from: number, to: number): Stretch | null {
  const [left, right] = ownersOf(g, from, to);
  const cell = left === null ? undefined : g.cells.get(left);
  const ring = cell?.polygons.flat().find((r) => r.some((v, i) => v === from && r[(i + 1) % r.length] === to));
  if (left === null || !ring) return null;
  const at = ring.indexOf(from);
  const vertex = (i: number) => ring[(((at + i) % ring.length) + ring.length) % ring.length] ?? from;
  const same = (i: number) => ownersOf(g, vertex(i), vertex(i + 1))[1] === right && !isCorner(g, vertex(i), left, right);
  let last = 1;
  while (last < ring.length && same(last)) last++;
  let first = 0;
  while (first > last - ring.length && sameBefore(g, vertex, first, left, right)) first--;
  return {left, right, vertices: Array.from({length: last - first + 1}, (_, i) => vertex(first + i))};
}

function sameBefore(g: Ground, vertex: (i: number) => number, i: number, left: number, right: number | null): boolean {
  return ownersOf(g, vertex(i - 1), vertex(i))[1] === right && !isCorner(g, vertex(i), left, right);
}

/** Whether a third grid meets the two in this vertex. */
function isCorner(g: Ground, vertex: number, left: number, right: number | null): boolean {
  return ownersAt(g, vertex).some((id) => id !== left && id !== right);
}

/** A piece of border that ends in a corner: its other end, and whose ground lies left and right of it, seen from there. */
export interface Spoke {
  readonly vertex: number;
  readonly left: number | null;
  readonly right: number | null;
}

/** The pieces of border that meet in a vertex, one for each edge. */
export function spokesAt(g: Ground, corner: number): Spoke[] {
  const ends = new Set<number>();
  for (const id of ownersAt(g, corner)) {
    for (const ring of g.cells.get(id)?.polygons.flat() ?? []) {
      for (const [i, v] of ring.entries()) {
        if (v === corner) ends.add(ring[(i + 1) % ring.length] ?? v).add(ring.at(i - 1) ?? v);
      }
    }
  }
  return [...ends].map((vertex) => {
    const [left, right] = ownersOf(g, vertex, corner);
    return {vertex, left, right};
  });
}

/** Puts a vertex elsewhere, for all whose border runs through it. */
export function moveVertices(g: Ground, to: ReadonlyMap<number, Position>): Ground {
  const moved = new Map(g.moved);
  for (const [vertex, at] of to) {
    const [lon, lat] = g.vertices[vertex] ?? at;
    if (lon === at[0] && lat === at[1]) moved.delete(vertex);
    else moved.set(vertex, at);
  }
  return {...g, moved};
}

/** Puts a new vertex on the edge, into the rings of both sides; returns the ground and the vertex. */
export function insertVertex(g: Ground, from: number, to: number, at: Position): [Ground, number] {
  const vertex = g.vertices.length;
  const cells = new Map(g.cells);
  const left = new Map(g.left);
  for (const [a, b] of [[from, to], [to, from]] as const) {
    const cell = cells.get(left.get(edgeKey(a, b)) ?? 0);
    if (!cell) continue;
    const ring = (r: readonly number[]) => r.flatMap((v, i) => (v === a && r[(i + 1) % r.length] === b ? [v, vertex] : [v]));
    cells.set(cell.id, {...cell, polygons: cell.polygons.map((rings) => rings.map(ring))});
    left.delete(edgeKey(a, b));
    left.set(edgeKey(a, vertex), cell.id).set(edgeKey(vertex, b), cell.id);
  }
  return [{...g, vertices: [...g.vertices, snapped(at)], cells, left}, vertex];
}

/** Takes the vertex away that was put in last: the inverse of insertVertex. */
export function removeVertex(g: Ground, vertex: number): Ground {
  if (vertex !== g.vertices.length - 1) return g;
  const cells = new Map(g.cells);
  for (const id of ownersAt(g, vertex)) {
    const cell = cells.get(id);
    if (cell) cells.set(id, {...cell, polygons: cell.polygons.map((rings) => rings.map((r) => r.filter((v) => v !== vertex)))});
  }
  const moved = new Map(g.moved);
  moved.delete(vertex);
  return {...g, vertices: g.vertices.slice(0, -1), moved, cells, left: leftOf(cells.values())};
}

/** A grid as GeoJSON, with its border as it stands now. */
export function geometryOf(g: Ground, cell: Cell): GeoJSON.MultiPolygon {
  const ring = (r: readonly number[]) => [...r, ...r.slice(0, 1)].map((v) => [...positionOf(g, v)]);
  return {type: 'MultiPolygon', coordinates: cell.polygons.map((rings) => rings.map(ring))};
}
