import {describe, expect, test} from 'vitest';
import type {Position} from '../../src/api/types';
import {at, EMPTY, type Desk, type DeskAct} from '../../src/planner/model/desk';
import {geometryOf, groundOf, insertVertex, moveVertices, ownersAt, ownersOf, positionOf, removeVertex, snapped, stretchThrough, type DrawnGrid} from '../../src/planner/model/ground';
import {areaM2, cellAt, distanceM, nearTo} from '../../src/planner/model/measure';
import {crossed, TOOLS, tools} from '../../src/planner/model/tools';

const REACH = 20; // metres

/** A grid with a rectangle for ground; corners in thousandths of a degree from 110 / 30. */
function box(id: number, parent: number, west: number, south: number, east: number, north: number, extra: number[][] = []): DrawnGrid {
  const at = ([x = 0, y = 0]: number[]) => [110 + x / 1000, 30 + y / 1000];
  const ring = [[west, south], [east, south], ...extra, [east, north], [west, north], [west, south]].map(at);
  return {id, parent, code: `g${id}`, name: {zh: `网格${id}`}, tier: 'primary', kind: 'general', geometry: {type: 'Polygon', coordinates: [ring]}};
}

const place = (x: number, y: number): Position => snapped([110 + x / 1000, 30 + y / 1000]);

/**
 * Two siblings beside each other (1 west, 2 east) with a vertex halfway up their
 * border, a third (3) across their north, and one of another parent (4) in the east.
 */
const west = box(1, 9, 0, 0, 10, 10, [[10, 5]]);
const east: DrawnGrid = {
  ...box(2, 9, 10, 0, 20, 10),
  geometry: {type: 'Polygon', coordinates: [[[10, 0], [20, 0], [20, 10], [10, 10], [10, 5], [10, 0]].map(([x, y]) => place(x!, y!))]},
};
const north: DrawnGrid = {
  ...box(3, 9, 0, 10, 20, 20),
  geometry: {type: 'Polygon', coordinates: [[[0, 10], [10, 10], [20, 10], [20, 20], [0, 20], [0, 10]].map(([x, y]) => place(x!, y!))]},
};
const strange = box(4, 8, 20, 0, 30, 10);
const ground = groundOf(5, [west, east, north, strange, {...west, id: 6, geometry: null}]);
const vertexAt = (x: number, y: number) => ground.vertices.findIndex((v) => v[0] === place(x, y)[0] && v[1] === place(x, y)[1]);
const desk = (tool: Desk['tool']): Desk => ({...EMPTY, ground, tool});
const play = (d: Desk, ...acts: DeskAct[]) => acts.reduce(at, d);
const point = (x: number, y: number): DeskAct => ({do: 'point', at: place(x, y), reachM: REACH});

describe('ground', () => {
  test('neighbours share their vertices, and a grid without ground is left out', () => {
    expect([...ground.cells.keys()]).toEqual([1, 2, 3, 4]);
    expect(ground.vertices).toHaveLength(11);
    expect(ownersAt(ground, vertexAt(10, 10))).toEqual([1, 2, 3]);
    expect(ownersOf(ground, vertexAt(10, 0), vertexAt(10, 5))).toEqual([1, 2]);
    expect(ownersOf(ground, vertexAt(0, 0), vertexAt(10, 0))).toEqual([1, null]);
  });

  test('what was read is told as it was sent', () => {
    const {coordinates} = geometryOf(ground, ground.cells.get(1)!);
    expect(coordinates).toEqual([(west.geometry as GeoJSON.Polygon).coordinates.map((r) => r.map(snapped))]);
  });

  test('a stretch runs from corner to corner, from whichever edge of it one begins', () => {
    const whole = [vertexAt(10, 0), vertexAt(10, 5), vertexAt(10, 10)];
    expect(stretchThrough(ground, whole[0]!, whole[1]!)).toEqual({left: 1, right: 2, vertices: whole});
    expect(stretchThrough(ground, whole[1]!, whole[2]!)).toEqual({left: 1, right: 2, vertices: whole});
    expect(stretchThrough(ground, whole[2]!, whole[1]!)).toEqual({left: 2, right: 1, vertices: [...whole].reverse()});
    expect(stretchThrough(ground, whole[0]!, whole[2]!)).toBeNull();
  });

  test('the border of an island is one stretch that closes', () => {
    const hole = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]].map(([x, y]) => place(x!, y!));
    const around = box(1, 9, 0, 0, 10, 10);
    const ring: DrawnGrid = {...around, geometry: {type: 'Polygon', coordinates: [...(around.geometry as GeoJSON.Polygon).coordinates, [...hole].reverse()]}};
    const g = groundOf(1, [ring, {...box(2, 9, 4, 4, 6, 6)}]);
    const cell = g.cells.get(2)!.polygons[0]![0]!;
    const {vertices, left, right} = stretchThrough(g, cell[0]!, cell[1]!)!;
    expect([left, right, vertices.length, vertices[0]]).toEqual([2, 1, 5, vertices[4]]);
  });

  test('a moved vertex moves for all its owners, and back', () => {
    const v = vertexAt(10, 10);
    const moved = moveVertices(ground, new Map([[v, place(11, 11)]]));
    for (const id of [1, 2, 3]) {
      expect(JSON.stringify(geometryOf(moved, moved.cells.get(id)!))).toContain(JSON.stringify(place(11, 11)));
    }
    expect(moveVertices(moved, new Map([[v, place(10, 10)]]))).toEqual(ground);
    expect(positionOf(ground, v)).toEqual(place(10, 10)); // what was there is as it was
  });

  test('a vertex put in lies on both sides, and taking it away undoes that', () => {
    const [g, v] = insertVertex(ground, vertexAt(10, 0), vertexAt(10, 5), place(10, 2));
    expect(ownersAt(g, v)).toEqual([1, 2]);
    expect(ownersOf(g, vertexAt(10, 0), vertexAt(10, 5))).toEqual([null, null]);
    expect(removeVertex(g, v)).toEqual(ground);
    expect(removeVertex(g, 0)).toBe(g); // only the last one can go
  });
});

