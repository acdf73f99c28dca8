import type {Position} from '../../api/types';
import type {Desk} from './desk';
import {positionOf} from './ground';
import {cellAt, distanceM} from './measure';

export const TOOLS = ['look', 'split', 'merge', 'reshape', 'transfer', 'carve'] as const;
export type Tool = (typeof TOOLS)[number];

/** The letter that takes each tool into the hand. */
export const KEYS: Record<Tool, string> = {look: 'v', split: 's', merge: 'm', reshape: 'r', transfer: 't', carve: 'd'};

/** What the service is asked to do; the shapes of POST /v1/plans/{p}/edits. */
export type Edit =
  | {op: 'split'; grid: number; line: GeoJSON.LineString; tolerance_m: number}
  | {op: 'merge'; grids: number[]}
  | {op: 'reshape'; grid: number; with: number; line: GeoJSON.LineString}
  | {op: 'transfer'; to: number; region: GeoJSON.Polygon; tolerance_m: number}
  | {op: 'create'; parent: number; tier: string; kind: 'dedicated'; name: {zh: string; en?: string}; owner: string; boundary: GeoJSON.Polygon; tolerance_m: number};

/** What is said of a dedicated grid that is being carved. */
export interface Carving {
  readonly name: string;
  readonly owner: string;
}

/** A tool: how it is taken up and laid down, what the hand can do with it, and the edit it makes of what was drawn. */
export interface ToolKind {
  enter(d: Desk): Desk;
  exit(d: Desk): Desk;
  /** How many grids it asks for before it draws; any number where it does not. */
  readonly picks: number;
  readonly draws: boolean;
  readonly grabs: boolean;
  readonly snaps: boolean;
  /** The edit, or null while something is lacking. */
  edit(d: Desk, carving: Carving): Edit | null;
}

/** Metres within which the service puts what is drawn onto vertices and edges. */
const TOLERANCE_M = 1;

const clean = (d: Desk): Desk => ({...d, line: [], picks: []});
const plain = {enter: clean, exit: clean, picks: 0, draws: false, grabs: false, snaps: false, edit: () => null};

export const tools: Record<Tool, ToolKind> = {
  look: plain,
  split: {...plain, draws: true, snaps: true, edit: split},
  merge: {...plain, picks: Number.POSITIVE_INFINITY, edit: (d) => (d.picks.length < 2 ? null : {op: 'merge', grids: [...d.picks]})},
  reshape: {...plain, grabs: true, snaps: true, edit: reshape},
  transfer: {...plain, picks: 1, draws: true, snaps: true, edit: transfer},
  carve: {...plain, draws: true, snaps: true, edit: carve},
};

const lineString = (line: readonly Position[]): GeoJSON.LineString => ({type: 'LineString', coordinates: line.map((p) => [...p])});

function polygon(line: readonly Position[]): GeoJSON.Polygon | null {
  const [first] = line;
  if (line.length < 3 || !first) return null;
  return {type: 'Polygon', coordinates: [[...line, first].map((p) => [...p])]};
}

/** The grid that most of the line runs through. */
export function crossed(d: Desk): number | null {
  const metres = new Map<number, number>();
  for (const [i, b] of d.line.entries()) {
    const a = d.line[i - 1];
    if (!a || !d.ground) continue;
    for (let k = 0; k < STEPS; k++) {
      const t = (k + 0.5) / STEPS;
      const id = cellAt(d.ground, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])])?.id;
      if (id !== undefined) metres.set(id, (metres.get(id) ?? 0) + distanceM(a, b) / STEPS);
    }
  }
  return [...metres].sort(([a, m], [b, n]) => n - m || a - b)[0]?.[0] ?? null;
}

/** At how many places of each piece of a line it is asked whose ground it crosses. */
const STEPS = 16;

function split(d: Desk): Edit | null {
  const grid = d.line.length < 2 ? null : crossed(d);
  return grid === null ? null : {op: 'split', grid, line: lineString(d.line), tolerance_m: TOLERANCE_M};
}

/** The stretch in the hand, from the last vertex before what moved to the first behind it. */
function reshape({grab, ground}: Desk): Edit | null {
  if (!grab || !ground || grab.stretch.right === null) return null;
  const {stretch, held, stood} = grab;
  const still = [...stood].every(([v, [x, y]]) => positionOf(ground, v)[0] === x && positionOf(ground, v)[1] === y);
  if (still) return null;
  const at = held.map((v) => stretch.vertices.indexOf(v));
  const part = stretch.vertices.slice(Math.max(0, Math.min(...at) - 1), Math.max(...at) + 2);
  return {op: 'reshape', grid: stretch.left, with: grab.stretch.right, line: lineString(part.map((v) => positionOf(ground, v)))};
}

function transfer(d: Desk): Edit | null {
  const region = polygon(d.line);
  const [to] = d.picks;
  return region && to !== undefined ? {op: 'transfer', to, region, tolerance_m: TOLERANCE_M} : null;
}

/** A dedicated grid of the drawn tier, under the parent of the grid that its outline runs through. */
function carve(d: Desk, {name, owner}: Carving): Edit | null {
  const boundary = polygon(d.line);
  const under = d.ground?.cells.get(crossed(d) ?? 0);
  if (!boundary || !under || !name.trim() || !owner.trim()) return null;
  const said = {name: {zh: name.trim()}, owner: owner.trim()};
  return {op: 'create', parent: under.parent, tier: under.tier, kind: 'dedicated', ...said, boundary, tolerance_m: TOLERANCE_M};
}
