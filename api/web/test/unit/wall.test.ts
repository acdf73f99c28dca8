import {validateStyleMin} from '@maplibre/maplibre-gl-style-spec';
import {describe, expect, test} from 'vitest';
import {ApiError} from '../../src/api/client';
import {concerns, type RevisionEvent} from '../../src/api/events';
import type {Place, Standing} from '../../src/api/standing';
import {LANGS} from '../../src/i18n/dictionary';
import {broken} from '../../src/i18n/lines';
import {tilesOf} from '../../src/map/freshness';
import {bordersOf, drawn, NONE, newest, ringsOf, spot, tell, type Aheads} from '../../src/wall/ahead';
import {isUnknownUnit, refusalOf} from '../../src/wall/data';
import {groundsOf, hear, SHOWN_MS, unseen, type Fresh} from '../../src/wall/fresh';
import {ageOf, heed, patience, QUIET_MS, type Link} from '../../src/wall/link';
import {breaksOf, CLASSES, classOf, figureOf, pagesOf, ranked} from '../../src/wall/ranking';
import {colourOf, legendOf, mayShow, RAMP, shadesOf, wallStyle, type WallScene} from '../../src/wall/scene';
import {strokesOf, type Stroke} from '../../src/wall/strokes';
import {aboveOf, HOLD_MS, meaningOf, step, type Action, type Wall} from '../../src/wall/steps';
import {advance, START as AT_HOME, type Tour} from '../../src/wall/tour';
import {formatView, parseView, RANKS, START, type View} from '../../src/wall/view';
import {BASEMAPS, grid, plan} from './samples';

const none = {no_leader: 0, gap: 0, short: 0, lacking: 0};

const place = (id: number, households: number, more: Partial<Place> = {}): Place => ({
  ...grid(id, 'township'),
  drawn: true,
  bounds: [111.4, 38.1, 111.6, 38.3],
  counts: {households, persons_resident: 3 * households, persons_registered: 0, occupied: 0, workers: 2, grid_workers: 2},
  alarms: none,
  ...more,
});

const standing = (places: Place[], more: Partial<Standing> = {}): Standing => ({
  plan: 7,
  revision: 12,
  as_of: '2026-01-15',
  unit: {...grid(1, 'county'), rank: 0, drawn: true, bounds: [111.4, 38.1, 112, 38.6], counts: place(1, 900).counts},
  chain: [grid(1, 'county')],
  pass: false,
  summary: {grids: {}, covered_pct: 100, households: {total: 900, located: 900, in_one: 900, in_none: 0, in_many: 0}, grids_without_worker: 0},
  alarm_counts: none,
  places,
  alarms: [],
  ...more,
});

describe('the address of a view', () => {
  const views: View[] = [
    START,
    {...START, lang: 'en', territory: 3, plan: 9, unit: '990103100000', rank: 'lacking', rotate: 15, depth: 2, size: 130},
    {...START, at: [111.5000001, 38.25]},
    {...START, at: [-0.5, -10], unit: 'a b/c&d', rotate: 3600},
  ];

  test.each(views.map((v) => [formatView(v), v] as const))('%s says all of it', (text, view) => {
    expect(parseView(text)).toEqual(view);
    expect(formatView(parseView(text))).toBe(text);
  });

  test('every choice changes the address', () => {
    const other: View = {lang: 'en', territory: 2, plan: 2, unit: 'x', at: [1, 2], rank: 'load', rotate: 9, depth: 3, size: 80, basemap: 'img'};
    const texts = (Object.keys(other) as (keyof View)[]).map((key) => formatView({...START, [key]: other[key]}));
    expect(new Set([...texts, formatView(START)]).size).toBe(texts.length + 1);
  });

  test.each(['?rotate=2', '?rotate=x', '?rotate=-5', '?depth=0', '?size=900', '?rank=persons', '?territory=1.5', '?lang=fr', '?lon=200&lat=10', '?lon=5', '?lon=%20&lat=%20'])(
    '%s means nothing',
    (text) => expect(parseView(text)).toEqual(START),
  );
});

