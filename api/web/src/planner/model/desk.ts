import type {Position} from '../../api/types';
import {insertVertex, moveVertices, ownersAt, positionOf, removeVertex, snapped, spokesAt, stretchThrough, type Ground, type Spoke, type Stretch} from './ground';
import {cellAt, nearTo} from './measure';
import {sidesOf, type Settled, type Side} from './people';
import {tools, type Tool} from './tools';

/** What lies on the planner's desk: the ground, the tool in hand, and what was drawn with it so far. */
export interface Desk {
  readonly ground: Ground | null;
  readonly tool: Tool;
  /** The line or the outline that is being drawn. */
  readonly line: readonly Position[];
  /** Grids chosen, in the order they were. */
  readonly picks: readonly number[];
  /** Small grids and compounds that shall change hands whole. */
  readonly painted: readonly Atom[];
  /** Where the pointer stands, snapped; null while it is off the map. */
  readonly pointer: Position | null;
  readonly grab: Grab | null;
  /** Where people live about the ground; null until it is known, or where it may not be. */
  readonly people: Settled | null;
  /** Who would live on either side of the border in the hand. */
  readonly sides: readonly Side[];
  /** Counts the sides anew; made when the hand takes hold. */
  readonly count: ((now: Ground) => Side[]) | null;
}

/** Ground that changes hands whole: a grid by its id, or a compound by its code. */
export interface Atom {
  readonly name: number | string;
  readonly geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon;
}

/** A vertex, a whole stretch of border or a corner of three grids that the hand holds. */
export interface Grab {
  /** The border between two grids that is held; null for a corner. */
  readonly stretch: Stretch | null;
  /** The three borders that end in the corner that is held; none for a stretch. */
  readonly spokes: readonly Spoke[];
  /** The grids whose ground changes. */
  readonly cells: readonly number[];
  /** The vertices that go along. */
  readonly held: readonly number[];
  /** Where the hand took hold. */
  readonly from: Position;
  /** Where the held vertices stood then. */
  readonly stood: ReadonlyMap<number, Position>;
  /** The vertex that was put in to be held, null if one was there. */
  readonly made: number | null;
}

/** What a person does at the desk. */
export type DeskAct =
  | {do: 'ground'; ground: Ground | null}
  /** Ground is painted, or wiped off again. */
  | {do: 'paint'; atom: Atom}
  | {do: 'people'; people: Settled | null}
  | {do: 'tool'; tool: Tool}
  | {do: 'hover'; at: Position | null; reachM: number}
  | {do: 'point'; at: Position; reachM: number}
  | {do: 'grab'; at: Position; reachM: number; whole: boolean}
  | {do: 'drag'; at: Position; reachM: number}
  | {do: 'release'}
  | {do: 'back'}
  | {do: 'clear'};

export const EMPTY: Desk = {ground: null, tool: 'look', line: [], picks: [], painted: [], pointer: null, grab: null, people: null, sides: [], count: null};

/** The desk after an act. Pure. */
export function at(d: Desk, act: DeskAct): Desk {
  switch (act.do) {
    case 'ground':
      return {...d, ground: act.ground, grab: null, sides: [], count: null, picks: d.picks.filter((id) => act.ground?.cells.has(id))};
    case 'paint':
      return d.tool === 'paint' ? {...d, painted: brushed(d.painted, act.atom)} : d;
    case 'people':
      return act.people ? counting({...d, people: act.people}) : {...d, people: null};
    case 'tool':
      return act.tool === d.tool ? d : tools[act.tool].enter({...tools[d.tool].exit(release(d)), tool: act.tool});
    case 'hover':
      return {...d, pointer: act.at && (tools[d.tool].snaps ? snap(d, act.at, act.reachM) : act.at)};
    case 'point':
      return point(d, act.at, act.reachM);
    case 'grab':
      return tools[d.tool].grabs && !d.grab ? counting(grab(d, act.at, act.reachM, act.whole)) : d;
    case 'drag':
      return drag(d, act.at, act.reachM);
    case 'release':
      return release(d);
    case 'back':
      return back(d);
    case 'clear':
      return tools[d.tool].exit(release(d));
  }
}

/** A click: a grid where the tool still asks for one, else the next point of the line. */
function point(d: Desk, where: Position, reachM: number): Desk {
  const tool = tools[d.tool];
  if (d.picks.length < tool.picks) {
    const cell = d.ground && cellAt(d.ground, where);
    if (!cell) return d;
    const picks = d.picks.includes(cell.id) ? d.picks.filter((id) => id !== cell.id) : [...d.picks, cell.id];
    return {...d, picks};
  }
  if (!tool.draws) return d;
  const next = snap(d, where, reachM);
  const last = d.line.at(-1);
  return last && last[0] === next[0] && last[1] === next[1] ? d : {...d, line: [...d.line, next]};
}

/** Takes back the last point of the line, or the last grid chosen. */
function back(d: Desk): Desk {
  if (d.grab) return release(d);
  if (d.line.length > 0) return {...d, line: d.line.slice(0, -1)};
  if (d.painted.length > 0) return {...d, painted: d.painted.slice(0, -1)};
  return {...d, picks: d.picks.slice(0, -1)};
}

