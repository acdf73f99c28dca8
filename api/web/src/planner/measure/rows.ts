import type {FigureUnit} from '../../api/types';
import type {Classed} from './classes';

/** A grid with the value it has of the chosen measure; null where there is none. */
export interface Row {
  readonly unit: FigureUnit;
  readonly value: number | null;
}

export type Column = 'code' | 'households' | 'residents' | 'value';

const keys: Record<Exclude<Column, 'code'>, (row: Row) => number | null> = {
  households: (r) => r.unit.households,
  residents: (r) => r.unit.persons_resident,
  value: (r) => r.value,
};

/** The grids with their values; of one class only if one is chosen. */
export function rowsOf(units: readonly FigureUnit[], measured: Classed | null, klass: number | null): Row[] {
  return units
    .filter(({id}) => klass === null || measured === null || measured.byId.get(id) === klass)
    .map((unit) => ({unit, value: measured?.values.get(unit.id) ?? null}));
}

/** The rows in the order of a column, equal ones by code; a row without a value stands last in either direction. */
export function sorted(rows: readonly Row[], by: Column, down: boolean): Row[] {
  const turn = down ? -1 : 1;
  const byCode = (a: Row, b: Row) => (a.unit.code < b.unit.code ? -1 : a.unit.code > b.unit.code ? 1 : 0);
  if (by === 'code') return [...rows].sort((a, b) => turn * byCode(a, b));
  const key = keys[by];
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return x === y ? byCode(a, b) : x === null ? 1 : -1;
    return turn * (x - y) || byCode(a, b);
  });
}

/** Rows drawn above and below those in sight, so that a quick scroll shows no gap. */
const SPARE = 12;

/** Of equally high rows those to draw, and the height of those left out before and after them, pixels. */
export function windowOf(count: number, {top, height, row}: {top: number; height: number; row: number}) {
  const from = Math.max(0, Math.min(count, Math.floor(top / row)) - SPARE);
  const to = Math.min(count, Math.ceil((top + height) / row) + SPARE);
  return {from, to, before: from * row, after: (count - to) * row};
}