describe('steps', () => {
  const wall = (view: Partial<View> = {}, focus: string | null = null): Wall => ({view: {...START, ...view}, focus, heldUntil: 0});
  const ring = ['a', 'b', 'c'];

  test('the arrow keys go round the ranking, and Enter goes in', () => {
    let w = wall();
    const seen = [1, 1, 1, 1, -1].map((by) => (w = step(w, {do: 'point', by: by as 1 | -1, ranked: ring}, 5)).focus);
    expect(seen).toEqual(['a', 'b', 'c', 'a', 'c']);
    w = step(w, {do: 'enter'}, 5);
    expect([w.view.unit, w.focus]).toEqual(['c', null]);
    expect(step(w, {do: 'enter'}, 5).view.unit).toBe('c');
    expect(step(wall(), {do: 'point', by: 1, ranked: []}, 5).focus).toBeNull();
  });

  test('back leaves a place, then goes up and points at where it came from', () => {
    let w = wall({unit: 'a1', at: [1, 2]}, 'x');
    w = step(w, {do: 'back', above: 'a'}, 5);
    expect([w.view.at, w.view.unit]).toEqual([null, 'a1']);
    w = step(w, {do: 'back', above: 'a'}, 5);
    expect([w.focus, w.view.unit]).toEqual(['a1', 'a']);
    w = step(w, {do: 'back', above: null}, 5);
    expect([w.focus, w.view.unit]).toEqual(['a', null]);
    w = step(w, {do: 'back', above: null}, 5);
    expect([w.focus, w.view.unit]).toEqual([null, null]);
  });

  test('what is above is known before the answer is there', () => {
    const chain = ['t', 'a', 'a1', 'a11'].map((code) => ({code}));
    expect(['a11', 'a1', 'a', 't', null].map((unit) => aboveOf(unit, chain))).toEqual(['a1', 'a', null, null, null]);
    expect(aboveOf('a111', chain)).toBe('a11'); // a part just gone into
    expect(aboveOf('a', chain.slice(0, 1))).toBeNull();
    expect(aboveOf('a', [])).toBeNull();
  });

  test('left and right go through all rankings', () => {
    const seen = RANKS.map((_, i) => RANKS.slice(0, i).reduce((w) => step(w, {do: 'turn', by: 1}, 5), wall()).view.rank);
    expect(seen).toEqual([...RANKS]);
    expect(step(wall(), {do: 'turn', by: -1}, 5).view.rank).toBe(RANKS.at(-1));
  });

  test('whoever touches a key holds the rotation; the rotation itself does not', () => {
    const acts: Action[] = [{do: 'enter'}, {do: 'unit', unit: 'a'}, {do: 'ask', at: [1, 2]}, {do: 'rank', rank: 'load'}, {do: 'language', lang: 'en'}, {do: 'back', above: null}];
    for (const act of acts) expect(step(wall(), act, 1000).heldUntil).toBe(1000 + HOLD_MS);
    expect(step(wall({at: [1, 2]}), {do: 'advance', unit: 'a'}, 1000)).toEqual(wall({unit: 'a'}));
    const on = step(wall(), {do: 'rotate'}, 1000);
    expect([on.view.rotate > 0, on.heldUntil]).toEqual([true, 0]);
    expect(step(on, {do: 'rotate'}, 1000).view.rotate).toBe(0);
  });

  test('keys of keyboards and remote controls', () => {
    expect(['ArrowDown', 'Enter', 'Backspace', 'GoBack', 'Escape', 'R', 'MediaPlayPause', 'x', 'F5'].map(meaningOf)).toEqual([
      'next', 'enter', 'back', 'back', 'back', 'rotate', 'rotate', undefined, undefined,
    ]);
  });
});

