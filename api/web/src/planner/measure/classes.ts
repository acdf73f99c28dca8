import type {FigureClasses} from '../../api/types';

/** How values are put into classes: each with as many grids, each as wide, or cut where the values leave gaps. */
export const METHODS = ['quantile', 'jenks', 'equal'] as const;
export type Method = (typeof METHODS)[number];

/** A class as the legend shows it: its least and its greatest value, both of which some grid has, or a grade. */
export interface Class {
  readonly least: number;
  readonly most: number;
  readonly grade: string | null;
  readonly count: number;
}

/** The grids of a tier in the classes that the service made. */
export interface Classed {
  readonly classes: readonly Class[];
  /** The class of each grid by id, counted from 0. */
  readonly byId: ReadonlyMap<number, number>;
  /** The value of each grid that has one; a grade counts as the number of its class. */
  readonly values: ReadonlyMap<number, number>;
  readonly grades: ReadonlyMap<number, string>;
  /** How many grids have no value. */
  readonly blank: number;
}

/** Puts every grid into its class: a value lies from `from` up to but without `to`, in the last class with it. */
export function classed({classes, values, without}: FigureClasses): Classed {
  const byId = new Map<number, number>();
  const numbers = new Map<number, number>();
  const grades = new Map<number, string>();
  const least = classes.map(() => Number.POSITIVE_INFINITY);
  const most = classes.map(() => Number.NEGATIVE_INFINITY);
  for (const {id, value, grade} of values) {
    const k =
      grade !== undefined
        ? classes.findIndex((c) => c.grade === grade)
        : classes.findLastIndex((c) => c.from !== undefined && value !== undefined && value >= c.from);
    if (k < 0) continue;
    const number = value ?? k;
    byId.set(id, k);
    numbers.set(id, number);
    if (grade !== undefined) grades.set(id, grade);
    least[k] = Math.min(least[k] ?? number, number);
    most[k] = Math.max(most[k] ?? number, number);
  }
  const shown = classes.map((c, k): Class => ({least: least[k] ?? 0, most: most[k] ?? 0, grade: c.grade ?? null, count: c.count}));
  return {classes: shown, byId, values: numbers, grades, blank: Object.values(without).reduce((sum, n) => sum + n, 0)};
}

/** How many grids of each class lie in each of so many equally wide bins, from the least value to the greatest. */
export function histogram({classes, byId, values}: Classed, bins: number): number[][] {
  const least = Math.min(...classes.map((c) => c.least));
  const span = Math.max(...classes.map((c) => c.most)) - least;
  const rows = Array.from({length: bins}, () => classes.map(() => 0));
  for (const [id, value] of values) {
    const bin = span > 0 ? Math.min(bins - 1, Math.trunc(((value - least) / span) * bins)) : 0;
    const [row, k] = [rows[bin], byId.get(id) ?? -1];
    if (row && k >= 0) row[k] = (row[k] ?? 0) + 1;
  }
  return rows;
}
