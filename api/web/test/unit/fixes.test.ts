import {describe, expect, test} from 'vitest';
import type {Finding, Report} from '../../src/api/types';
import {outcomeOf, remedyOf, type Done} from '../../src/planner/checks/fixes';

const ground: GeoJSON.Polygon = {type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]]};
const finding = (more: Partial<Finding> = {}): Finding => ({id: 'f', rule: 'GEO-4', severity: 'error', subject: {type: 'grid', code: 'A1'}, message: {zh: '缺口', en: 'gap'}, ...more});

describe('how a fix is carried out', () => {
  test('a gap is filled by the grid that the check names, or handed over by what stands for it', () => {
    expect(remedyOf(finding({geometry: ground}), {do: 'assign_to', grid: 'B2', edit: 'fill'})).toEqual({by: 'edit', edit: {op: 'fill', to: 'B2', region: ground}});
    expect(remedyOf(finding({geometry: ground}), {do: 'assign_to', grid: 'B2'})).toEqual({by: 'edit', edit: {op: 'transfer', to: 'B2', region: ground, tolerance_m: 1}});
  });

  test('without its ground a gap cannot be given away', () => {
    expect(remedyOf(finding(), {do: 'assign_to', grid: 'B2'})).toBeNull();
    expect(remedyOf(finding({geometry: {type: 'Point', coordinates: [0, 0]}}), {do: 'assign_to', grid: 'B2'})).toBeNull();
  });

  test('a grid goes under another parent, and grids get new codes', () => {
    expect(remedyOf(finding(), {do: 'move_to', grid: 'P'})).toEqual({by: 'edit', edit: {op: 'move', grid: 'A1', parent: 'P'}});
    expect(remedyOf(finding({subject: {type: 'grid'}}), {do: 'move_to', grid: 'P'})).toBeNull();
    expect(remedyOf(finding(), {do: 'renumber', grid: 'P'})).toEqual({by: 'edit', edit: {op: 'renumber', parent: 'P'}});
  });

  test('keepers and posts need a name first', () => {
    expect(remedyOf(finding(), {do: 'assign_keeper', grid: 'P', position: 'village_cadre'})).toEqual({by: 'keeper', unit: 'P', position: 'village_cadre'});
    expect(remedyOf(finding(), {do: 'assign_worker', grid: 'P'})).toEqual({by: 'post', grid: 'P'});
  });

  test('a fix of a newer service is left alone', () => {
    expect(remedyOf(finding(), {do: 'pray' as 'renumber', grid: 'P'})).toBeNull();
  });
});

describe('what became of a finding', () => {
  const done: Done = {finding: 'f', what: 'fixed', plan: 3, revision: 8};
  const report = (version: number, ...ids: string[]) => ({plan_version: version, findings: ids.map((id) => finding({id}))}) as Pick<Report, 'plan_version' | 'findings'>;

  test('only a check of the plan, no older than the fix, can tell', () => {
    expect(outcomeOf(done, 3, null)).toBe('waiting');
    expect(outcomeOf(done, 3, report(7, 'other'))).toBe('waiting');
    expect(outcomeOf(done, 2, report(9, 'other'))).toBe('waiting');
    expect(outcomeOf(done, 3, report(8, 'other'))).toBe('gone');
    expect(outcomeOf(done, 3, report(9, 'f'))).toBe('stands');
  });

  test('a waiver is told as it is', () => {
    expect(outcomeOf({...done, what: 'waived'}, 3, report(9, 'f'))).toBe('waived');
  });
});