describe('the rotation', () => {
  const tree: Record<string, string[]> = {'': ['a', 'b', 'c'], a: ['a1', 'a2'], b: [], c: ['c1'], a1: ['a11'], a2: [], c1: [], a11: []};
  /** The units shown from one on. */
  const walk = (from: string | null, depth: number, steps: number) => {
    let [tour, unit]: [Tour, string | null] = [AT_HOME, from];
    return Array.from({length: steps}, () => {
      ({tour, unit} = advance(tour, {unit, parts: tree[unit ?? ''] ?? []}, depth));
      return unit;
    });
  };

  test('one tier deep', () => expect(walk(null, 1, 5)).toEqual(['a', 'b', 'c', null, 'a']));
  test('two tiers deep', () => expect(walk(null, 2, 8)).toEqual(['a', 'a1', 'a2', 'b', 'c', 'c1', null, 'a']));
  test('three tiers deep', () => expect(walk(null, 3, 4)).toEqual(['a', 'a1', 'a11', 'a2']));
  test('begun at a unit, it goes on from the whole', () => expect(walk('c', 1, 3)).toEqual([null, 'a', 'b']));
  test('a territory without parts stays', () => expect(advance(AT_HOME, {unit: null, parts: []}, 2)).toEqual({tour: AT_HOME, unit: null}));

  test('somebody who goes elsewhere by key ends the round', () => {
    const first = advance(AT_HOME, {unit: null, parts: ['a', 'b', 'c']}, 1);
    expect(advance(first.tour, {unit: 'c', parts: []}, 1).unit).toBeNull();
  });
});

describe('ranking', () => {
  const places = [place(1, 50), place(2, 400), place(3, 50, {alarms: {no_leader: 1, gap: 2, short: 1, lacking: 7}})];

  test('by each figure, the largest first, equals by code', () => {
    expect(ranked(places, 'households').map((p) => p.id)).toEqual([2, 1, 3]);
    expect(ranked(places, 'alarms').map((p) => [p.id, figureOf(p, 'alarms')])).toEqual([[3, 4], [1, 0], [2, 0]]);
    expect(figureOf(places[2]!, 'lacking')).toBe(7);
    expect(figureOf(places[1]!, 'load')).toBe(200);
  });

  test('a place without workers has no load, and stands last', () => {
    const idle = place(9, 1000, {counts: {...places[0]!.counts, grid_workers: 0}});
    expect(figureOf(idle, 'load')).toBeNull();
    expect(ranked([idle, ...places], 'load').at(-1)).toBe(idle);
  });

  test('classes hold about as many places each, and never more classes than figures', () => {
    const many = Array.from({length: 100}, (_, i) => place(i + 1, i));
    const breaks = breaksOf(many, 'households');
    expect(breaks).toEqual([20, 40, 60, 80]);
    const sizes = Array.from({length: CLASSES}, (_, k) => many.filter((p) => classOf(p.counts.households, breaks) === k).length);
    expect(sizes).toEqual([20, 20, 20, 20, 20]);
    expect(breaksOf(many, 'alarms')).toEqual([]);
    expect(breaksOf([], 'households')).toEqual([]);
    expect(breaksOf(places, 'households')).toEqual([400]);
  });

  test('pages', () => expect([0, 1, 8, 9, 17].map((n) => pagesOf(n, 8))).toEqual([1, 1, 1, 2, 3]));
});

describe('contact with the service', () => {
  const start: Link = {live: false, heard: 7, sign: 100, tries: 0};

  test('is lost and comes back with all that was heard', () => {
    const lost = [1, 2, 3].reduce((l) => heed(l, {is: 'lost'}), heed(start, {is: 'alive', at: 200, revision: 9}));
    expect(lost).toEqual({live: false, heard: 9, sign: 200, tries: 3});
    expect(heed(lost, {is: 'alive', at: 900})).toEqual({live: true, heard: 9, sign: 900, tries: 0});
    expect(heed(lost, {is: 'alive', at: 900, revision: 4}).heard).toBe(9);
  });

  test('is tried for ever, more and more patiently, never at one moment by all', () => {
    const waits = Array.from({length: 12}, (_, i) => patience(i + 1, 0));
    expect(waits.slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 15_000]);
    expect(Math.max(...waits)).toBe(15_000);
    expect(patience(5000, 1)).toBe(22_500);
    expect(patience(1, 0.5)).toBeGreaterThan(patience(1, 0));
    expect(QUIET_MS).toBeGreaterThan(15_000); // the service's own pulse
  });

  test.each([[7_000, '0:07'], [750_000, '12:30'], [11_100_000, '3:05:00'], [-5, '0:00']])('%d ms are %s', (ms, text) => expect(ageOf(ms)).toBe(text));
});

