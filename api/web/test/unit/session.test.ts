import {describe, expect, test} from 'vitest';
import {gridAtTier, START, step, type Session} from '../../src/planner/session';
import {finding, grid, tier, tiers} from './samples';

const open: Session = {...START, plan: 7, tier: 'primary'};

describe('step', () => {
  test('a plan opens on its first grid tier that has grids', () => {
    expect(step({...START, plan: 7}, {do: 'tiers', tiers}).tier).toBe('primary');
    const empty = tiers.map((t) => (t.code === 'primary' ? {...t, count: 0} : t));
    expect(step({...START, plan: 7}, {do: 'tiers', tiers: empty}).tier).toBe('micro');
    expect(step({...START, plan: 7}, {do: 'tiers', tiers: [tier(0, 'county')]}).tier).toBe('county');
    expect(step({...START, plan: 7}, {do: 'tiers', tiers: []}).tier).toBeNull();
  });

  test('a tier the address names is kept if the plan has it', () => {
    expect(step({...open, tier: 'village'}, {do: 'tiers', tiers}).tier).toBe('village');
    expect(step({...open, tier: 'nonsense'}, {do: 'tiers', tiers}).tier).toBe('primary');
  });

  test('the first plan keeps what the address chose, another plan forgets it', () => {
    const asked = {...START, tier: 'micro', grid: 5};
    expect(step(asked, {do: 'open', plan: 7})).toEqual({...asked, plan: 7});
    expect(step({...asked, plan: 7}, {do: 'open', plan: 8})).toMatchObject({plan: 8, tier: null, grid: null, view: null});
  });

  test('a selected grid of a finer tier brings its tier to the map', () => {
    expect(step(open, {do: 'select', grid: grid(9, 'micro'), tiers})).toMatchObject({grid: 9, tier: 'micro', tab: 'grid'});
  });

  test('a selected grid of a coarser tier leaves the tier alone', () => {
    expect(step(open, {do: 'select', grid: grid(2, 'township'), tiers})).toMatchObject({grid: 2, tier: 'primary'});
  });

  test('a dedicated grid lies over any tier', () => {
    const school = {...grid(3, 'micro'), kind: 'dedicated' as const};
    expect(step(open, {do: 'select', grid: school, tiers})).toMatchObject({grid: 3, tier: 'primary'});
  });

  test('a finding is shown on its tier, with its grid, and the list stays open', () => {
    const f = finding('f1', {tier: 'micro'});
    const next = step(open, {do: 'finding', finding: f, subject: grid(9, 'micro'), tiers});
    expect(next).toMatchObject({finding: 'f1', grid: 9, tier: 'micro', tab: 'findings'});
    expect(step(open, {do: 'finding', finding: finding('f2'), tiers})).toMatchObject({finding: 'f2', tier: 'primary'});
    expect(step(next, {do: 'finding', finding: null, tiers}).finding).toBeNull();
  });

  test('a severity pressed twice is shown again', () => {
    const hidden = step(open, {do: 'severity', severity: 'info'});
    expect(hidden.hidden).toEqual(['info']);
    expect(step(hidden, {do: 'severity', severity: 'info'}).hidden).toEqual([]);
  });

  test('no action changes the session it was given', () => {
    const frozen = Object.freeze({...open, hidden: Object.freeze(['info'] as const)});
    expect(step(frozen, {do: 'severity', severity: 'error'}).hidden).toEqual(['info', 'error']);
    expect(frozen.hidden).toEqual(['info']);
  });
});

describe('gridAtTier', () => {
  const chain = ['county', 'township', 'village', 'primary'].map((code, i) => grid(i + 1, code));

  test('a click means the grid of the drawn tier', () => {
    expect(gridAtTier(chain, 'village', tiers)?.id).toBe(3);
  });

  test('where the tree ends above the drawn tier, its leaf is meant', () => {
    expect(gridAtTier(chain, 'micro', tiers)?.id).toBe(4);
  });

  test('outside every grid nothing is meant', () => {
    expect(gridAtTier([], 'micro', tiers)).toBeNull();
  });
});
