import {describe, expect, test} from 'vitest';
import type {FigureClasses} from '../../src/api/types';
import {classed, histogram} from '../../src/planner/measure/classes';

const answer: FigureClasses = {
  classes: [{from: 41, to: 96, count: 3}, {from: 96, to: 371, count: 2}],
  without: {no_workers: 2, undrawn: 1},
  values: [{id: 1, value: 41}, {id: 2, value: 95}, {id: 3, value: 96}, {id: 4, value: 371}, {id: 5, value: 60}],
};

describe('classes', () => {
  test('a value on a break is of the class above, the greatest of the last', () => {
    const {byId, classes, blank} = classed(answer);
    expect([...byId]).toEqual([[1, 0], [2, 0], [3, 1], [4, 1], [5, 0]]);
    expect(classes).toEqual([{least: 41, most: 95, grade: null, count: 3}, {least: 96, most: 371, grade: null, count: 2}]);
    expect(blank).toBe(3);
  });

  test('grades are classes of their own', () => {
    const {byId, grades, values} = classed({classes: [{grade: 'A', count: 1}, {grade: 'B', count: 1}], without: {}, values: [{id: 7, grade: 'B'}, {id: 8, grade: 'A'}]});
    expect([...byId]).toEqual([[7, 1], [8, 0]]);
    expect(grades.get(7)).toBe('B');
    expect([...values]).toEqual([[7, 1], [8, 0]]);
  });

  test('the histogram counts every grid once, in the bin and the class it is in', () => {
    const bars = histogram(classed(answer), 3);
    expect(bars).toEqual([[3, 1], [0, 0], [0, 1]]);
    expect(histogram(classed({...answer, values: [{id: 1, value: 50}], classes: [{from: 50, to: 50, count: 1}]}), 2)).toEqual([[1], [0]]);
  });

  test('nothing measured is no class', () => {
    const none = classed({classes: [], without: {no_people: 4}, values: []});
    expect(none.classes).toEqual([]);
    expect(histogram(none, 2)).toEqual([[], []]);
  });
});
