import {describe, expect, test} from 'vitest';
import {ApiError} from '../../src/api/client';
import {EMPTY, type Desk} from '../../src/planner/model/desk';
import {fate, turnsAfter, withMore, type Now, type Wish} from '../../src/planner/model/wishes';

const line: Desk = {...EMPTY, tool: 'split', line: [[111.5, 38.2], [111.6, 38.2]]};
const carving = {name: '', owner: ''};
const page: Now = {plan: 2, tier: 'primary', refusal: null, desk: line, carving, open: true, sending: false, groundless: false, turns: {back: 1, forth: 1}};
const wish = (what: Wish['what'], asked: Partial<Now> = {}): Wish => ({what, asked: {...page, ...asked}});
const WHATS = ['undo', 'redo', 'finish'] as const;
const refused = new ApiError(422, 'refused');

describe('what becomes of the wish that is first in turn', () => {
  test.each(WHATS)('%s is done on a page that is ready, and waits for what is on its way', (what) => {
    expect(fate(wish(what), page)).toBe('do');
    expect(fate(wish(what), {...page, sending: true})).toBe('wait');
  });

  test.each(WHATS)('%s is dropped with its plan, and when that can no longer be drawn on', (what) => {
    expect(fate(wish(what), {...page, plan: 3})).toBe('drop');
    expect(fate(wish(what), {...page, open: false})).toBe('drop');
  });

  test.each(WHATS)('%s is dropped when the act before it was refused, not for a refusal of before it was asked for', (what) => {
    expect(fate(wish(what), {...page, refusal: refused})).toBe('drop');
    expect(fate(wish(what, {refusal: refused}), {...page, refusal: refused})).toBe('do');
    expect(fate(wish(what, {refusal: refused}), {...page, refusal: new ApiError(412, 'stale')})).toBe('drop');
    expect(fate(wish(what, {refusal: refused}), page)).toBe('do');
  });

  test('undo and redo wait for the history, not for the ground, and are dropped where nothing is left', () => {
    expect(fate(wish('undo'), {...page, turns: null})).toBe('wait');
    expect(fate(wish('undo'), {...page, groundless: true})).toBe('do');
    expect(fate(wish('undo'), {...page, turns: {back: 0, forth: 1}})).toBe('drop');
    expect(fate(wish('redo'), {...page, turns: {back: 1, forth: 0}})).toBe('drop');
  });

  test('what is drawn waits for its ground, and is dropped when something else is drawn or another tier is shown', () => {
    expect(fate(wish('finish'), {...page, groundless: true})).toBe('wait');
    expect(fate(wish('finish'), {...page, desk: {...line, line: [...line.line]}})).toBe('drop');
    expect(fate(wish('finish'), {...page, desk: {...line, picks: [7]}})).toBe('drop');
    expect(fate(wish('finish', {desk: {...line, picks: [7]}}), page)).toBe('drop');
    expect(fate(wish('finish'), {...page, carving: {name: '', owner: ''}})).toBe('drop');
    expect(fate(wish('finish'), {...page, tier: 'micro'})).toBe('drop');
    expect(fate(wish('finish'), {...page, desk: {...line, pointer: [111.5, 38.3]}})).toBe('do');
  });
});

test('undo is asked for as often as it is, the same drawing once', () => {
  const whats = (all: readonly Wish[]) => all.map((w) => w.what);
  const drawn = withMore(withMore([], 'finish', page), 'finish', page);
  expect(whats(drawn)).toEqual(['finish']);
  expect(whats(withMore(drawn, 'undo', page, 2))).toEqual(['finish', 'undo', 'undo']);
  expect(whats(withMore(withMore(drawn, 'undo', page), 'finish', page))).toEqual(['finish', 'undo', 'finish']);
  expect(whats(withMore(drawn, 'finish', {...page, desk: {...line, line: []}}))).toEqual(['finish', 'finish']);
});

test('what is asked for counts as done for what can be asked for next', () => {
  expect(turnsAfter({back: 2, forth: 0}, [wish('undo'), wish('undo')])).toEqual({back: 0, forth: 2});
  expect(turnsAfter({back: 0, forth: 2}, [wish('finish')])).toEqual({back: 1, forth: 0});
  expect(turnsAfter(null, [])).toEqual({back: 0, forth: 0});
});