describe('what the service refuses', () => {
  const unit = new ApiError(400, 'Bad request', 'unit: the plan has no grid "9"', {field: 'unit'});
  const other = new ApiError(400, 'Bad request', 'as_of: "x" is no day', {field: 'as_of'});
  const gone = new ApiError(404, 'Not found', 'plan 99');

  test('only an unknown unit leads back to the whole', () => {
    expect([unit, other, gone, new ApiError(500, 'x', '', {field: 'unit'}), new Error('x'), null].map(isUnknownUnit)).toEqual([true, false, false, false, false, false]);
  });

  test('all else is shown as what it is; no answer at all is not a refusal', () => {
    expect(refusalOf([null, other, gone], false)).toBe(other);
    expect(refusalOf([null, new ApiError(0, 'Failed to fetch'), gone], false)).toBe(gone);
    expect(refusalOf([null, unit], true)).toBeNull();
    expect(refusalOf([new ApiError(0, 'Failed to fetch'), new Error('x')], false)).toBeNull();
  });
});

describe('what events tell of the ground', () => {
  const square: GeoJSON.Polygon = {type: 'Polygon', coordinates: [[[111, 38], [111.1, 38], [111.1, 38.1], [111, 38.1], [111, 38]]]};
  const larger: GeoJSON.Polygon = {type: 'Polygon', coordinates: [[[111, 38], [111.2, 38], [111.2, 38.1], [111, 38.1], [111, 38]]]};
  const event = (revision: number, grids: number, first = 1000 * revision): RevisionEvent => ({
    territory: 1,
    plan: 7,
    revision,
    op: 'reshape',
    grids: Array.from({length: grids}, (_, i) => ({id: first + i, code: `${i}`, tier: 'micro', kind: 'general', change: 'changed', redrawn: true, before: square, after: larger})),
  });

  test('of what is told the ground as it is now stands out, the newest over the others', () => {
    const shown = hear(hear([], event(1, 2), 0), event(2, 1), 10);
    expect(shown.map((f) => [...f.grounds.keys()])).toEqual([[2000], [1000, 1001]]);
    expect(groundsOf(shown)).toEqual([1, 2, 3].map(() => ringsOf(larger)));
  });

  test('what is told of a grid takes the place of what was told before: an undone split leaves no line', () => {
    const shown = hear(hear(hear([], event(1, 2, 5), 0), event(2, 1, 9), 5), event(3, 1, 6), 10);
    expect(shown.map((f) => [...f.grounds.keys()])).toEqual([[6], [9], [5]]);
  });

  test('grids that were not redrawn, are too long to tell, or are gone, do not stand out', () => {
    const common = {code: '1', tier: 'micro', kind: 'general'} as const;
    const quiet: RevisionEvent = {
      ...event(1, 0),
      grids: [
        {...common, id: 1, change: 'changed', redrawn: false, before: square},
        {...common, id: 2, change: 'created', redrawn: true},
        {...common, id: 3, change: 'retired', redrawn: true, before: square},
      ],
    };
    expect(hear([], quiet, 0)).toEqual([]);
  });

  test('a corner more in an outline is no ground that changed hands, a dent is', () => {
    const told = (after: GeoJSON.Geometry): RevisionEvent => ({...event(1, 0), grids: [{...event(1, 1).grids![0]!, before: square, after}]});
    const corner = (x: number): GeoJSON.Polygon => ({type: 'Polygon', coordinates: [[[111, 38], [x, 38], [111.1, 38], [111.1, 38.1], [111, 38.1], [111, 38]]]});
    expect(hear([], told(corner(111.0417)), 0)).toEqual([]);
    expect(hear([], told({...corner(111), coordinates: [[[111, 38], [111.01, 38.00000005], [111.02, 38], [111.1, 38], [111.1, 38.1], [111, 38.1], [111, 38]]]}), 0)).toEqual([]);
    const dent: GeoJSON.Polygon = {type: 'Polygon', coordinates: [[[111, 38], [111.05, 38.000001], [111.1, 38], [111.1, 38.1], [111, 38.1], [111, 38]]]};
    expect(hear([], told(dent), 0)).toHaveLength(1);
    expect(hear([], told({type: 'MultiPolygon', coordinates: [square.coordinates]}), 0)).toEqual([]);
  });

  test('a change is seen for a while, then gone', () => {
    const shown = hear([], event(1, 1), 1000);
    expect(unseen(shown, 1000 + SHOWN_MS - 1)).toHaveLength(1);
    expect(unseen(shown, 1000 + SHOWN_MS)).toHaveLength(0);
    expect(hear(shown, event(2, 1), 1000 + SHOWN_MS)).toHaveLength(1);
  });

  test('a storm of events leaves no more than a wall can carry', () => {
    let shown: readonly Fresh[] = [];
    for (let i = 0; i < 5000; i++) shown = hear(shown, event(i, 12), i);
    expect(groundsOf(shown).length).toBeLessThanOrEqual(300);
    expect(groundsOf(shown).length).toBeGreaterThan(250);
    expect(groundsOf(hear([], event(1, 900), 0))).toHaveLength(900); // one edit is always drawn whole
  });

  test('drafts of others are not the business of a wall', () => {
    expect(concerns(event(1, 1), 8)).toBe(false);
    expect(concerns(event(1, 1), 7)).toBe(true);
  });
});

