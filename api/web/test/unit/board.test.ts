import {describe, expect, test} from 'vitest';
import type {Tier, UnitReport} from '../../src/api/types';
import {barOf, boardTiers, chosen, longestOf, ordered, unitHere, WORST_FIRST} from '../../src/planner/staffing/board';

const unit = (code: string, required: number, actual: number, ratio: number | null = null) =>
  ({code, required, actual, short: Math.max(0, required - actual), ratio_per_10k: ratio}) as UnitReport;
const units = [unit('c', 4, 4, 12), unit('b', 5, 3, null), unit('a', 9, 7, 18), unit('d', 9, 2, 6)];
const codes = (list: readonly UnitReport[]) => list.map((u) => u.code).join('');

describe('the order of the board', () => {
  test('most people short first, equal ones by code', () => expect(codes(ordered(units, WORST_FIRST))).toBe('dabc'));
  test('the list that was given stays as it is', () => expect(codes(units)).toBe('cbad'));
  test('by code, and turned round', () => {
    expect(codes(ordered(units, {by: 'unit', down: false}))).toBe('abcd');
    expect(codes(ordered(units, {by: 'unit', down: true}))).toBe('dcba');
  });
  test('a unit without a ratio stands last in either direction', () => {
    expect(codes(ordered(units, {by: 'ratio', down: true}))).toBe('acdb');
    expect(codes(ordered(units, {by: 'ratio', down: false}))).toBe('dcab');
  });
  test('a heading chosen again turns the order, another begins with the most', () => {
    expect(chosen(WORST_FIRST, 'short')).toEqual({by: 'short', down: false});
    expect(chosen(WORST_FIRST, 'required')).toEqual({by: 'required', down: true});
    expect(chosen(WORST_FIRST, 'unit')).toEqual({by: 'unit', down: false});
  });
});

describe('the bars', () => {
  test('who is there, who is missing and who is beyond the norm add up to the longer of both', () => {
    expect(barOf({required: 8, actual: 6}, 10)).toEqual({filled: 0.6, missing: 0.2, beyond: 0});
    expect(barOf({required: 5, actual: 10}, 10)).toEqual({filled: 0.5, missing: 0, beyond: 0.5});
    expect(barOf({required: 0, actual: 0}, 0)).toEqual({filled: 0, missing: 0, beyond: 0});
  });
  test('the longest stands for the most of either', () => {
    expect(longestOf(units)).toBe(9);
    expect(longestOf([])).toBe(0);
  });
});

describe('what is chosen', () => {
  test('a grid marks the unit of the board that it lies in', () => {
    expect(unitHere(units, [{code: 'county'}, {code: 'b'}, {code: 'b-1'}])).toBe('b');
    expect(unitHere(units, [{code: 'county'}])).toBeNull();
    expect(unitHere(units, undefined)).toBeNull();
  });
  test('tiers that hold units, and not too many, from the top', () => {
    const tier = (code: string, rank: number, count: number) => ({code, rank, count}) as Tier;
    expect(boardTiers([tier('micro', 3, 9000), tier('village', 2, 40), tier('county', 0, 1), tier('township', 1, 12), tier('x', 4, 0)]).map((t) => t.code)).toEqual(['township', 'village']);
  });
});
