import {describe, expect, test} from 'vitest';
import type {CountChange, Edited, Held, PostChange} from '../../src/api/edited';
import {balance, movedIn, postsOf, worstOf} from '../../src/planner/model/answer';
import {grid} from './samples';

const held = (households: number, persons_resident = 0): Held => ({households, persons_resident, workers: 1, in_band: 'within'});

const count = (id: number, after: Held | null, more: Partial<CountChange> = {}): CountChange => ({
  grid: {id, code: `g${id}`},
  tier: 'primary',
  rank: 3,
  band: {min: 300, max: 500},
  persons_cap: 2500,
  before: held(400),
  after,
  ...more,
});

const post = (worker: number, fate: PostChange['fate'], undecided = false): PostChange => ({
  worker: {id: worker, number: `W${worker}`},
  assignment: worker,
  grid: {id: 1},
  role: 'grid_worker',
  fate,
  before: null,
  after: null,
  heir: null,
  undecided,
});

const edited = (more: Partial<Edited['effects']>, moved: Edited['moved'] = []): Edited => ({
  plan: 2, revision: 9, op: 'split', by: 'lin', at: '2026-01-01T00:00:00Z', moved,
  grids: [{id: 1, before: grid(1, 'primary'), after: {...grid(1, 'primary'), name: {zh: '新名'}}}, {id: 2, before: grid(2, 'primary'), after: null}],
  effects: {as_of: '2026-01-01', counts: [], posts: [], findings: {appeared: [], appeared_total: 0, gone: [], gone_total: 0}, ...more},
});

describe('balance', () => {
  test('the grid farthest outside its band stands first, by the share of the bound it breaks', () => {
    const rows = balance(edited({counts: [count(1, held(400)), count(2, held(550)), count(3, held(150)), count(4, held(400, 5000))]}), 'primary');
    expect(rows.map((r) => [r.change.grid.id, r.off])).toEqual([[4, 1_000_000], [3, 500_000], [2, 100_000], [1, 0]]);
  });

  test('a grid that is gone breaks no band, and an open band has no upper end', () => {
    const rows = balance(edited({counts: [count(2, null), count(5, held(90_000), {band: {min: 300, max: 0}, persons_cap: 0})]}), 'primary');
    expect(rows.map((r) => r.off)).toEqual([0, 0]);
  });

  test('grids have the name they bear now, or bore last; other tiers are left out', () => {
    const rows = balance(edited({counts: [count(1, held(400)), count(2, null), count(3, held(1)), count(9, held(1), {tier: 'micro'})]}), 'primary');
    expect(rows.map((r) => [r.change.grid.id, r.name?.zh])).toEqual([[3, undefined], [1, '新名'], [2, '网格2']]);
  });
});

test('who moved is told with most households first, ground without people last', () => {
  const line = (households: number, area_m2: number, tier = 'primary') => ({tier, rank: 3, from: null, to: null, area_m2, households, persons: 0});
  const rows = movedIn(edited({}, [line(0, 5), line(7, 1), line(0, 90), line(99, 1, 'micro')]), 'primary');
  expect(rows.map((m) => [m.households, m.area_m2])).toEqual([[7, 1], [0, 90], [0, 5]]);
});

test('posts that somebody must decide on come first', () => {
  const posts = [post(4, 'shrunk'), post(3, 'lost'), post(2, 'gained'), post(5, 'lost', true)];
  expect(postsOf(edited({posts})).map((p) => p.worker.id)).toEqual([5, 3, 2, 4]);
});

test('the worst of no findings is nothing', () => {
  expect(worstOf([])).toBeNull();
  expect(worstOf([{severity: 'info'}, {severity: 'warning'}])).toBe('warning');
});
