import assert from 'node:assert/strict';
import {ask} from './known.mjs';
import {accessibilityFaults, openScreen, pixelOf, world} from './screen.mjs';
import {across, answered, clicks, drawn, makeDraft, middle, onABorder, onAGrid, ready, rings, sends, shapes, sharedVertex, tierOf} from './redraw.mjs';
import {noSidewaysScroll} from './shots.mjs';
import {REFUSALS, storyOn} from './story.mjs';

const story = (name, tell) => storyOn(`drag: ${name}`, tell, {expected: REFUSALS});

const PHONE = {width: 390, height: 844, touch: true};

/** A vertex in which exactly three siblings meet, away from anybody else. */
function corner(grids) {
  const about = new Map();
  for (const g of grids) for (const p of rings(g).flatMap((r) => r.slice(1))) about.set(String(p), [...(about.get(String(p)) ?? []), [g, p]]);
  const edges = new Map();
  for (const g of grids) for (const r of rings(g)) for (let i = 1; i < r.length; i++) edges.set(`${r[i - 1]} ${r[i]}`, g);
  for (const meet of about.values()) {
    const [[g, at]] = meet;
    const whole = meet.every(([h, p]) => rings(h).every((r) => r.every((q, i) => i === 0 || (String(q) !== String(p) && String(r[i - 1]) !== String(p)) || edges.has(`${q} ${r[i - 1]}`))));
    if (meet.length === 3 && whole && meet.every(([h]) => h.parent === g.parent)) return at;
  }
  assert.fail('no three siblings meet');
}

/** What the panel says while the hand holds the border, by grid. */
const live = (page) =>
  page.locator('.live tbody tr').evaluateAll((rows) =>
    Object.fromEntries(rows.map((row) => [row.dataset.grid, [...row.querySelectorAll('td')].map((td) => Number(td.firstChild.textContent.replace(/\D/g, '')))])),
  );

/** Drags from a place by so many pixels; what the panel says of so many grids before the release is what the service counts after it. */
async function dragged(screen, at, dx, dy, grids) {
  const {page} = screen;
  const from = await pixelOf(page, at);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + dx, from.y + dy, {steps: 4});
  await page.locator('.live tbody tr').nth(grids - 1).waitFor(); // who lives there may come while the border is in the hand
  const told = await live(page);
  assert.equal(Object.keys(told).length, grids, 'all sides are told');
  return {told, answer: await sends(page, () => page.mouse.up())};
}

function judged(told, answer, tier) {
  const counts = new Map(answer.effects.counts.filter((c) => c.tier === tier).map((c) => [String(c.grid.id), [c.after.households, c.after.persons_resident]]));
  for (const [id, held] of Object.entries(told)) if (counts.has(id)) assert.deepEqual(held, counts.get(id), `grid ${id}`);
  return counts.size;
}

async function borders(screen, facts) {
  const tier = tierOf(facts.plan);
  const {at} = sharedVertex((await drawn(facts.base, facts.plan.id, tier)).grids);
  await makeDraft(screen, facts, `&tier=${tier}&lang=en#14/${at[1]}/${at[0]}`);
  await screen.page.keyboard.press('r');
  await ready(screen.page);
  const {told, answer} = await dragged(screen, at, 40, 30, 2);
  judged(told, answer, tier);
}

async function corners(screen, facts) {
  const tier = tierOf(facts.plan);
  const at = corner((await drawn(facts.base, facts.plan.id, tier)).grids);
  await makeDraft(screen, facts, `&tier=${tier}&lang=en#14/${at[1]}/${at[0]}`);
  await screen.page.keyboard.press('r');
  await ready(screen.page);
  const {told, answer} = await dragged(screen, at, 12, 9, 3);
  assert.equal(answer.grids.filter((g) => g.after?.tier === tier).length, 3, 'the ground of all three changed');
  judged(told, answer, tier);
}

/** Two planners in one draft see each other; the one that is cut off draws on old ground, is told, and goes on on the new. */
async function together(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, grid, view, draft} = await onAGrid(screen, facts);
  const other = await openScreen(facts.browser, base);
  try {
    await other.go(`?plan=${draft}&tier=${tier}&tab=redraw&lang=zh-CN${view}`);
    await page.getByText('Open on 1 other page').waitFor();
    await other.page.getByText('此草案还在另外 1 个页面打开').waitFor();

    // Cut off from events, the other page keeps the ground it has.
    await other.page.route('**/v1/events**', (route) => route.abort());
    await other.page.reload();
    await other.settle();
    await page.getByText('Open on 1 other page').waitFor({state: 'detached'});
    await other.page.keyboard.press('s');
    await ready(other.page);
    await page.keyboard.press('s');
    await ready(page);
    await clicks(page, across(grid));
    await sends(page, () => page.keyboard.press('Enter'));

    await clicks(other.page, across(grid));
    const done = answered(other.page);
    await other.page.keyboard.press('Enter');
    assert.equal((await done).status(), 412);
    await other.page.getByText('网格已重新载入，请查看后再画一次。').waitFor();
    await ready(other.page);
    await other.page.keyboard.press('Escape');
    const part = (await drawn(base, draft, tier)).grids.find((g) => g.id === grid.id);
    await clicks(other.page, across(part));
    await sends(other.page, () => other.page.keyboard.press('Enter')); // on the new ground it goes on
    assert.deepEqual(await accessibilityFaults(other.page), []);
  } finally {
    await other.close();
  }
}

