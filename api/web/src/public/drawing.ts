import type {Position} from '../api/types';
import {broken, widthOf} from '../i18n/lines';
import type {Neighbour, PublicPage} from './data';

type Ground = GeoJSON.Polygon | GeoJSON.MultiPolygon;

/** A map drawn as lines and words, in units of which the sheet is `width` by `height`; y grows down. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly own: string;
  readonly within: string | null;
  readonly around: readonly {code: string; path: string}[];
  /** Where the names of the neighbours stand, and what room they have to each side; those that are seen too little have none. */
  readonly spots: readonly {neighbour: Neighbour; x: number; y: number; room: number}[];
  /** Where the grid's own name stands. */
  readonly middle: {x: number; y: number; room: number};
  /** A round length and how long it is on the sheet. */
  readonly scale: {metres: number; length: number};
}

/** Metres of a degree of latitude; of longitude it is that times the cosine. A grid is far too small for more. */
const DEGREE_M = 111_320;
/** The share of the sheet left free around the grid. */
const MARGIN = 0.16;
/** A name must have so much room to each side to be written, a share of the sheet's width. */
const ROOM = 0.035;
/** Places tried for a name, across the sheet. */
const TRIES = 28;

const polygons = (g: Ground): Position[][][] => (g.type === 'Polygon' ? [g.coordinates] : g.coordinates) as Position[][][];
const cut = (n: number) => Math.round(n * 10) / 10;

/** Draws a grid that has ground, north up, its whole outline on the sheet. Pure. */
export function draw(page: Pick<PublicPage, 'grid' | 'around' | 'within'>, width: number, height: number): Drawing | null {
  const {geometry, bounds} = page.grid;
  if (!geometry || !bounds) return null;
  const [west, south, east, north] = bounds;
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = Math.max((east - west) * shrink, 1e-7);
  const high = Math.max(north - south, 1e-7);
  const perDegree = Math.min(width / wide, height / high) * (1 - 2 * MARGIN);
  const place = ([lon, lat]: Position): Position => [
    width / 2 + (lon - (west + east) / 2) * shrink * perDegree,
    height / 2 - (lat - (south + north) / 2) * perDegree,
  ];
  const path = (g: Ground) => pathOf(polygons(g).map((rings) => rings.map((ring) => ring.map(place))));
  const around = page.around ?? [];
  const own = polygons(geometry).map((rings) => rings.map((ring) => ring.map(place)));
  const placed = around.map((n) => polygons(n.geometry).map((rings) => rings.map((ring) => ring.map(place))));
  const middle = roomiest(own, width, height);
  return {
    width,
    height,
    own: pathOf(own),
    within: page.within ? path(page.within) : null,
    around: around.map((n, i) => ({code: n.code, path: pathOf(placed[i] ?? [])})),
    spots: around.flatMap((neighbour, i) => {
      const spot = roomiest(placed[i] ?? [], width, height);
      return spot && spot.room >= ROOM * width ? [{neighbour, ...spot}] : [];
    }),
    middle: middle ?? {x: width / 2, y: height / 2, room: 0},
    scale: scaleBar(perDegree / DEGREE_M, width * 0.22),
  };
}

const pathOf = (shape: Position[][][]) =>
  shape.flatMap((rings) => rings.map((ring) => `M${ring.slice(0, -1).map(([x, y]) => `${cut(x)} ${cut(y)}`).join('L')}Z`)).join('');

/** The place inside the shape, among many tried, that is farthest from its edges and those of the sheet; null where it does not show. */
export function roomiest(shape: Position[][][], width: number, height: number): {x: number; y: number; room: number} | null {
  let best: {x: number; y: number; room: number} | null = null;
  const step = width / TRIES;
  for (let x = step / 2; x < width; x += step) {
    for (let y = step / 2; y < height; y += step) {
      const toSheet = Math.min(x, y, width - x, height - y);
      if (toSheet <= (best?.room ?? 0) || !inside(shape, x, y)) continue;
      const room = Math.min(toSheet, toEdges(shape, x, y));
      if (room > (best?.room ?? 0)) best = {x, y, room};
    }
  }
  return best;
}

function* edges(shape: Position[][][]): Generator<[Position, Position]> {
  for (const ring of shape.flat()) {
    for (let i = 1; i < ring.length; i++) yield [ring[i - 1] as Position, ring[i] as Position];
  }
}

function inside(shape: Position[][][], x: number, y: number): boolean {
  let odd = false;
  for (const [[ax, ay], [bx, by]] of edges(shape)) {
    if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) odd = !odd;
  }
  return odd;
}

function toEdges(shape: Position[][][], x: number, y: number): number {
  let least = Infinity;
  for (const [[ax, ay], [bx, by]] of edges(shape)) {
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return least;
}

/** The largest of 1, 2 and 5 times a power of ten metres that is no longer than `most` on the sheet. */
export function scaleBar(perMetre: number, most: number): {metres: number; length: number} {
  const power = 10 ** Math.floor(Math.log10(most / perMetre));
  const times = [5, 2, 1].find((n) => n * power * perMetre <= most) ?? 1;
  return {metres: times * power, length: times * power * perMetre};
}

/** A name may reach so many times the room to each side: letters are lower than the room is. */
const REACH = 2.4;

/** A name in one line where it fits at a size, else in lines between words, and smaller where one is still too long. Pure. */
export function lettered(name: string, room: number, size: number): {lines: string[]; size: number} {
  const lines = broken(name, (part) => widthOf(part, size) <= REACH * room);
  const widest = Math.max(...lines.map((line) => widthOf(line, 1)));
  return {lines, size: Math.min(size, (REACH * room) / widest)};
}
