import {describe, expect, test} from 'vitest';
import type {FigureUnit} from '../../src/api/types';
import {classed} from '../../src/planner/measure/classes';
import {figureOf, measureNamed, MEASURES, metricNames} from '../../src/planner/measure/measures';
import {rowsOf, sorted, windowOf} from '../../src/planner/measure/rows';
import {START, step} from '../../src/planner/session';
import {tiers, grid} from './samples';

const unit = (id: number, households: number): FigureUnit => ({id, code: `g${id}`, name: `网格${id}`, households, persons_resident: households * 3});
const units = [unit(1, 30), unit(2, 10), unit(3, 20)];
const load = classed({classes: [{from: 20, to: 30, count: 1}, {from: 30, to: 30, count: 1}], without: {no_workers: 1}, values: [{id: 1, value: 30}, {id: 3, value: 20}]});

describe('measures', () => {
  test('the address names measures, and nothing else', () => {
    expect(MEASURES.map(measureNamed)).toEqual([...MEASURES]);
    expect(measureNamed('metric:走访')).toBe('metric:走访');
    expect([measureNamed('metric:'), measureNamed('toString'), measureNamed(null)]).toEqual([null, null, null]);
  });

  test('an imported metric is asked for by its own name', () => {
    expect(figureOf('metric:走访')).toBe('metric:走访');
    expect(figureOf('per10k')).toBe('workers_per_10k');
    expect(metricNames([{name: '走访'}, {name: '星级'}, {name: '走访'}])).toEqual(['星级', '走访']);
  });
});

describe('the list', () => {
  const rows = rowsOf(units, load, null);
  const ids = (list: readonly {unit: FigureUnit}[]) => list.map((r) => r.unit.id);

  test('is sorted by any column, and who has no value stands last either way', () => {
    expect(ids(sorted(rows, 'households', false))).toEqual([2, 3, 1]);
    expect(ids(sorted(rows, 'households', true))).toEqual([1, 3, 2]);
    expect(ids(sorted(rows, 'value', false))).toEqual([3, 1, 2]);
    expect(ids(sorted(rows, 'value', true))).toEqual([1, 3, 2]);
    expect(ids(sorted(rows, 'code', true))).toEqual([3, 2, 1]);
  });

  test('shows one class alone', () => {
    expect(ids(rowsOf(units, load, 1))).toEqual([1]);
    expect(ids(rowsOf(units, null, 1))).toEqual([1, 2, 3]);
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
