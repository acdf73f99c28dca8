import {describe, expect, test} from 'vitest';
import type {FigureUnit, MetricRecord} from '../../src/api/types';
import {measureNamed, MEASURES, metricNames, rowsOf} from '../../src/planner/measure/measures';
import {sorted, windowOf} from '../../src/planner/measure/rows';
import {START, step} from '../../src/planner/session';
import {finding, tiers, grid} from './samples';

const unit = (id: number, households: number, more: Partial<FigureUnit> = {}): FigureUnit => ({
  id, code: `g${id}`, name: `网格${id}`, tier: 'primary', kind: 'general', households, persons_resident: households * 3, workers: 1,
  workers_per_10k: null, vacancy_pct: 0, load_per_worker: households, polsby_popper: 0.5, residents_per_km2: 10, area_m2: 1e6, ...more,
});
const units = [unit(1, 30), unit(2, 10, {load_per_worker: null}), unit(3, 20)];
const values = (...args: Parameters<typeof rowsOf>) => rowsOf(...args).map((r) => r.value);

describe('measures', () => {
  test('a figure is what the service says, and null stays null', () => {
    expect(values(units, 'households', [], [])).toEqual([30, 10, 20]);
    expect(values(units, 'load', [], [])).toEqual([30, null, 20]);
  });

  test('findings are counted by the grid they are about; waived ones and other subjects are not', () => {
    const about = (id: string, subject: number) => finding(id, {subject: {type: 'grid', id: subject}});
    const found = [about('a', 3), about('b', 3), about('c', 1), {...about('d', 1), waived: {by: '王', why: '水面'}}, finding('e')];
    expect(values(units, 'findings', found, [])).toEqual([1, 0, 2]);
  });

  test('of an imported metric the last period counts, and grades have no value', () => {
    const m = (unit: number, period: string, value?: number): MetricRecord => ({unit, name: '走访', period, ...(value !== undefined && {value})});
    const records = [m(1, '2025-Q2', 7), m(1, '2025-Q1', 3), m(2, '2025-Q2'), {...m(3, '2025-Q2', 9), name: '星级'}];
    expect(values(units, 'metric:走访', [], records)).toEqual([7, null, null]);
    expect(metricNames(records)).toEqual(['星级', '走访']);
  });

  test('the address names measures, and nothing else', () => {
    expect(MEASURES.map(measureNamed)).toEqual([...MEASURES]);
    expect(measureNamed('metric:走访')).toBe('metric:走访');
    expect([measureNamed('metric:'), measureNamed('toString'), measureNamed(null)]).toEqual([null, null, null]);
  });
});

describe('the list', () => {
  const rows = rowsOf(units, 'load', [], []);
  const ids = (list: readonly {unit: FigureUnit}[]) => list.map((r) => r.unit.id);

  test('is sorted by any column, and who has no value stands last either way', () => {
    expect(ids(sorted(rows, 'households', false))).toEqual([2, 3, 1]);
    expect(ids(sorted(rows, 'households', true))).toEqual([1, 3, 2]);
    expect(ids(sorted(rows, 'value', false))).toEqual([3, 1, 2]);
    expect(ids(sorted(rows, 'value', true))).toEqual([1, 3, 2]);
    expect(ids(sorted(rows, 'code', true))).toEqual([3, 2, 1]);
  });

  test('draws the rows in sight and keeps the height of the rest', () => {
    const {from, to, before, after} = windowOf(5000, {top: 40_000, height: 800, row: 40});
    expect([from, to]).toEqual([988, 1032]);
    expect(before + (to - from) * 40 + after).toBe(5000 * 40);
    expect(windowOf(3, {top: 0, height: 800, row: 40})).toEqual({from: 0, to: 3, before: 0, after: 0});
    expect(windowOf(0, {top: 900, height: 800, row: 40})).toEqual({from: 0, to: 0, before: 0, after: 0});
  });
});

describe('the session of a measure', () => {
  const s = {...START, plan: 7, tier: 'primary', measure: 'households' as const};

  test('a class is shown alone until it is chosen again, or what it is a class of changes', () => {
    const one = step(s, {do: 'class', klass: 2});
    expect(one.klass).toBe(2);
    expect(step(one, {do: 'class', klass: 2}).klass).toBeNull();
    expect(step(one, {do: 'measure', measure: 'load'}).klass).toBeNull();
    expect(step(one, {do: 'method', method: 'equal'}).klass).toBeNull();
    expect(step(one, {do: 'tier', tier: 'micro'}).klass).toBeNull();
    expect(step(one, {do: 'select', grid: grid(9, 'micro'), tiers}).klass).toBeNull();
    expect(step(one, {do: 'select', grid: grid(9, 'primary'), tiers}).klass).toBe(2);
  });

  test('a grid chosen in the list leaves the list open', () => {
    expect(step({...s, tab: 'list'}, {do: 'select', grid: grid(9, 'primary'), tiers})).toMatchObject({grid: 9, tab: 'list'});
  });

  test('a layer goes and comes back', () => {
    const off = step(s, {do: 'layer', layer: 'names'});
    expect(off.off).toEqual(['names']);
    expect(step(off, {do: 'layer', layer: 'names'}).off).toEqual([]);
  });
});
