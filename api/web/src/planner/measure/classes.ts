/** How values are put into classes: each with as many, each as wide, or cut where the values leave gaps. */
export const METHODS = ['quantile', 'natural', 'equal'] as const;
export type Method = (typeof METHODS)[number];

/** A class holds the values from `least` to `most`, both of which stand in it. */
export interface Class {
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** How many classes there are at most: more shades than these are not told apart. */
export const MOST_CLASSES = 5;

/**
 * The classes of the values, from the least on: at most so many, none empty, and
 * equal values always in one class. Their number is the shortest list's: three
 * different values make three classes.
 */
export function classify(values: readonly number[], method: Method, wanted = MOST_CLASSES): Class[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  const starts = cuts[method](sorted, wanted);
  const from = [...new Set([0, ...starts])].filter((i) => i < sorted.length).sort((a, b) => a - b);
  return from.map((start, i) => {
    const end = from[i + 1] ?? sorted.length;
    return {least: sorted[start] ?? 0, most: sorted[end - 1] ?? 0, count: end - start};
  });
}

/** The class of a value, -1 for one that is in none. */
export function classOf(classes: readonly Class[], value: number | null): number {
  if (value === null) return -1;
  return classes.findIndex(({least, most}) => value >= least && value <= most);
}

/** Where classes begin in the sorted values; never inside equal ones. */
type Cut = (sorted: readonly number[], wanted: number) => number[];

const cuts: Record<Method, Cut> = {
  quantile: (sorted, wanted) =>
    steps(wanted).map((k) => besideEqual(sorted, Math.round((k * sorted.length) / wanted))),
  equal: (sorted, wanted) => {
    const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
    return steps(wanted).map((k) => firstNotBelow(sorted, least + (k * (most - least)) / wanted));
  },
  natural: fisher,
};

const steps = (wanted: number) => Array.from({length: wanted - 1}, (_, i) => i + 1);

/** The end of equal values that is nearer to a place among them; behind them where they are the least, so that many noughts leave a second class. */
function besideEqual(sorted: readonly number[], at: number): number {
  const value = sorted[at];
  if (value === undefined) return sorted.length;
  const first = firstNotBelow(sorted, value);
  const after = firstAbove(sorted, value);
  return first > 0 && at - first <= after - at ? first : after;
}

function firstAbove(sorted: readonly number[], value: number): number {
  const at = sorted.findLastIndex((v) => v <= value);
  return at + 1;
}

function firstNotBelow(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Fisher's exact classes: the cuts that leave the least sum of squares within
 * them ("natural breaks"). The best last cut moves only forwards with the end of
 * the row, so halving finds all in n log n for each class.
 */
function fisher(sorted: readonly number[], wanted: number): number[] {
  const {value, weight} = distinct(sorted);
  const n = value.length;
  const cost = squares(value, weight);
  let row = Float64Array.from({length: n + 1}, (_, end) => cost(0, end));
  const lastCuts: Int32Array[] = [];
  for (let k = 1; k < Math.min(wanted, n); k++) {
    const next = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
    const last = new Int32Array(n + 1);
    const before = row;
    const solve = (from: number, to: number, low: number, high: number) => {
      if (from > to) return;
      const end = (from + to) >> 1;
      for (let cut = low; cut <= Math.min(high, end - 1); cut++) {
        const sum = (before[cut] ?? 0) + cost(cut, end);
        if (sum < (next[end] ?? 0)) [next[end], last[end]] = [sum, cut];
      }
      solve(from, end - 1, low, last[end] ?? low);
      solve(end + 1, to, last[end] ?? low, high);
    };
    solve(k + 1, n, k, n - 1);
    lastCuts.push(last);
    row = next;
  }
  const starts: number[] = [];
  for (let end = n, k = lastCuts.length - 1; k >= 0; k--) starts.push((end = lastCuts[k]?.[end] ?? 0));
  return starts.map((i) => firstNotBelow(sorted, value[i] ?? 0));
}

function distinct(sorted: readonly number[]): {value: number[]; weight: number[]} {
  const value: number[] = [];
  const weight: number[] = [];
  for (const v of sorted) {
    if (v !== value.at(-1)) {
      value.push(v);
      weight.push(0);
    }
    weight[weight.length - 1] = (weight.at(-1) ?? 0) + 1;
  }
  return {value, weight};
}

/** The sum of squares around their mean of the values from one place up to another, from sums kept beforehand. */
function squares(value: readonly number[], weight: readonly number[]) {
  const middle = value[value.length >> 1] ?? 0; // sums around it lose no digits to large values
  const [n, sum, square] = [new Float64Array(value.length + 1), new Float64Array(value.length + 1), new Float64Array(value.length + 1)];
  for (const [i, v] of value.entries()) {
    const [w, d] = [weight[i] ?? 0, v - middle];
    n[i + 1] = (n[i] ?? 0) + w;
    sum[i + 1] = (sum[i] ?? 0) + w * d;
    square[i + 1] = (square[i] ?? 0) + w * d * d;
  }
  return (from: number, to: number) => {
    const count = (n[to] ?? 0) - (n[from] ?? 0);
    const total = (sum[to] ?? 0) - (sum[from] ?? 0);
    return count === 0 ? 0 : (square[to] ?? 0) - (square[from] ?? 0) - (total * total) / count;
  };
}

/** How many values of each class lie in each of so many equally wide bins, from the least value to the greatest. */
export function histogram(values: readonly number[], classes: readonly Class[], bins: number): number[][] {
  const least = classes[0]?.least ?? 0;
  const span = (classes.at(-1)?.most ?? 0) - least;
  const rows = Array.from({length: bins}, () => classes.map(() => 0));
  for (const value of values) {
    const k = classOf(classes, value);
    const bin = span > 0 ? Math.min(bins - 1, Math.trunc(((value - least) / span) * bins)) : 0;
    const row = rows[bin];
    if (k >= 0 && row) row[k] = (row[k] ?? 0) + 1;
  }
  return rows;
}
