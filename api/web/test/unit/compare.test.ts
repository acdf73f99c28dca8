import {describe, expect, test} from 'vitest';
import type {Diff, EditEntry} from '../../src/api/edited';
import {differenceOf, diffRows, passed, standing, undosTo} from '../../src/planner/compare/difference';
import {marksOf, noteAbout, notesOf, placeOf} from '../../src/planner/notes/about';
import {grid} from './samples';

const square = (x: number): GeoJSON.Polygon => ({type: 'Polygon', coordinates: [[[x, 30], [x + 1, 30], [x + 1, 31], [x, 30]]]});
const drawn = (id: number, x: number, tier = 'primary') => ({...grid(id, tier), geometry: square(x)});
const held = (households: number) => ({households, persons_resident: 0, workers: 0, in_band: 'within' as const});
const count = (id: number, before: number | null, after: number | null) => ({
  grid: {id, code: `g${id}`}, tier: 'primary', rank: 3, band: {min: 0, max: 0}, persons_cap: 0,
  before: before === null ? null : held(before), after: after === null ? null : held(after),
});
const moved = (from: number, to: number, households: number, area_m2: number, tier = 'primary') => ({tier, rank: 3, from: {id: from}, to: {id: to}, area_m2, households, persons: households * 3});

/** Grid 1 gave ground to the new grid 9 and took the old grid 2 in. */
const diff: Diff = {
  from: 1, from_revision: 4, to: 2, to_revision: 9,
  added: [drawn(9, 5)],
  retired: [drawn(2, 2)],
  changed: [
    {id: 1, before: drawn(1, 1), after: drawn(1, 1.5), fields: ['boundary'], area_m2: 700},
    {id: 7, before: drawn(7, 8, 'micro'), after: drawn(7, 8, 'micro'), fields: ['name'], area_m2: 0},
  ],
  moved: [moved(1, 9, 12, 400), moved(2, 1, 30, 300), moved(70, 71, 5, 50, 'micro')],
  effects: {as_of: '2025-06-30', counts: [count(9, null, 12), count(2, 30, null), count(1, 100, 118)], posts: [], findings: {appeared: [], appeared_total: 0, gone: [], gone_total: 0}},
};

describe('a difference', () => {
  test('a grid that only got vertices is not told of', () => {
    const {changed: [one]} = diff;
    const changed = (fields: string[], area_m2: number) => diffRows({...diff, changed: one ? [{...one, fields, area_m2}] : []}, 'primary').filter((r) => r.kind === 'changed').length;
    expect(changed(['boundary'], 0.4)).toBe(0);
    expect(changed(['boundary'], 1)).toBe(1);
    expect(changed(['boundary', 'name'], 0)).toBe(1);
    expect(changed(['name'], 0)).toBe(1);
  });

  test('tells new, retired and changed grids of the tier with ground and households', () => {
    expect(diffRows(diff, 'primary').map((r) => [r.kind, r.id, r.areaM2, r.before, r.after])).toEqual([
      ['added', 9, 400, null, 12],
      ['retired', 2, 300, 30, null],
      ['changed', 1, 700, 100, 118],
    ]);
    expect(diffRows(diff, 'micro').map((r) => [r.kind, r.fields])).toEqual([['changed', ['name']]]);
    expect(diffRows(diff, null)).toHaveLength(4);
  });

  test('sums what passed from grid to grid of the tier, and nothing of another', () => {
    expect(passed(diff, 'primary')).toEqual({households: 42, persons: 126, areaM2: 700});
    expect(passed(diff, 'village')).toEqual({households: 0, persons: 0, areaM2: 0});
  });

  test('shows new ground, ground that went, and a changed border as it is and as it was', () => {
    const parts = differenceOf(diffRows(diff, 'primary')).features.map((f) => [f.id, f.properties?.['part']]);
    expect(parts).toEqual([[9, 'added'], [2, 'retired'], [1, 'changed'], [1, 'was']]);
  });
});

describe('history', () => {
  const edit = (revision: number, op = 'split', undone = false): EditEntry => ({revision, at: '', by: '王', op, grids: [], undone, again: false});
  const edits = [edit(9), edit(8, 'merge', true), edit(6), edit(4, 'rebase'), edit(3)];

  test('the slider stops at edits that stand, the oldest first', () => {
    expect(standing(edits).map((e) => e.revision)).toEqual([3, 6, 9]);
  });

  test('going back takes as many undos as edits stand after', () => {
    expect([9, 6, 3, 2].map((r) => undosTo(edits, r))).toEqual([0, 1, 2, 3]);
  });
});

describe('notes', () => {
  const note = (id: number, written: string, more = {}) => ({id, kind: 'remark' as const, text: 'x', author: '李', written, resolved: false, ...more});

  test('are those of the plan and of the ground, the newest first', () => {
    const all = [note(1, '2025-01-01T00:00:00Z', {plan: 7}), note(2, '2025-03-01T00:00:00Z'), note(3, '2025-02-01T00:00:00Z', {plan: 8})];
    expect(notesOf(all, 7).map((n) => n.id)).toEqual([2, 1]);
  });

  test('say something about something that is there', () => {
    const at = {plan: 7, grid: null, place: [111.123456789, 38] as [number, number]};
    expect(noteAbout('plan', '  河边 ', at)).toEqual({text: '河边', plan: 7});
    expect(noteAbout('place', '河边', at)).toEqual({text: '河边', plan: 7, sketch: {type: 'Point', coordinates: [111.1234568, 38]}});
    expect(noteAbout('grid', '河边', at)).toBeNull();
    expect(noteAbout('grid', '河边', {...at, grid: 5})).toEqual({text: '河边', plan: 7, grid: 5});
    expect(noteAbout('plan', '  ', at)).toBeNull();
  });

  test('are marked on the map where they were drawn', () => {
    const sketch: GeoJSON.LineString = {type: 'LineString', coordinates: [[110, 30], [112, 34]]};
    const marks = marksOf([note(1, '', {sketch}), note(2, '')]).features;
    expect(marks.map((f) => f.geometry)).toEqual([sketch, {type: 'Point', coordinates: [111, 32]}]);
    expect(placeOf(note(1, '', {sketch}))).toEqual([110, 30, 112, 34]);
    expect(placeOf(note(2, ''))).toBeNull();
  });
});