describe('what is drawn ahead of the tiles', () => {
  /** A box of ground from west to east, all of one height. */
  const box = (west: number, east: number): GeoJSON.Polygon => ({type: 'Polygon', coordinates: [[[west, 38], [east, 38], [east, 39], [west, 39], [west, 38]]]});
  type Told = NonNullable<RevisionEvent['grids']>[number];
  const told = (id: number, before: GeoJSON.Polygon | null, after: GeoJSON.Polygon | null, tier = 'township'): Told => ({
    id,
    code: `g${id}`,
    tier,
    kind: 'general',
    name: {zh: `网格${id}`, en: `Grid ${id}`},
    change: before ? (after ? 'changed' : 'retired') : 'created',
    redrawn: true,
    ...(before && {before}),
    ...(after && {after, interior: [(after.coordinates[0]![0]![0]! + after.coordinates[0]![1]![0]!) / 2, 38.5] as const}),
  });
  const edit = (revision: number, ...grids: Told[]): RevisionEvent => ({territory: 1, plan: 7, revision, op: 'edit', grids});
  const split = edit(5, told(3, box(111, 113), box(111, 112)), told(9, null, box(112, 113)));
  const undone = edit(6, told(3, box(111, 112), box(111, 113)), told(9, box(112, 113), null));
  const lons = (aheads: Aheads, what: 'gone' | 'come' | 'same') =>
    bordersOf([...aheads.values()])[what].filter(([a, b]) => a[0] === b[0]).map(([a]) => Math.round(10 * (a[0] * 360 - 180)) / 10);

  test('a split brings a border, and its undoing takes it away again', () => {
    const after = tell(NONE, split);
    expect([lons(after, 'come'), lons(after, 'gone'), lons(after, 'same').toSorted()]).toEqual([[112], [], [111, 113]]);
    const back = tell(after, undone);
    expect([lons(back, 'come'), lons(back, 'gone')]).toEqual([[], [112]]); // a tile that came between shows the split
    const shown = tell(drawn(after, 5), undone);
    expect([lons(shown, 'come'), lons(shown, 'gone')]).toEqual([[], [112]]);
  });

  test('it goes when tiles show it, but for what was told since', () => {
    const both = tell(tell(NONE, split), edit(7, told(3, box(111, 112), box(111, 111.5))));
    expect(drawn(both, 4)).toBe(both);
    const since = drawn(both, 5);
    expect([...since.keys()]).toEqual([3]);
    expect(since.get(3)!.was).toEqual(ringsOf(box(111, 112)));
    expect(newest(since.get(3)!)!.is).toEqual(ringsOf(box(111, 111.5)));
    expect(drawn(both, 7).size).toBe(0);
  });

  test('a tile that came between two changes shows what neither the first nor the last has', () => {
    const redone = {...split, revision: 7};
    const after = tell(tell(drawn(tell(NONE, split), 5), undone), redone);
    expect([lons(after, 'come'), lons(after, 'gone'), lons(after, 'same').toSorted()]).toEqual([[112], [], [111, 113]]);
    const strokes = strokesOf(scene(), after, []);
    expect(of(strokes, 'ground').map((s) => s.but)).toEqual([[], []]);
    const there = tell(NONE, edit(5, told(3, box(111, 112), box(111, 112.5)), told(4, box(112, 113), box(112.5, 113))));
    const back = tell(there, edit(6, told(3, box(111, 112.5), box(111, 112)), told(4, box(112.5, 113), box(112, 113))));
    expect([lons(back, 'come'), lons(back, 'gone')]).toEqual([[112], [112.5]]);
    expect(of(strokesOf(scene(), back, []), 'name')).toHaveLength(2); // what the ground covers is written anew
  });

  test('what is too long to tell waits for its tiles, and nothing of before stands in for it', () => {
    const {after: _, ...long} = told(3, box(111, 112), box(111, 114));
    expect([...tell(tell(NONE, split), edit(6, long)).keys()]).toEqual([9]);
    expect(tell(NONE, edit(6, {...told(4, null, box(111, 112)), kind: 'task'}))).toBe(NONE);
  });

  test('a storm leaves no more than a wall can carry', () => {
    let aheads = NONE;
    for (let i = 0; i < 2000; i++) aheads = tell(aheads, edit(i + 1, told(10 + i, null, box(111, 112))));
    expect([aheads.size, [...aheads.keys()].at(-1)]).toEqual([300, 2009]);
    for (let i = 0; i < 2000; i++) aheads = drawn(tell(aheads, i % 2 ? edit(3000 + i, ...split.grids!) : edit(3000 + i, ...undone.grids!)), 3000 + i - 3);
    expect(aheads.size).toBe(2);
    expect(Math.max(...[...aheads.values()].map((u) => u.told.length))).toBe(3);
    for (let i = 0; i < 500; i++) aheads = tell(aheads, edit(6000 + i, told(3, box(111, 112), box(111, 112 + (i % 7) / 10)))); // a tile fails for ever
    expect(aheads.get(3)!.told.length).toBe(100);
  });

  const scene = (more: Partial<WallScene> = {}): WallScene => ({origin: '', plan, standing: standing([place(3, 50), place(4, 400)]), rank: 'households', lang: 'en', scale: 2, focus: null, at: null, basemap: null, ...more});
  const of = <D extends Stroke['do']>(strokes: Stroke[], what: D) => strokes.filter((s): s is Extract<Stroke, {do: D}> => s.do === what);

  test('ground takes the colour of its part, new ground that of the land; names come with it', () => {
    const strokes = strokesOf(scene(), tell(NONE, split), []);
    const shade = colourOf(shadesOf(scene()).get(3));
    expect(RAMP).toContain(shade);
    expect(of(strokes, 'ground').map((s) => [s.colour, s.but])).toEqual([[shade, []], [colourOf(undefined), []]]);
    expect(of(strokes, 'name').map((s) => [s.text, s.size])).toEqual([['Grid 3', 54], ['Grid 9', 54]]);
    expect(of(strokesOf(scene({lang: 'zh-CN'}), tell(NONE, split), []), 'name').map((s) => s.text)).toEqual(['网格3', '网格9']);
  });

  test('where nobody comes or goes only the ground that moves is painted, and no name', () => {
    const aheads = tell(NONE, edit(5, told(3, box(111, 112), box(111, 112.5)), told(4, box(112, 113), box(112.5, 113))));
    const strokes = strokesOf(scene(), aheads, []);
    expect(of(strokes, 'ground').map((s) => s.but)).toEqual([ringsOf(box(111, 112)), ringsOf(box(112, 113))]);
    expect(of(strokes, 'close')[0]!.edges.filter(([a, b]) => a[0] === b[0])).toEqual([[spot([112, 39]), spot([112, 38])]]);
    expect(of(strokes, 'line')[0]!.edges.some(([a, b]) => a[0] === b[0] && a[0] === spot([112.5, 38])[0])).toBe(true);
    expect(of(strokes, 'name')).toEqual([]);
  });

  test('borders that stay are those of the map below, and tiers that it does not show are not painted', () => {
    const strokes = strokesOf(scene(), tell(NONE, split), []);
    const [reveal] = of(strokes, 'reveal');
    const widest = Math.max(...of(strokes, 'line').map((s) => s.width));
    expect(reveal!.edges.length).toBeGreaterThan(0);
    expect(reveal!.width).toBeGreaterThan(widest);
    expect(strokes.indexOf(reveal!)).toBeLessThan(strokes.indexOf(of(strokes, 'line')[0]!));
    const micro = edit(5, told(30, box(111, 113), box(111, 112), 'micro'), told(31, null, box(112, 113), 'micro'));
    expect(strokesOf(scene(), tell(NONE, micro), []).filter((s) => s.do !== 'reveal')).toEqual([]);
  });

  test('ground beside the unit shown is left to its tiles, but stands out', () => {
    const inUnit = scene({standing: standing([place(13, 50)], {unit: {...standing([]).unit, rank: 1}})});
    expect(strokesOf(inUnit, tell(NONE, split), [ringsOf(box(111, 112))]).map((s) => s.do)).toEqual(['light']);
  });

  test('names break between words', () => {
    expect(broken('East Lake Village', (line) => line.length <= 9)).toEqual(['East Lake', 'Village']);
    expect(broken('平川村第三网格', () => false)).toEqual(['平川村第三网格']);
  });
});