describe('measures', () => {
  test('a place belongs to one grid, on a border to the one just east or north', () => {
    expect(cellAt(ground, place(5, 5))?.id).toBe(1);
    expect(cellAt(ground, place(10, 5))?.id).toBe(2);
    expect(cellAt(ground, place(5, 10))?.id).toBe(3);
    expect(cellAt(ground, place(-1, 5))).toBeNull();
  });

  test('a vertex is found before an edge, and nothing out of reach', () => {
    expect(nearTo(ground, place(10.05, 5.05), REACH)).toMatchObject({kind: 'vertex', vertex: vertexAt(10, 5)});
    expect(nearTo(ground, place(10.05, 3), REACH)).toMatchObject({kind: 'edge', at: [expect.closeTo(110.01, 9), expect.closeTo(30.003, 9)]});
    expect(nearTo(ground, place(5, 5), REACH)).toBeNull();
  });

  test('metres and square metres are about right', () => {
    expect(distanceM(place(0, 0), place(0, 10))).toBeCloseTo(1113.2, 1);
    expect(areaM2(ground, ground.cells.get(1)!) / (1113.2 * 1113.2 * Math.cos((30 * Math.PI) / 180))).toBeCloseTo(1, 3);
  });
});

describe('desk', () => {
  const dragged = (x: number, y: number, whole = false) =>
    play(desk('reshape'), {do: 'grab', at: place(10.01, 5), reachM: REACH, whole}, {do: 'drag', at: place(x, y), reachM: REACH});

  test('each act has its inverse', () => {
    for (const tool of TOOLS) {
      const d = desk(tool);
      expect(play(d, point(3, 3), {do: 'back'}), tool).toEqual(d);
      expect(play(d, point(3, 3), point(12, 4), {do: 'clear'}), tool).toEqual(d);
      const other = tool === 'merge' ? 'split' : 'merge';
      expect(play(d, {do: 'tool', tool: other}, point(1, 1), {do: 'tool', tool}), tool).toEqual(d);
    }
    const moved = dragged(12, 6);
    expect({...at(moved, {do: 'release'}), pointer: null}).toEqual(desk('reshape'));
    expect({...at(moved, {do: 'back'}), pointer: null}).toEqual(desk('reshape'));
    expect({...at(moved, {do: 'tool', tool: 'look'}), pointer: null}).toEqual(desk('look'));
  });

  test('no act changes the desk it was given', () => {
    const before = JSON.stringify([ground.vertices, [...ground.cells], [...ground.moved], [...ground.left]]);
    dragged(12, 6);
    dragged(12, 6, true);
    play(desk('reshape'), {do: 'grab', at: place(10, 2), reachM: REACH, whole: false}, {do: 'drag', at: place(11, 2), reachM: REACH});
    expect(JSON.stringify([ground.vertices, [...ground.cells], [...ground.moved], [...ground.left]])).toBe(before);
  });

  test('a dragged vertex takes both owners along and gives ground from one to the other', () => {
    const {ground: g} = dragged(12, 5);
    const area = (id: number) => areaM2(g!, g!.cells.get(id)!) - areaM2(ground, ground.cells.get(id)!);
    expect(area(1)).toBeGreaterThan(0);
    expect(area(1) + area(2)).toBeCloseTo(0, 3);
  });

  test('who holds a border takes hold of no other', () => {
    const held = dragged(12, 5);
    expect(at(held, {do: 'grab', at: place(10, 2), reachM: REACH, whole: false})).toBe(held);
  });

  test('the whole stretch in the hand keeps its ends', () => {
    const {grab, ground: g} = dragged(11, 6, true);
    expect(grab!.held).toEqual([vertexAt(10, 5)]);
    expect(positionOf(g!, vertexAt(10, 0))).toEqual(place(10, 0));
    expect(positionOf(g!, vertexAt(10, 5))).toEqual(place(11, 6));
  });

  test('a drag becomes a reshape between the last points that stayed', () => {
    expect(tools.reshape.edit(dragged(12, 5), {name: '', owner: ''})).toEqual({
      op: 'reshape', grid: 1, with: 2,
      line: {type: 'LineString', coordinates: [place(10, 0), place(12, 5), place(10, 10)]},
    });
    expect(tools.reshape.edit(dragged(10, 5), {name: '', owner: ''})).toBeNull();
  });

  test('an edge in the hand gets a vertex where it is held', () => {
    const held = play(desk('reshape'), {do: 'grab', at: place(10, 2), reachM: REACH, whole: false}, {do: 'drag', at: place(11, 2), reachM: REACH});
    expect(tools.reshape.edit(held, {name: '', owner: ''})).toMatchObject({line: {coordinates: [place(10, 0), place(11, 2), place(10, 5)]}});
    expect({...at(held, {do: 'release'}), pointer: null}).toEqual(desk('reshape'));
  });

  test.each([
    ['a corner on the border of the territory', 10, 0],
    ['a corner on the border of another parent', 20, 10],
    ['the border of the territory', 5, 0],
    ['the border between two parents', 20, 5],
    ['open ground', 5, 5],
  ])('%s is not to be had', (_, x, y) => {
    expect(at(desk('reshape'), {do: 'grab', at: place(x, y), reachM: REACH, whole: false}).grab).toBeNull();
  });

  test('a line is drawn on borders near it, and goes to the grid it runs through most', () => {
    const d = play(desk('split'), point(-1, 5), point(10.05, 4));
    expect(d.line[1]).toEqual([expect.closeTo(110.01, 7), expect.closeTo(30.004, 5)]);
    expect(crossed(d)).toBe(1);
    expect(tools.split.edit(d, {name: '', owner: ''})).toMatchObject({op: 'split', grid: 1});
    expect(tools.split.edit(play(desk('split'), point(5, 5)), {name: '', owner: ''})).toBeNull();
  });

  test('the same place twice is one point', () => {
    expect(play(desk('split'), point(5, 5), point(5, 5)).line).toHaveLength(1);
  });

  test('two grids or more are merged; one clicked again is left out', () => {
    const two = play(desk('merge'), point(5, 5), point(15, 5));
    expect(tools.merge.edit(two, {name: '', owner: ''})).toEqual({op: 'merge', grids: [1, 2]});
    expect(tools.merge.edit(at(two, point(5, 5)), {name: '', owner: ''})).toBeNull();
  });

  test('a lasso gives ground to the grid clicked first', () => {
    const d = play(desk('transfer'), point(5, 5), point(12, 2), point(14, 2), point(13, 6));
    expect(tools.transfer.edit(d, {name: '', owner: ''})).toMatchObject({op: 'transfer', to: 1, region: {coordinates: [{length: 4}]}});
    expect(tools.transfer.edit(at(d, {do: 'back'}), {name: '', owner: ''})).toBeNull();
  });

  test('a dedicated grid needs a name and an owner', () => {
    const d = play(desk('carve'), point(2, 2), point(4, 2), point(3, 4));
    expect(tools.carve.edit(d, {name: ' 一中 ', owner: '教育局'})).toMatchObject({op: 'create', parent: 9, tier: 'primary', kind: 'dedicated', name: {zh: '一中'}});
    expect(tools.carve.edit(d, {name: ' ', owner: '教育局'})).toBeNull();
  });

  test('new ground forgets the grids that are gone', () => {
    const two = play(desk('merge'), point(5, 5), point(15, 5));
    expect(at(two, {do: 'ground', ground: groundOf(6, [west])}).picks).toEqual([1]);
  });
});

