import {ALARMS, type AlarmCounts, type Place} from '../api/standing';
import type {Rank} from './view';

export const alarmsOf = (alarms: AlarmCounts): number => ALARMS.reduce((sum, kind) => sum + alarms[kind], 0);

/** What a place is ranked by; null where there is no such figure. */
export function figureOf({alarms, counts}: Place, rank: Rank): number | null {
  switch (rank) {
    case 'alarms':
      return alarmsOf(alarms);
    case 'households':
      return counts.households;
    case 'load':
      return counts.grid_workers > 0 ? counts.households / counts.grid_workers : null;
    case 'lacking':
      return alarms.lacking;
  }
}

/** The places with the largest figure first, those without one last, equals in order of code. */
export function ranked(places: readonly Place[], rank: Rank): Place[] {
  return [...places].sort((a, b) => (figureOf(b, rank) ?? -1) - (figureOf(a, rank) ?? -1) || (a.code < b.code ? -1 : 1));
}

/** How many classes colour the map. */
export const CLASSES = 5;

/**
 * From where on each class above the first begins: so that about as many places fall into each, at figures that
 * occur. Fewer where there are not so many different figures.
 */
export function breaksOf(places: readonly Place[], rank: Rank): number[] {
  const figures = places.map((p) => figureOf(p, rank)).filter((f): f is number => f !== null).sort((a, b) => a - b);
  const breaks: number[] = [];
  for (let k = 1; k < CLASSES; k++) {
    const from = figures[Math.floor((k * figures.length) / CLASSES)];
    if (from !== undefined && from > (breaks.at(-1) ?? figures[0] ?? 0)) breaks.push(from);
  }
  return breaks;
}

/** The class of a figure, 0 the lowest. */
export const classOf = (figure: number, breaks: readonly number[]): number => breaks.filter((from) => figure >= from).length;

/** The pages of a list, so that a long one is shown in turns: at least one. */
export const pagesOf = (n: number, rows: number): number => Math.max(1, Math.ceil(n / rows));
