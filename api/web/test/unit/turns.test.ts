import {describe, expect, test} from 'vitest';
import type {EditEntry} from '../../src/api/edited';
import {turned, turnsOf} from '../../src/planner/model/turns';

/** Edits newest first, as the service lists them: s stands, u is undone, a can be done again, c came with the draft. */
const history = (list: string): EditEntry[] =>
  [...list].map((kind, i): EditEntry => ({revision: 90 - i, at: '2026-01-01T00:00:00Z', by: 'lin', op: kind === 'c' ? 'rebase' : 'split', grids: [], undone: 'ua'.includes(kind), again: kind === 'a'}));

describe('what is left to undo and redo', () => {
  test.each([
    ['', {back: 0, forth: 0}],
    ['c', {back: 0, forth: 0}],
    ['sscc', {back: 2, forth: 0}],
    ['aasc', {back: 1, forth: 2}],
    ['aua', {back: 0, forth: 2}],
    ['sus', {back: 2, forth: 0}], // what was undone before a newer edit is not done again
  ])('a history of %s', (list, turns) => expect(turnsOf(history(list), false)).toEqual(turns));

  test('a history that goes on may have more to undo, however much of it was undone', () => {
    expect(turnsOf(history('aaa'), true)).toEqual({back: Number.POSITIVE_INFINITY, forth: 3});
    expect(turned(turnsOf(history('aaa'), true), 'undo')).toEqual({back: Number.POSITIVE_INFINITY, forth: 4});
  });

  test('an edit leaves nothing to redo, undo and redo are each other’s inverse, and neither goes below nothing', () => {
    expect(turned({back: 1, forth: 2}, 'split')).toEqual({back: 2, forth: 0});
    expect(turned({back: 1, forth: 2}, 'undo')).toEqual({back: 0, forth: 3});
    expect(turned(turned({back: 1, forth: 2}, 'undo'), 'redo')).toEqual({back: 1, forth: 2});
    expect(turned({back: 0, forth: 2}, 'undo')).toEqual({back: 0, forth: 2});
    expect(turned({back: 2, forth: 0}, 'redo')).toEqual({back: 2, forth: 0});
  });
});
