import {describe, expect, test} from 'vitest';
import type {Position} from '../../src/api/types';
import {at, EMPTY, type Desk} from '../../src/planner/model/desk';
import {groundOf, snapped, type DrawnGrid} from '../../src/planner/model/ground';
import {cellAt} from '../../src/planner/model/measure';
import {settled, type Place} from '../../src/planner/model/people';
import {tools, type OneEdit} from '../../src/planner/model/tools';

const REACH = 20; // metres
const place = (x: number, y: number): Position => snapped([110 + x / 1000, 30 + y / 1000]);

function grid(id: number, corners: [number, number][], people = {households: 0, persons_resident: 0}): DrawnGrid {
  const ring = [...corners, corners[0]!].map(([x, y]) => place(x, y));
  return {id, parent: 9, code: `g${id}`, name: {zh: `网格${id}`}, tier: 'primary', kind: 'general', counts: people, geometry: {type: 'Polygon', coordinates: [ring]}};
}

/** splitmix32: the same places on every run. */
function generator(seed: number) {
  return () => {
    seed = (seed + 0x9e3779b9) | 0;
    let z = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** Three grids that meet in 10 / 10: one in the south, two side by side in the north. */
const three = [
  grid(1, [[0, 0], [20, 0], [20, 10], [10, 10], [0, 10]]),
  grid(2, [[0, 10], [10, 10], [10, 20], [0, 20]]),
  grid(3, [[10, 10], [20, 10], [20, 20], [10, 20]]),
];

const random = generator(7);
const homes: Place[] = Array.from({length: 3000}, () => ({at: place(random() * 20, random() * 20), households: 1, persons_resident: 1 + Math.floor(random() * 5)}));

/** Who lives in each grid by a look at everybody. */
function counted(ground: NonNullable<Desk['ground']>, places: readonly Place[]) {
  const sums = new Map([...ground.cells.keys()].map((id) => [id, {households: 0, persons: 0}]));
  for (const p of places) {
    const sum = sums.get(cellAt(ground, p.at)?.id ?? 0);
    if (!sum) continue;
    sum.households += p.households;
    sum.persons += p.persons_resident;
  }
  return sums;
}

function deskOf(grids: DrawnGrid[], places: readonly Place[]): Desk {
  const plain = groundOf(5, grids);
  const sums = counted(plain, places);
  const told = grids.map((g) => ({...g, counts: {households: sums.get(g.id)!.households, persons_resident: sums.get(g.id)!.persons}}));
  return {...EMPTY, tool: 'reshape', ground: groundOf(5, told), people: settled(true, places)};
}

describe('live counts', () => {
  test.each([
    ['a corner', 10, 10],
    ['a vertex put into a border', 5, 10],
    ['the border between two', 10, 15],
  ])('%s: both sides are what a count of everybody gives, wherever the hand goes', (_, x, y) => {
    const turn = generator(x * 31 + y);
    let d = at(deskOf(three, homes), {do: 'grab', at: place(x, y), reachM: REACH, whole: false});
    expect(d.grab).not.toBeNull();
    for (let i = 0; i < 25; i++) {
      d = at(d, {do: 'drag', at: place(x + turn() * 6 - 3, y + turn() * 6 - 3), reachM: 0});
      const all = counted(d.ground!, homes);
      expect(d.sides.map((s) => [s.cell.id, s.after])).toEqual(d.grab!.cells.map((id) => [id, all.get(id)]));
    }
    const lost = d.sides.reduce((sum, s) => sum + s.after.households - s.before.households, 0);
    expect(lost).toBe(0);
    expect(d.sides.some((s) => s.after.households !== s.before.households)).toBe(true);
    expect(at(d, {do: 'clear'}).sides).toEqual([]);
  });

  test('a bulge that is pushed in gives back who lived at its tip', () => {
    const bulge = [
      grid(1, [[0, 0], [10, 0], [10, 5], [14, 10], [10, 15], [10, 20], [0, 20]]),
      grid(2, [[10, 0], [20, 0], [20, 20], [10, 20], [10, 15], [14, 10], [10, 5]]),
    ];
    const tip: Place[] = [{at: place(13.5, 10), households: 1, persons_resident: 4}];
    const d = at(at(deskOf(bulge, tip), {do: 'grab', at: place(14, 10), reachM: REACH, whole: false}), {do: 'drag', at: place(10, 10), reachM: 0});
    expect(d.sides.map((s) => [s.cell.id, s.after.persons - s.before.persons])).toEqual(d.grab!.cells.map((id) => [id, id === 1 ? -4 : 4]));
  });

  test('only places about the border are looked at, in however large a county', () => {
    const looked = (far: number) => {
      let asked = 0;
      const spread: Place[] = Array.from({length: 40}, (_, i) => ({at: place(8 + i / 10, 9), households: 1, persons_resident: 2}));
      for (let i = 0; i < far; i++) spread.push({at: place(40 + (i % 300), 40 + i / 300), households: 1, persons_resident: 2});
      const watched = new Proxy(spread, {get: (list, key) => (typeof key === 'string' && /^\d+$/.test(key) && asked++, Reflect.get(list, key))});
      const people = {...settled(true, spread), places: watched};
      let d: Desk = {...deskOf(three, []), people};
      d = at(d, {do: 'grab', at: place(10, 10), reachM: REACH, whole: false});
      asked = 0;
      at(d, {do: 'drag', at: place(10, 8), reachM: 0});
      return asked;
    };
    expect(looked(0)).toBeGreaterThan(0);
    expect(looked(5000)).toBe(looked(0));
  });

  test('who is known only while the border is in the hand is counted from where it stood', () => {
    const known = deskOf(three, homes);
    const take: Parameters<typeof at>[1] = {do: 'grab', at: place(10, 10), reachM: REACH, whole: false};
    const pull: Parameters<typeof at>[1] = {do: 'drag', at: place(12, 11), reachM: 0};
    const soon = at(at(known, take), pull);
    const late = at(at(at({...known, people: null}, take), pull), {do: 'people', people: known.people});
    expect(soon.sides.some((s) => s.after.households !== s.before.households)).toBe(true);
    expect(late.sides).toEqual(soon.sides);
  });

  test('without a word on who lives where nothing is counted', () => {
    const d = at({...deskOf(three, homes), people: null}, {do: 'grab', at: place(10, 10), reachM: REACH, whole: false});
    expect(at(d, {do: 'drag', at: place(11, 11), reachM: 0}).sides).toEqual([]);
  });
});

/** Whether a triangle has a place. */
function within(region: GeoJSON.Polygon, [x, y]: Position): boolean {
  const [a, b, c] = region.coordinates[0]! as Position[];
  const side = ([ax, ay]: Position, [bx, by]: Position) => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
  return new Set([side(a!, b!), side(b!, c!), side(c!, a!)]).size === 1;
}

describe('a corner of three grids', () => {
  const begun = at(deskOf(three, []), {do: 'grab', at: place(10, 10), reachM: REACH, whole: false});

  test.each(Array.from({length: 60}, (_, i) => i))('the ground that is given makes the corner stand where it was put, place %i', (i) => {
    const turn = generator(1000 + i);
    const d = at(begun, {do: 'drag', at: place(10 + turn() * 8 - 4, 10 + turn() * 8 - 4), reachM: 0});
    const edit = tools.reshape.edit(d, {name: '', owner: ''})!;
    const steps = ('edits' in edit ? edit.edits : [edit]) as Extract<OneEdit, {op: 'transfer'; region: GeoJSON.Polygon}>[];
    expect(steps.length).toBeGreaterThan(1);
    for (let k = 0; k < 400; k++) {
      const p = place(4 + turn() * 12, 4 + turn() * 12);
      const owner = steps.reduce((id, {to, from, region}) => (from!.includes(id) && within(region, p) ? to : id), cellAt(begun.ground!, p)!.id);
      expect(owner).toBe(cellAt(d.ground!, p)!.id);
    }
  });

  test('goes back when it is let go, and asks for nothing before it has moved', () => {
    expect(tools.reshape.edit(begun, {name: '', owner: ''})).toBeNull();
    const d = at(begun, {do: 'drag', at: place(12, 7), reachM: 0});
    expect(at(d, {do: 'clear'}).ground).toEqual(begun.ground);
  });
});