describe('changed tiles', () => {
  const world = {west: -180, south: -85, east: 180, north: 85};

  test('only those in view are asked for, at the map’s zoom and a few above', () => {
    const ranges = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((z) => ({z, x: [0, 2 ** z - 1], y: [0, 2 ** z - 1]}) as {z: number; x: [number, number]; y: [number, number]});
    const zooms = new Set(tilesOf(ranges, world, 3).map((t) => t.z));
    expect([...zooms].sort()).toEqual([0, 1, 2, 3]);
    const box = {west: 1, south: 1, east: 2, north: 2};
    expect(tilesOf(ranges, box, 3)).toEqual([
      {z: 0, x: 0, y: 0},
      {z: 1, x: 1, y: 0},
      {z: 2, x: 2, y: 1},
      {z: 3, x: 4, y: 3},
    ]);
  });

  test('tiles outside the ranges are left alone', () => {
    const ranges = [{z: 4, x: [3, 4] as [number, number], y: [5, 5] as [number, number]}];
    expect(tilesOf(ranges, world, 4)).toEqual([{z: 4, x: 3, y: 5}, {z: 4, x: 4, y: 5}]);
    expect(tilesOf(ranges, {west: 100, south: 0, east: 120, north: 20}, 4)).toEqual([]);
  });

  test('beyond the deepest tiles the map enlarges those', () => {
    const ranges = [{z: 16, x: [0, 65_535] as [number, number], y: [0, 65_535] as [number, number]}];
    expect(tilesOf(ranges, {west: 0.001, south: 0.001, east: 0.002, north: 0.002}, 20)).toEqual([{z: 16, x: 32_768, y: 32_767}]);
  });
});

