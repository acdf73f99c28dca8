import {describe, expect, test} from 'vitest';
import {concerns, type RevisionEvent} from '../../src/api/events';

const event = (more: Partial<RevisionEvent>): RevisionEvent => ({territory: 1, plan: 7, revision: 12, ...more});

describe('concerns', () => {
  test.each<[string, Partial<RevisionEvent>, boolean]>([
    ['grids of the open plan', {plan: 3, op: 'merge'}, true],
    ['grids of another draft', {op: 'merge'}, false],
    ['records, whose counts every plan shows', {plan: 7, op: 'create', records: {worker: 1}}, true],
    ['a plan put in force', {op: 'publish', reload: true}, true],
    ['the first event after coming anew', {}, true],
  ])('%s', (_, more, want) => {
    expect(concerns(event(more), 3)).toBe(want);
  });
});
