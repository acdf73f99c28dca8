import type {Tier, UnitReport} from '../../api/types';

/** What the board can be sorted by. */
export const COLUMNS = ['unit', 'required', 'actual', 'short', 'ratio'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  readonly by: Column;
  readonly down: boolean;
}

/** Most people short first: what a planner comes for. */
export const WORST_FIRST: Order = {by: 'short', down: true};

/** More rows than this are no board; the list of a tier shows them. */
const MOST_UNITS = 600;

/** The tiers a board can show, from the top; the territory itself is one unit and stands above the board. */
export function boardTiers(tiers: readonly Tier[]): Tier[] {
  return tiers.filter((t) => t.rank > 0 && t.count > 0 && t.count <= MOST_UNITS).sort((a, b) => a.rank - b.rank);
}

/** The order after a column's heading was chosen: again turns it round, another begins with the most, names with the first. */
export const chosen = (order: Order, by: Column): Order => (order.by === by ? {by, down: !order.down} : {by, down: by !== 'unit'});

/** The units in an order, equal ones by code; one without a ratio stands last in either direction. */
export function ordered(units: readonly UnitReport[], {by, down}: Order): UnitReport[] {
  const turn = down ? -1 : 1;
  const byCode = (a: UnitReport, b: UnitReport) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
  const value = (u: UnitReport) => (by === 'ratio' ? u.ratio_per_10k : by === 'unit' ? 0 : u[by]);
  return [...units].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return x === y ? byCode(a, b) : x === null ? 1 : -1;
    return by === 'unit' ? turn * byCode(a, b) : turn * (x - y) || byCode(a, b);
  });
}

/** A unit's bar, as shares of the longest: who is there, who is missing up to what is required, who is beyond it. */
export interface Bar {
  readonly filled: number;
  readonly missing: number;
  readonly beyond: number;
}

export function barOf({actual, required}: Pick<UnitReport, 'actual' | 'required'>, longest: number): Bar {
  const share = (n: number) => (longest > 0 ? Math.max(0, n) / longest : 0);
  return {filled: share(Math.min(actual, required)), missing: share(required - actual), beyond: share(actual - required)};
}

/** How many people the longest bar stands for. */
export const longestOf = (units: readonly UnitReport[]): number => Math.max(0, ...units.map((u) => Math.max(u.actual, u.required)));

/** The unit that is chosen: the selected grid itself or the one above it that the board shows. */
export function unitHere(units: readonly UnitReport[], chain: readonly {code: string}[] | undefined): string | null {
  return chain?.findLast(({code}) => units.some((u) => u.code === code))?.code ?? null;
}
