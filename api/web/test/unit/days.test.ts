import {expect, test} from 'vitest';
import type {EditEntry} from '../../src/api/edited';
import type {PlanState, PlanSummary} from '../../src/api/types';
import {formatAddress, parseAddress} from '../../src/planner/address';
import {dayOf, daysAfter, daysBetween, firstDay, inForceOn, revisionOn} from '../../src/planner/compare/days';
import {START, step} from '../../src/planner/session';

const edit = (revision: number, at: string, undone = false): EditEntry => ({revision, at, by: 'lin', op: 'split', grids: [], undone, again: false});
const edits = [edit(9, '2025-06-12T03:00:00Z'), edit(8, '2025-06-11T17:00:00Z', true), edit(7, '2025-06-11T15:59:59Z'), edit(6, '2025-06-10T01:00:00Z')];
const plan = (id: number, state: PlanState, effective?: string): PlanSummary => ({id, territory: 1, name: `p${id}`, state, revision: 1, ...(effective && {effective})});

test('a day is that of China', () => {
  expect(dayOf('2025-06-11T15:59:59Z')).toBe('2025-06-11');
  expect(dayOf('2025-06-11T16:00:00Z')).toBe('2025-06-12');
  expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
  expect(daysAfter('2024-02-28', 2)).toBe('2024-03-01');
});

test('a plan stands on a day as the last edit of it left it; what was undone does not count', () => {
  expect(revisionOn(edits, '2025-06-12')).toBeNull();
  expect(revisionOn(edits, '2025-06-11')).toBe(7);
  expect(revisionOn(edits, '2025-06-10')).toBe(6);
  expect(revisionOn(edits, '2025-06-09')).toBe(5);
  expect(revisionOn([], '2025-06-09')).toBeNull();
});

test('the plan in force on a day is the last that began', () => {
  const plans = [plan(1, 'retired', '2024-01-01'), plan(2, 'in_force', '2025-01-01'), plan(3, 'filed', '2025-02-01'), plan(4, 'draft')];
  expect(inForceOn(plans, '2023-12-31')).toBeNull();
  expect(inForceOn(plans, '2024-12-31')?.id).toBe(1);
  expect(inForceOn(plans, '2025-06-30')?.id).toBe(2);
  expect(firstDay(edits, plans, '2025-07-01')).toBe('2024-01-01');
  expect(firstDay(edits, [], '2025-07-01')).toBe('2025-06-10');
  expect(firstDay([], [plan(1, 'in_force', '2030-01-01')], '2025-07-01')).toBe('2025-07-01');
});

test('the day stands in the address; one that is none is not taken', () => {
  const s = step(START, {do: 'day', day: '2025-06-30'});
  expect(formatAddress(s)).toContain('on=2025-06-30');
  expect(parseAddress(formatAddress(s), '').day).toBe('2025-06-30');
  for (const wrong of ['2025-06-31', '2025-6-3', 'today', '']) expect(parseAddress(`?on=${wrong}`, '').day).toBeNull();
  expect(step(s, {do: 'day', day: null}).day).toBeNull();
});
