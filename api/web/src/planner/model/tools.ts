import type {Position} from '../../api/types';
import type {FixEdit} from '../checks/fixes';
import type {Desk, Grab} from './desk';
import {positionOf, type Ground, type Stretch} from './ground';
import {cellAt, distanceM} from './measure';

export const TOOLS = ['look', 'split', 'merge', 'reshape', 'transfer', 'paint', 'carve'] as const;
export type Tool = (typeof TOOLS)[number];

/** The letter that takes each tool into the hand. */
export const KEYS: Record<Tool, string> = {look: 'v', split: 's', merge: 'm', reshape: 'r', transfer: 't', paint: 'p', carve: 'd'};

/** What the service is asked to do; the shapes of POST /v1/plans/{p}/edits. A list is done whole or not at all. */
export type Edit = OneEdit | FixEdit | {edits: OneEdit[]};

export type OneEdit =
  | {op: 'split'; grid: number; line: GeoJSON.LineString; tolerance_m: number}
  | {op: 'merge'; grids: number[]}
  | {op: 'reshape'; grid: number; with: number; line: GeoJSON.LineString}
  | {op: 'transfer'; to: number; atoms: (number | string)[]}
  | {op: 'transfer'; to: number; from?: number[]; region: GeoJSON.Polygon; tolerance_m: number}
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

const clean = (d: Desk): Desk => ({...d, line: [], picks: [], painted: []});
const plain = {enter: clean, exit: clean, picks: 0, draws: false, grabs: false, snaps: false, edit: () => null};

export const tools: Record<Tool, ToolKind> = {
  look: plain,
  split: {...plain, draws: true, snaps: true, edit: split},
  merge: {...plain, picks: Number.POSITIVE_INFINITY, edit: (d) => (d.picks.length < 2 ? null : {op: 'merge', grids: [...d.picks]})},
  reshape: {...plain, grabs: true, snaps: true, edit: reshape},
  transfer: {...plain, picks: 1, draws: true, snaps: true, edit: transfer},
  paint: {...plain, picks: 1, edit: paint},
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

/** The border in the hand as it lies now; null while it has not moved. */
function reshape({grab, ground}: Desk): Edit | null {
  if (!grab || !ground) return null;
  const still = [...grab.stood].every(([v, [x, y]]) => positionOf(ground, v)[0] === x && positionOf(ground, v)[1] === y);
  if (still) return null;
  return grab.stretch ? reshapeStretch(ground, grab.stretch, grab.held) : moveCorner(ground, grab);
}

/** The stretch in the hand, from the last vertex before what moved to the first behind it. */
function reshapeStretch(ground: Ground, stretch: Stretch, held: readonly number[]): Edit | null {
  if (stretch.right === null) return null;
  const at = held.map((v) => stretch.vertices.indexOf(v));
  const part = stretch.vertices.slice(Math.max(0, Math.min(...at) - 1), Math.max(...at) + 2);
  return {op: 'reshape', grid: stretch.left, with: stretch.right, line: lineString(part.map((v) => positionOf(ground, v)))};
}

/**
 * A corner goes elsewhere: each of the borders that end in it sweeps a triangle,
 * which the grid on the side it goes to gives to the other. The two borders of
 * the grid it goes into sweep first; the third then runs through what these two
 * have got.
 */
function moveCorner(ground: Ground, {spokes, held, stood}: Grab): Edit | null {
  const [vertex = -1] = held;
  const [was, now] = [stood.get(vertex), positionOf(ground, vertex)];
  if (!was) return null;
  const before = {...ground, moved: new Map([...ground.moved, ...stood])};
  const into = cellAt(before, now)?.id ?? null;
  const swept = spokes.flatMap(({vertex: end, left, right}) => {
    const foot = positionOf(ground, end);
    const side = (was[0] - foot[0]) * (now[1] - foot[1]) - (was[1] - foot[1]) * (now[0] - foot[0]);
    const [from, to] = side > 0 ? [left, right] : [right, left];
    const region = polygon([foot, was, now]);
    return side === 0 || from === null || to === null || !region ? [] : [{from, to, region}];
  });
  const order = [...swept.filter((s) => s.from === into), ...swept.filter((s) => s.from !== into)];
  const edits = order.map(({from, to, region}): OneEdit => ({op: 'transfer', to, from: [from], region, tolerance_m: 0}));
  return edits.length === 0 ? null : {edits};
}

function transfer(d: Desk): Edit | null {
  const region = polygon(d.line);
  const [to] = d.picks;
  return region && to !== undefined ? {op: 'transfer', to, region, tolerance_m: TOLERANCE_M} : null;
}

/** What was painted goes as it is: small grids with all under them, compounds with their ground. */
function paint({picks: [to], painted}: Desk): Edit | null {
  return to === undefined || painted.length === 0 ? null : {op: 'transfer', to, atoms: painted.map((a) => a.name)};
}

/** A dedicated grid of the drawn tier, under the parent of the grid that its outline runs through. */
function carve(d: Desk, {name, owner}: Carving): Edit | null {
  const boundary = polygon(d.line);
  const under = d.ground?.cells.get(crossed(d) ?? 0);
  if (!boundary || !under || !name.trim() || !owner.trim()) return null;
  const said = {name: {zh: name.trim()}, owner: owner.trim()};
  return {op: 'create', parent: under.parent, tier: under.tier, kind: 'dedicated', ...said, boundary, tolerance_m: TOLERANCE_M};
}