/** A small grid and the neighbour it can be given to, with a place in each. */
async function giftOf({base, plan}) {
  const below = plan.tiers.find((t) => t.class === 'grid');
  const above = plan.tiers.find((t) => t.rank === below.rank - 1); // every one of these has grids under it
  const atoms = (await drawn(base, plan.id, below.code)).grids;
  const {grids} = await drawn(base, plan.id, above.code);
  const touching = (a, b) => rings(a).flat().some((p) => rings(b).flat().some((q) => String(p) === String(q)));
  const pairs = atoms.flatMap((atom) => {
    const home = grids.find((g) => g.id === atom.parent);
    const to = home && atoms.filter((a) => a.parent === atom.parent).length > 1 && grids.find((g) => g.id !== home.id && g.parent === home.parent && touching(g, atom));
    return to ? [{atom, to}] : [];
  });
  assert.ok(pairs.length > 0, 'a small grid touches a neighbour of its parent');
  const [{atom, to}] = pairs;
  const inside = async ({id}) => (await ask(base, `/v1/plans/${plan.id}/grids/${id}?geometry=none`)).interior;
  const [target, from] = await Promise.all([inside(to), inside(atom)]);
  return {tier: above.code, atom, to, target, from};
}

/** A small grid goes to the neighbour whole, with all who live there: by mouse, and by finger. */
async function paints(screen, facts, {take, point, give}) {
  const {base} = facts;
  const {page} = screen;
  const {tier, atom, to, target, from} = await giftOf(facts);
  // Both places are in view, below what lies over the map on a phone.
  const [[x, y], [u, v]] = [world(target, 0), world(from, 0)];
  const zoom = Math.min(13.5, Math.log2(100 / Math.max(Math.abs(x - u), Math.abs(y - v), 1e-9)));
  const lat = Math.max(target[1], from[1]) + (40 * 360) / (512 * 2 ** zoom);
  const draft = await makeDraft(screen, facts, `&tier=${tier}&lang=en#${zoom.toFixed(2)}/${lat}/${(target[0] + from[0]) / 2}`);
  await take(page);
  await ready(page);
  await point(page, target);
  await page.getByText('Point at the small grids').waitFor();
  await point(page, from); // what lies there may come after the key that gives it
  await sends(page, () => give(page));
  assert.equal((await ask(base, `/v1/plans/${draft}/grids/${atom.id}?geometry=none`)).parent, to.id);
}

const mouse = {take: (page) => page.keyboard.press('p'), point: (page, place) => clicks(page, [place]), give: (page) => page.keyboard.press('Enter')};

const tap = async (page, place) => {
  const {x, y} = await pixelOf(page, place);
  await page.touchscreen.tap(x, y);
};

const finger = {take: (page) => page.getByRole('button', {name: /^Paint/}).tap(), point: tap, give: (page) => page.locator('.redraw-hint .is-main').tap()};

/** An arrow moves the map by so many pixels. */
const ARROW_PX = 100;

/** The same by the keyboard alone: the crosshair picks with the space bar, the arrows carry it there. */
async function paintsByKeys(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, atom, to, target, from} = await giftOf(facts);
  const steps = (zoom) => [0, 1].map((i) => (world(from, zoom)[i] - world(target, zoom)[i]) / ARROW_PX);
  const off = (zoom) => Math.max(...steps(zoom).map((n) => Math.abs(n - Math.round(n))));
  const [zoom] = Array.from({length: 200}, (_, i) => 12 + i / 100).sort((a, b) => off(a) - off(b)); // at which the arrows come nearest
  const draft = await makeDraft(screen, facts, `&tier=${tier}&lang=en#${zoom}/${target[1]}/${target[0]}`);
  await page.keyboard.press('p');
  await ready(page);
  await page.locator('.map-box canvas').focus();
  await page.keyboard.press('Space');
  await page.getByText('Point at the small grids').waitFor();
  const [right, down] = steps(zoom).map(Math.round);
  for (const [key, n] of [[right > 0 ? 'ArrowRight' : 'ArrowLeft', right], [down > 0 ? 'ArrowDown' : 'ArrowUp', down]]) {
    for (let i = 0; i < Math.abs(n); i++) {
      await page.keyboard.press(key);
      await screen.settle();
    }
  }
  await ready(page);
  await page.keyboard.press('Space');
  await sends(page, () => page.keyboard.press('Enter'));
  assert.equal((await ask(base, `/v1/plans/${draft}/grids/${atom.id}?geometry=none`)).parent, to.id);
}

