import {describe, expect, test} from 'vitest';
import type {Position} from '../../src/api/types';
import {geometryOf, IDLE, preview, step, thinned, type Sketching, type Stroke} from '../../src/phone/sketching';

const play = (strokes: Stroke[], from: Sketching = IDLE) => strokes.reduce(step, from);
const finger = (points: Position[]): Stroke[] => [
  ...points.map((at, i): Stroke => (i === 0 ? {do: 'press', at} : {do: 'drag', at})),
  {do: 'drop'},
];
const a: Position = [110, 37];
const b: Position = [110.001, 37];
const c: Position = [110.001, 37.001];

describe('a finger on the map', () => {
  test('draws nothing before a tool is taken', () => {
    expect(play(finger([a, b, c]))).toEqual(IDLE);
  });

  test('draws a line, and the next stroke begins anew', () => {
    const line = play([{do: 'take', tool: 'line'}, ...finger([a, b, c])]);
    expect(geometryOf(line)).toEqual({type: 'LineString', coordinates: [a, b, c]});
    expect(geometryOf(play(finger([c, a]), line))).toEqual({type: 'LineString', coordinates: [c, a]});
  });

  test('draws an area that is closed', () => {
    const area = play([{do: 'take', tool: 'area'}, ...finger([a, b, c])]);
    expect(geometryOf(area)).toEqual({type: 'Polygon', coordinates: [[a, b, c, a]]});
  });

  test('moves the map again when the tool is put back, and what was drawn is gone', () => {
    const line = play([{do: 'take', tool: 'line'}, ...finger([a, b]), {do: 'take', tool: 'line'}]);
    expect(line).toEqual(IDLE);
  });

  test('that was not pressed draws nothing', () => {
    const tool = play([{do: 'take', tool: 'line'}]);
    expect(play([{do: 'drag', at: a}, {do: 'drop'}], tool)).toEqual(tool);
  });

  test('erases and keeps the tool', () => {
    const erased = play([{do: 'take', tool: 'area'}, ...finger([a, b, c]), {do: 'erase'}]);
    expect(erased).toEqual({tool: 'area', points: [], held: false});
    expect(geometryOf(erased)).toBeNull();
  });

  test('too few points are seen, but not sent', () => {
    const two = play([{do: 'take', tool: 'area'}, {do: 'add', at: a}, {do: 'add', at: b}]);
    expect(geometryOf(two)).toBeNull();
    expect(preview(two)?.type).toBe('LineString');
    expect(preview(play([{do: 'erase'}, {do: 'add', at: a}], two))?.type).toBe('Point');
  });
});

describe('the keyboard', () => {
  test('adds point after point', () => {
    const line = play([{do: 'take', tool: 'line'}, {do: 'add', at: a}, {do: 'add', at: b}, {do: 'add', at: c}]);
    expect(geometryOf(line)).toEqual({type: 'LineString', coordinates: [a, b, c]});
  });
});

describe('what a finger leaves', () => {
  const trembling = (n: number, metres: number): Position[] =>
    Array.from({length: n}, (_, i) => [110 + (i / n) * 0.01, 37 + (i % 2 ? metres / 111_320 : 0)]);

  test('a straight stroke is two points, however it trembled', () => {
    expect(thinned(trembling(400, 0.5))).toHaveLength(2);
  });

  test('a corner stays, and so do both ends', () => {
    const kept = thinned([...Array.from({length: 50}, (_, i): Position => [110 + i * 2e-5, 37]), ...Array.from({length: 50}, (_, i): Position => [110.00098, 37 + i * 2e-5])]);
    expect(kept).toEqual([[110, 37], [110.00098, 37], [110.00098, 37 + 49 * 2e-5]]);
  });

  test('is never more than the service takes', () => {
    const kept = thinned(trembling(5000, 40));
    expect(kept.length).toBeLessThanOrEqual(500);
    expect(kept.length).toBeGreaterThan(1);
  });

  test('coordinates are rounded to the lattice of the service', () => {
    const line = play([{do: 'take', tool: 'line'}, {do: 'add', at: [110.123456789, 37]}, {do: 'add', at: b}]);
    expect(geometryOf(line)?.coordinates[0]).toEqual([110.1234568, 37]);
  });
});
