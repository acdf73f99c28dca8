import type {Row} from './measures';

export type Column = 'code' | 'households' | 'residents' | 'value';

const keys: Record<Exclude<Column, 'code'>, (row: Row) => number | null> = {
  households: (r) => r.unit.households,
  residents: (r) => r.unit.persons_resident,
  value: (r) => r.value,
};

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