/** A finger gives ground to a neighbour by a lasso around the vertex they share. */
async function lassoByFinger(screen, facts) {
  const {base, plan} = facts;
  const {page} = screen;
  const tier = tierOf(plan);
  const {at: [lon, lat], grid, other} = sharedVertex((await drawn(base, plan.id, tier)).grids);
  const px = 360 / (512 * 2 ** 14); // degrees of longitude
  const draft = await makeDraft(screen, facts, `&tier=${tier}&lang=en#14/${lat + 90 * px}/${lon}`); // the vertex lies below what lies over the map
  const before = await shapes(base, draft, tier);
  await page.getByRole('button', {name: /^Transfer/}).tap();
  await ready(page);
  const r = 35 * px;
  const around = [[lon - r, lat - r], [lon + r, lat - r], [lon + r, lat + r], [lon - r, lat + r]];
  const lies = await Promise.all(around.map(async ([x, y]) => (await ask(base, `/v1/locate?plan=${draft}&lon=${x}&lat=${y}`)).chain.find((g) => g.tier === tier)?.id));
  const taker = around[lies.findIndex((id) => id === grid.id || id === other.id)];
  await tap(page, taker);
  await page.getByText('Click around the ground it takes').waitFor();
  for (const place of around) await tap(page, place);
  const {op, grids} = await sends(page, () => page.locator('.redraw-hint .is-main').tap());
  assert.equal(op, 'transfer');
  const after = await shapes(base, draft, tier);
  assert.deepEqual([...before.keys()].filter((id) => before.get(id) !== after.get(id)).sort(), grids.filter((g) => g.after?.tier === tier).map((g) => g.id).sort());
  await noSidewaysScroll(page);
}

/** A finger on a phone takes a tool, drags a border that follows it while the map stands still, and splits by taps. */
async function fingers(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, at, grid, draft} = await onABorder(screen, facts);
  const cdp = await page.context().newCDPSession(page);
  const touch = (type, ...points) => cdp.send('Input.dispatchTouchEvent', {type, touchPoints: points.map(([x, y]) => ({x, y}))});
  await page.getByRole('button', {name: /^Reshape/}).tap();
  await ready(page);
  await screen.settle();
  const view = new URL(page.url()).hash;
  const {x, y} = await pixelOf(page, at);
  await touch('touchStart', [x, y]);
  for (const step of [6, 12, 18]) await touch('touchMove', [x + step, y + step / 2]);
  await page.locator('.redraw-hint', {hasText: 'change hands'}).waitFor();
  assert.equal((await sends(page, () => touch('touchEnd'))).op, 'reshape');
  assert.equal(new URL(page.url()).hash, view, 'the map stood still');
  await ready(page);

  await page.getByRole('button', {name: /^Split/}).tap();
  await ready(page);
  const now = (await drawn(base, draft, tier)).grids.find((g) => g.id === grid.id);
  await page.goto(`${base}/?plan=${draft}&tier=${tier}&tab=redraw&lang=en#13/${middle(now.bounds)[1]}/${middle(now.bounds)[0]}`);
  await page.reload();
  await screen.settle();
  await page.getByRole('button', {name: /^Split/}).tap();
  await ready(page);
  await screen.settle();
  for (const place of across(now)) await tap(page, place);
  await sends(page, () => page.locator('.redraw-hint .is-main').tap());
  await noSidewaysScroll(page);
}

export const drags = [
  story('a small grid is painted over to the neighbour', (screen, facts) => paints(screen, facts, mouse)),
  storyOn('drag: a finger on a phone paints a small grid over to the neighbour', (screen, facts) => paints(screen, facts, finger), {expected: REFUSALS, ...PHONE}),
  story('the keyboard alone paints a small grid over to the neighbour', paintsByKeys),
  storyOn('drag: a finger on a phone gives ground by a lasso', lassoByFinger, {expected: REFUSALS, ...PHONE}),
  story('two planners in one draft see each other, and the stale one recovers', together),
  story('what the panel counts while a border is dragged is what the service counts then', borders),
  story('a corner of three grids moves, and all three follow', corners),
  storyOn('drag: a finger on a phone drags a border and splits a grid', fingers, {expected: REFUSALS, ...PHONE}),
];