function brushed(painted: readonly Atom[], atom: Atom): readonly Atom[] {
  const others = painted.filter((a) => a.name !== atom.name);
  return others.length < painted.length ? others : [...painted, atom];
}

/** The place on the ground's borders near the pointer, or the pointer's own. */
function snap(d: Desk, where: Position, reachM: number): Position {
  const near = d.ground && nearTo(d.ground, where, reachM);
  return snapped(near ? near.at : where);
}

/**
 * Takes hold of the border near the pointer: a vertex of it, a new one where
 * there is none, all between the corners at both ends, or a corner in which
 * three siblings meet. Border that is not between siblings stays where it is:
 * only such ground can be given.
 */
function grab(d: Desk, where: Position, reachM: number, whole: boolean): Desk {
  const near = d.ground && nearTo(d.ground, where, reachM);
  if (!d.ground || !near) return d;
  const on = near.kind === 'vertex' ? edgeAt(d.ground, near.vertex) : ([near.from, near.to] as const);
  const stretch = on && between(d.ground, stretchThrough(d.ground, ...on));
  if (!stretch) return near.kind === 'vertex' ? grabCorner(d, d.ground, near.vertex, near.at) : d;
  const inner = stretch.vertices.slice(1, -1);
  if (near.kind === 'vertex' && !inner.includes(near.vertex)) return d;
  if (whole && inner.length > 0) return hold(d, d.ground, stretch, inner, near.at, null);
  if (near.kind === 'vertex') return hold(d, d.ground, stretch, [near.vertex], near.at, null);
  const [ground, made] = insertVertex(d.ground, near.from, near.to, near.at);
  const wider = between(ground, stretchThrough(ground, near.from, made));
  return wider ? hold({...d, ground}, ground, wider, [made], near.at, made) : d;
}

function hold(d: Desk, g: Ground, stretch: Stretch, held: readonly number[], from: Position, made: number | null): Desk {
  const cells = [stretch.left, stretch.right].flatMap((id) => id ?? []);
  return {...d, grab: {stretch, spokes: [], cells, held, from, stood: new Map(held.map((v) => [v, positionOf(g, v)])), made}};
}

/** Takes hold of a corner if it is one of exactly three siblings, with nobody else's ground about it. */
function grabCorner(d: Desk, g: Ground, vertex: number, from: Position): Desk {
  const spokes = spokesAt(g, vertex);
  const cells = ownersAt(g, vertex);
  const parents = new Set(cells.map((id) => g.cells.get(id)?.parent));
  if (spokes.length !== 3 || cells.length !== 3 || parents.size !== 1 || spokes.some((s) => s.left === null || s.right === null)) return d;
  return {...d, grab: {stretch: null, spokes, cells, held: [vertex], from, stood: new Map([[vertex, positionOf(g, vertex)]]), made: null}};
}

/** The stretch if it runs between two grids of one parent. */
function between(g: Ground, stretch: Stretch | null): Stretch | null {
  if (!stretch || stretch.right === null) return null;
  return g.cells.get(stretch.left)?.parent === g.cells.get(stretch.right)?.parent ? stretch : null;
}

/** An edge that leaves a vertex in which exactly two grids meet. */
function edgeAt(g: Ground, vertex: number): readonly [number, number] | null {
  const [owner, other, third] = ownersAt(g, vertex);
  if (owner === undefined || other === undefined || third !== undefined) return null;
  const ring = g.cells.get(owner)?.polygons.flat().find((r) => r.includes(vertex));
  const next = ring?.[(ring.indexOf(vertex) + 1) % ring.length];
  return next === undefined ? null : [vertex, next];
}

function drag(d: Desk, where: Position, reachM: number): Desk {
  if (!d.grab || !d.ground) return {...d, pointer: where};
  const {from, stood, held, cells} = d.grab;
  // Snapping to the border in the hand would hold it where it is.
  const near = held.length === 1 ? nearTo(d.ground, where, reachM / 2, new Set(cells)) : null;
  const to = held.length === 1 ? snapped(near ? near.at : where) : where;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const moved = [...stood].map(([v, [x, y]]): [number, Position] => [v, snapped([x + dx, y + dy])]);
  const ground = moveVertices(d.ground, new Map(moved));
  return {...d, pointer: to, ground, sides: d.count ? d.count(ground) : d.sides};
}

/** Begins to count who lives on either side of what is held, also where that is known only after the hand took hold. */
function counting(d: Desk): Desk {
  if (!d.grab || !d.ground || !d.people) return d;
  const count = sidesOf(d.people, moveVertices(d.ground, d.grab.stood), d.grab);
  return {...d, count, sides: count(d.ground)};
}

/** Lets go, and all is as it was before the hand took hold. */
function release(d: Desk): Desk {
  if (!d.grab || !d.ground) return d;
  const {stood, made} = d.grab;
  const ground = moveVertices(d.ground, stood);
  return {...d, grab: null, sides: [], count: null, ground: made === null ? ground : removeVertex(ground, made)};
}