describe('the map of the wall', () => {
  const alarm = {kind: 'gap', rule: 'GEO-4', severity: 'error', subject: {type: 'division'}, at: [111.5, 38.2], message: {zh: '', en: ''}} as const;
  const stands = [
    standing([place(3, 50), place(4, 400)], {alarms: [{...alarm, at: [111.5, 38.2]}, {...alarm, kind: 'no_leader', at: null}]}),
    standing([place(3, 0, {tier: 'village'})], {unit: {...standing([]).unit, tier: 'township', rank: 1}}),
    standing([]),
  ];

  test.each(stands.flatMap((s) => RANKS.flatMap((rank) => LANGS.map((lang) => [rank, lang, s] as const))))('is sound: %s %s', (rank, lang, s) => {
    const style = wallStyle({origin: 'http://localhost:8080', plan, standing: s, rank, lang, scale: 2, focus: 'g3', at: [111.5, 38.2], basemap: null});
    expect(validateStyleMin(style).map((e) => e.message)).toEqual([]);
    for (const l of style.layers) if (l.type !== 'background') expect(style.sources).toHaveProperty(l.source);
    expect(style.glyphs).toBeUndefined();
    expect(new Set(JSON.stringify(style).match(/https?:\/\/[^/"]+/g))).toEqual(new Set(['http://localhost:8080']));
    const over = wallStyle({origin: 'http://localhost:8080', plan, standing: s, rank, lang, scale: 2, focus: null, at: null, basemap: BASEMAPS.raster});
    expect(validateStyleMin(over).map((e) => e.message)).toEqual([]);
    expect(over.layers.slice(0, 3).map((l) => l.type)).toEqual(['background', 'raster', 'raster']);
  });

  test('another plan has sources and layers of its own, over those of the one before', () => {
    const one: WallScene = {origin: '', plan, standing: stands[0]!, rank: 'alarms', lang: 'en', scale: 1, focus: null, at: null, basemap: null};
    const next = {...one, plan: {...plan, id: 8}};
    const both = wallStyle(next, one);
    expect(validateStyleMin(both).map((e) => e.message)).toEqual([]);
    const urls = Object.entries(both.sources).flatMap(([id, s]) => (s.type === 'vector' ? [[id, s.tiles![0]!] as const] : []));
    for (const [id, url] of urls) expect(url).toContain(`/tiles/${id.split('@')[1]}/`);
    expect(new Set(urls.map(([, url]) => url.split('/')[2]))).toEqual(new Set(['7', '8']));
    const plans = both.layers.flatMap((l) => l.id.split('@')[1] ?? []);
    expect(plans.lastIndexOf('7')).toBeLessThan(plans.indexOf('8'));
    expect(wallStyle(next)).toEqual({...both, sources: Object.fromEntries(Object.entries(both.sources).filter(([id]) => !id.endsWith('@7'))), layers: both.layers.filter((l) => !l.id.endsWith('@7'))});
  });

  test('figures change the state of parts, not the style', () => {
    const more: WallScene = {origin: '', plan, standing: standing([place(3, 51), place(4, 7)]), rank: 'alarms', lang: 'en', scale: 1, focus: null, at: null, basemap: null};
    const less = {...more, standing: standing([place(3, 1), place(4, 900, {alarms: {...none, gap: 2}})])};
    expect(wallStyle(more)).toEqual(wallStyle(less));
    expect(shadesOf(more)).not.toEqual(shadesOf(less));
    const idle = standing([place(3, 5, {counts: {...place(3, 5).counts, grid_workers: 0}}), place(4, 7)]);
    expect(colourOf(shadesOf({standing: idle, rank: 'load'}).get(3))).not.toBe(colourOf(undefined));
  });

  test('only sources that may show a change are asked: names always, outlines where one of their tier was redrawn', () => {
    const scene: WallScene = {origin: '', plan, standing: stands[0]!, rank: 'alarms', lang: 'en', scale: 1, focus: null, at: null, basemap: null};
    const sources = Object.keys(wallStyle(scene).sources).filter((id) => id.includes('@'));
    const told = {id: 3, code: 'g3', tier: 'township', kind: 'general', change: 'changed', redrawn: true} as const;
    const asked = (event: Partial<RevisionEvent>) => sources.filter((id) => mayShow(scene, id, {territory: 1, plan: 7, revision: 5, ...event}));
    expect(asked({grids: [told]})).toEqual(['labels@7', 'tier-township@7']);
    expect(asked({grids: [{...told, redrawn: false}]})).toEqual(['labels@7']);
    expect(asked({grids: [], grids_left_out: 4})).toEqual(sources);
  });

  test('an alarm without a place is counted and not drawn', () => {
    const style = wallStyle({origin: '', plan, standing: stands[0]!, rank: 'alarms', lang: 'en', scale: 1, focus: null, at: null, basemap: null});
    expect(style.sources['alarms']).toMatchObject({data: {features: [{properties: {kind: 'gap'}}]}});
  });

  test('the legend tells as many colours apart as there are classes', () => {
    const legend = legendOf({standing: standing([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => place(n, n))), rank: 'households'});
    expect(legend.map((c) => c.from)).toEqual([null, 3, 5, 7, 9]);
    expect(new Set(legend.map((c) => c.colour)).size).toBe(5);
    expect(legendOf({standing: standing([]), rank: 'load'})).toHaveLength(1);
  });
});
