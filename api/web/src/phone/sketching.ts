import type {Position} from '../api/types';

/** What a finger draws on the map: a line where a boundary should run, or the ground that is meant. */
export type Tool = 'line' | 'area';

/** A drawing under way; points are kept in degrees. */
export interface Sketching {
  readonly tool: Tool | null;
  readonly points: readonly Position[];
  /** The finger is down. */
  readonly held: boolean;
}

export const IDLE: Sketching = {tool: null, points: [], held: false};

export type Stroke =
  | {do: 'take'; tool: Tool | null}
  | {do: 'press'; at: Position}
  | {do: 'drag'; at: Position}
  | {do: 'drop'}
  /** One point more, from the keyboard. */
  | {do: 'add'; at: Position}
  | {do: 'erase'};

/** Metres of a degree of latitude. */
const DEGREE_M = 111_320;
/** A finger trembles by so many metres at most where a leader looks closely; the service takes 2,000 points at most. */
const TREMBLE_M = 1.5;
const MOST_POINTS = 500;
const MOST_LOOKED_AT = 1500;

/** What becomes of a drawing. Pure. A new stroke of the finger begins anew; the keyboard goes on with what is there. */
export function step(s: Sketching, stroke: Stroke): Sketching {
  switch (stroke.do) {
    case 'take':
      return {...IDLE, tool: stroke.tool === s.tool ? null : stroke.tool};
    case 'press':
      return s.tool ? {...s, points: [stroke.at], held: true} : s;
    case 'drag':
      return s.held ? {...s, points: [...s.points, stroke.at]} : s;
    case 'drop':
      return s.held ? {...s, held: false, points: thinned(s.points)} : s;
    case 'add':
      return s.tool ? {...s, points: [...s.points, stroke.at].slice(0, MOST_POINTS)} : s;
    case 'erase':
      return {...s, points: [], held: false};
  }
}

/** What is sent: nothing until there are enough points for what was chosen. */
export function geometryOf({tool, points}: Sketching): GeoJSON.LineString | GeoJSON.Polygon | null {
  const placed = points.map(([lon, lat]): Position => [round(lon), round(lat)]);
  if (tool === 'line' && placed.length >= 2) return {type: 'LineString', coordinates: placed};
  const [first] = placed;
  if (tool === 'area' && first && placed.length >= 3) return {type: 'Polygon', coordinates: [[...placed, first]]};
  return null;
}

/** What is seen while it is drawn: two points of an area are a line yet. */
export function preview(s: Sketching): GeoJSON.Geometry | null {
  if (s.points.length < 2) return s.points[0] ? {type: 'Point', coordinates: s.points[0]} : null;
  return geometryOf(s) ?? {type: 'LineString', coordinates: [...s.points]};
}

const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

/** Leaves out points that stand no more than a tremble beside the line of the others (Douglas and Peucker), twice as much where too many are left. */
export function thinned(points: readonly Position[], metres = TREMBLE_M): Position[] {
  const every = Math.ceil(points.length / MOST_LOOKED_AT); // what follows takes the square of their number
  const kept = reduced(points.filter((_, i) => i % every === 0 || i === points.length - 1), metres);
  return kept.length > MOST_POINTS ? thinned(kept, metres * 2) : kept;
}

function reduced(points: readonly Position[], metres: number): Position[] {
  const last = points.length - 1;
  if (last < 2) return [...points];
  const keep = new Set([0, last]);
  const open: [number, number][] = [[0, last]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    let [worst, far] = [0, metres];
    for (let i = from + 1; i < to; i++) {
      const off = beside(points[i] as Position, points[from] as Position, points[to] as Position);
      if (off > far) [worst, far] = [i, off];
    }
    if (!worst) continue;
    keep.add(worst);
    open.push([from, worst], [worst, to]);
  }
  return points.filter((_, i) => keep.has(i));
}

/** Metres from a point to a stretch. */
function beside([x, y]: Position, [ax, ay]: Position, [bx, by]: Position): number {
  const shrink = Math.cos((y * Math.PI) / 180);
  const [px, py, dx, dy] = [(x - ax) * shrink, y - ay, (bx - ax) * shrink, by - ay];
  const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - along * dx, py - along * dy) * DEGREE_M;
}
