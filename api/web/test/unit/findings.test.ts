import {describe, expect, test} from 'vitest';
import type {UnitReport} from '../../src/api/types';
import {boundsOf, countBySeverity, countsStaff, markOf, shownFindings} from '../../src/planner/findings';
import {finding} from './samples';

const all = [
  finding('i', {severity: 'info', rule: 'STF-1'}),
  finding('w', {severity: 'warning', rule: 'SIZ-1', subject: {type: 'grid', code: '990101100201003', name: '东沟第三网格'}}),
  finding('e1', {message: {zh: '存在未覆盖区域', en: 'Uncovered area'}}),
  finding('e2'),
];
const ids = (hidden: ('error' | 'warning' | 'info')[], filter: string) =>
  shownFindings(all, {hidden, filter}).map((f) => f.id);

describe('findings', () => {
  test('are counted by severity, with none left out', () => {
    expect(countBySeverity(all)).toEqual({error: 2, warning: 1, info: 1});
    expect(countBySeverity([])).toEqual({error: 0, warning: 0, info: 0});
  });

  test('stand worst first and otherwise in the order of the check', () => {
    expect(ids([], '')).toEqual(['e1', 'e2', 'w', 'i']);
  });

  test('are left out by severity', () => {
    expect(ids(['error', 'info'], '')).toEqual(['w']);
  });

  test.each([
    ['rule', 'siz-1', ['w']],
    ['code', '201003', ['w']],
    ['name', '东沟', ['w']],
    ['Chinese message', '未覆盖', ['e1']],
    ['English message, any case', ' UNCOVERED ', ['e1']],
    ['nothing', 'zzz', []],
  ])('are found by %s', (_, text, want) => {
    expect(ids([], text)).toEqual(want);
  });
});

describe('places', () => {
  const ring = [[1, 1], [3, 1], [3, 5], [1, 1]];

  test('the box of a polygon, of many, of a point', () => {
    expect(boundsOf({type: 'Polygon', coordinates: [ring]})).toEqual([1, 1, 3, 5]);
    const shifted = ring.map(([x = 0, y = 0]) => [x - 10, y]);
    expect(boundsOf({type: 'MultiPolygon', coordinates: [[ring], [shifted]]})).toEqual([-9, 1, 3, 5]);
    expect(boundsOf({type: 'Point', coordinates: [2, 3]})).toEqual([2, 3, 2, 3]);
    expect(boundsOf({type: 'GeometryCollection', geometries: [{type: 'Point', coordinates: [2, 3]}]})).toEqual([2, 3, 2, 3]);
  });

  test('an empty geometry has no box and no mark', () => {
    expect(boundsOf({type: 'MultiPolygon', coordinates: []})).toBeNull();
    expect(markOf({type: 'MultiPolygon', coordinates: []})).toBeNull();
  });

  test('a mark stands in the middle', () => {
    expect(markOf({type: 'Polygon', coordinates: [ring]})).toEqual([2, 3]);
  });
});

test('only units that count people who serve are staffing', () => {
  const counts = ['workers', 'full_posts', 'facilities', 'residents'] as const;
  expect(counts.filter((c) => countsStaff({counts: c} as UnitReport))).toEqual(['workers', 'full_posts']);
});
