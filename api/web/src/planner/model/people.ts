import type {Position} from '../../api/types';
import type {Grab} from './desk';
import {positionOf, type Cell, type Ground, type People} from './ground';
import {holds} from './measure';

/** Where people live, in squares, so that the few near a border are found at once. */
export interface Settled {
  /** Each place is one household; else the middle of a cell with those counted there. */
  readonly exact: boolean;
  readonly places: readonly Place[];
  readonly squares: ReadonlyMap<number, readonly number[]>;
}

export interface Place {
  at: Position;
  households: number;
  persons_resident: number;
}

/** Side of a square, degrees: about a hundred metres. */
const SQUARE = 0.001;
const column = (lon: number) => Math.floor((lon + 180) / SQUARE);
const line = (lat: number) => Math.floor((lat + 90) / SQUARE);
const squareOf = (x: number, y: number) => x * 2 ** 20 + y;

export function settled(exact: boolean, places: readonly Place[]): Settled {
  const squares = new Map<number, number[]>();
  for (const [i, {at}] of places.entries()) {
    const square = squareOf(column(at[0]), line(at[1]));
    const there = squares.get(square);
    if (there) there.push(i);
    else squares.set(square, [i]);
  }
  return {exact, places, squares};
}

/** Who lives in a grid before and after what the hand does. */
export interface Side {
  readonly cell: Cell;
  readonly before: People;
  readonly after: People;
}

/**
 * Counts both sides of a border while the hand moves it. What it returns looks
 * only at places in the box that the border has swept and at the grids in the
 * hand: the cost is the same in a county of a hundred grids and of thousands.
 */
export function sidesOf({places, squares}: Settled, start: Ground, grab: Grab): (now: Ground) => Side[] {
  const cells = grab.cells.flatMap((id) => start.cells.get(id) ?? []);
  const still: Ground = {...start, moved: new Map([...start.moved, ...grab.stood])};
  const about = [...neighbours(cells, grab.held)];
  const homes = new Map<number, Cell | undefined>();
  const homeOf = (g: Ground, at: Position) => cells.find((cell) => holds(g, cell, at));
  return (now) => {
    const change = new Map(cells.map((cell) => [cell, {households: 0, persons: 0}]));
    const add = (cell: Cell | undefined, {households, persons_resident}: Place, sign: number) => {
      const sum = cell && change.get(cell);
      if (!sum) return;
      sum.households += sign * households;
      sum.persons += sign * persons_resident;
    };
    for (const i of inBox(squares, boxOf([still, now], about))) {
      const place = places[i];
      if (!place) continue;
      if (!homes.has(i)) homes.set(i, homeOf(still, place.at));
      const [was, is] = [homes.get(i), homeOf(now, place.at)];
      if (was === is) continue;
      add(was, place, -1);
      add(is, place, 1);
    }
    return cells.map((cell) => {
      const before = cell.people ?? {households: 0, persons: 0};
      const by = change.get(cell) ?? {households: 0, persons: 0};
      return {cell, before, after: {households: before.households + by.households, persons: before.persons + by.persons}};
    });
  };
}

/** The vertices in the hand and those next to them: all that an edge which moves can touch. */
function neighbours(cells: readonly Cell[], held: readonly number[]): Set<number> {
  const all = new Set(held);
  const moves = new Set(held);
  for (const ring of cells.flatMap((c) => c.polygons.flat())) {
    for (const [i, v] of ring.entries()) if (moves.has(v)) all.add(ring.at(i - 1) ?? v).add(ring[(i + 1) % ring.length] ?? v);
  }
  return all;
}

type Box = readonly [west: number, south: number, east: number, north: number];

function boxOf(grounds: readonly Ground[], vertices: readonly number[]): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const g of grounds) {
    for (const v of vertices) {
      const [lon, lat] = positionOf(g, v);
      west = Math.min(west, lon);
      south = Math.min(south, lat);
      east = Math.max(east, lon);
      north = Math.max(north, lat);
    }
  }
  return [west, south, east, north];
}

function* inBox(squares: Settled['squares'], [west, south, east, north]: Box): Generator<number> {
  for (let x = column(west); x <= column(east); x++) {
    for (let y = line(south); y <= line(north); y++) yield* squares.get(squareOf(x, y)) ?? [];
  }
}
