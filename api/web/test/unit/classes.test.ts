import {describe, expect, test} from 'vitest';
import {classify, classOf, histogram, METHODS} from '../../src/planner/measure/classes';

/** Sum of squared distances to the mean of each class. */
function within(values: number[], starts: number[]): number {
  const ends = [...starts.slice(1), values.length];
  return starts.reduce((sum, from, i) => {
    const part = values.slice(from, ends[i]);
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return sum + part.reduce((a, b) => a + (b - mean) ** 2, 0);
  }, 0);
}

/** Every way to cut a short row, tried one after another: the oracle of natural breaks. */
function* allCuts(n: number, k: number, from = 1): Generator<number[]> {
  if (k === 1) return yield [0];
  for (let cut = from; cut <= n - k + 1; cut++) for (const rest of allCuts(n - cut, k - 1)) yield [0, ...rest.map((c) => c + cut)];
}

/** Numbers that look like chance and are the same every time. */
function chance(seed: number, n: number, most: number): number[] {
  let state = seed;
  return Array.from({length: n}, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % most;
  });
}

describe('classes', () => {
  test('quantiles hold the same number each', () => {
    const values = Array.from({length: 20}, (_, i) => i + 1);
    expect(classify(values, 'quantile')).toEqual([1, 5, 9, 13, 17].map((least) => ({least, most: least + 3, count: 4})));
  });

  test('equal values stay together, and a class without any is left out', () => {
    expect(classify([1, 1, 1, 1, 1, 1, 1, 1, 1, 7], 'quantile')).toEqual([{least: 1, most: 1, count: 9}, {least: 7, most: 7, count: 1}]);
    expect(classify([0, 0, 100], 'equal')).toEqual([{least: 0, most: 0, count: 2}, {least: 100, most: 100, count: 1}]);
  });

  test('equal intervals are as wide as each other', () => {
    const least = classify([0, 5, 19, 20, 39, 41, 60, 80, 99, 100], 'equal').map((c) => c.least);
    expect(least).toEqual([0, 20, 41, 60, 80]);
  });

  test("natural breaks fall into the gaps: Jenks' own example of three heaps", () => {
    const values = [4, 5, 9, 10, 200, 201, 203, 1000, 1002];
    expect(classify(values, 'natural', 3).map((c) => [c.least, c.most, c.count])).toEqual([[4, 10, 4], [200, 203, 3], [1000, 1002, 2]]);
  });

  test.each(Array.from({length: 30}, (_, i) => i + 1))('natural breaks are the best there are, row %i', (seed) => {
    const values = chance(seed, 11, 40).sort((a, b) => a - b);
    const wanted = 2 + (seed % 4);
    const k = Math.min(wanted, new Set(values).size);
    const got = classify(values, 'natural', wanted);
    let start = 0;
    const starts = got.map((c) => (start += c.count) - c.count);
    const best = Math.min(...[...allCuts(values.length, k)].map((cut) => within(values, cut)));
    expect(got).toHaveLength(k);
    expect(within(values, starts)).toBeCloseTo(best, 8);
  });

  test.each(METHODS)('%s: every value has its class, nobody is counted twice, none leaves none', (method) => {
    const values = chance(99, 5000, 700);
    const classes = classify(values, method);
    expect(classes.length).toBeGreaterThan(1);
    expect(classes.reduce((sum, c) => sum + c.count, 0)).toBe(5000);
    for (const [i, c] of classes.entries()) {
      expect(values.filter((v) => classOf(classes, v) === i)).toHaveLength(c.count);
    }
    const bars = histogram(values, classes, 24);
    expect(bars.flat().reduce((a, b) => a + b, 0)).toBe(5000);
    expect(classes.map((_, i) => bars.reduce((sum, bar) => sum + bar[i]!, 0))).toEqual(classes.map((c) => c.count));
    expect(classify([], method)).toEqual([]);
    expect(classOf(classes, null)).toBe(-1);
    expect(histogram([3, 3], classify([3, 3], method), 4)).toEqual([[2], [0], [0], [0]]);
  });
});