describe('paint', () => {
  const atom = (name: number | string) => ({name, geometry: west.geometry as GeoJSON.Polygon});
  const begun = play(desk('paint'), point(5, 5));

  test('gives whole what is painted, grids by id and compounds by code', () => {
    expect(begun.picks).toEqual([1]);
    const done = play(begun, {do: 'paint', atom: atom(7)}, {do: 'paint', atom: atom('X01')});
    expect(tools.paint.edit(done, {name: '', owner: ''})).toEqual({op: 'transfer', to: 1, atoms: [7, 'X01']});
  });

  test('painted twice is wiped off, back takes the last, clear all', () => {
    const both = play(begun, {do: 'paint', atom: atom(7)}, {do: 'paint', atom: atom(8)});
    const names = (d: Desk) => d.painted.map((a) => a.name);
    expect(names(play(both, {do: 'paint', atom: atom(7)}))).toEqual([8]);
    expect(names(play(both, {do: 'back'}))).toEqual([7]);
    expect(play(both, {do: 'back'}, {do: 'back'}, {do: 'back'}).picks).toEqual([]);
    expect(names(play(both, {do: 'clear'}))).toEqual([]);
    expect(names(play(both, {do: 'tool', tool: 'split'}))).toEqual([]);
    expect(tools.paint.edit(begun, {name: '', owner: ''})).toBeNull();
  });

  test('what comes when another tool is in the hand is not painted', () => {
    expect(play(desk('split'), {do: 'paint', atom: atom(7)}).painted).toEqual([]);
  });
});
