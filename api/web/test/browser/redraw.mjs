import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {ask} from './known.mjs';
import {accessibilityFaults, pixelOf} from './screen.mjs';
import {noSidewaysScroll, OUT, SIZES} from './shots.mjs';
import {REFUSALS, storyOn} from './story.mjs';

export const drawn = (base, plan, tier) => ask(base, `/v1/plans/${plan}/grids?tier=${tier}&kind=general&drawn=true&geometry=full&limit=500`);
export const tierOf = (plan) => plan.tiers.find((t) => t.class === 'grid').code;
export const rings = ({geometry: g}) => (g.type === 'Polygon' ? [g.coordinates] : g.coordinates).flat();
const edges = (grid) => rings(grid).flatMap((r) => r.slice(1).map((b, i) => [r[i], b]));

/** A level line across a grid, from a little outside to a little outside, through a place where it is widest. */
export function across(grid) {
  const [, south, , north] = grid.bounds;
  const lines = [0.35, 0.45, 0.55, 0.65].flatMap((share) => {
    const y = south + share * (north - south);
    const xs = edges(grid).filter(([a, b]) => a[1] > y !== b[1] > y).map(([a, b]) => a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])).sort((a, b) => a - b);
    return xs.length === 2 ? [{y, xs}] : [];
  });
  const [best] = lines.sort((a, b) => b.xs[1] - b.xs[0] - (a.xs[1] - a.xs[0]));
  if (!best) return null;
  const out = (best.xs[1] - best.xs[0]) * 0.04;
  return [[best.xs[0] - out, best.y], [best.xs[1] + out, best.y]];
}

/** A vertex in which two siblings meet and nobody else, with the grid it is part of. */
export function sharedVertex(grids) {
  const owners = new Map();
  for (const g of grids) for (const [a, b] of edges(g)) owners.set(`${a} ${b}`, g);
  for (const g of grids) {
    for (const r of rings(g)) {
      for (let i = 1; i + 1 < r.length; i++) {
        const before = owners.get(`${r[i]} ${r[i - 1]}`);
        const after = owners.get(`${r[i + 1]} ${r[i]}`);
        if (before && before === after && before.parent === g.parent) return {at: r[i], grid: g, other: before};
      }
    }
  }
  assert.fail('no two siblings share a vertex');
}

export const middle = ([west, south, east, north]) => [(west + east) / 2, (south + north) / 2];

/** Makes a draft on the page, as a planner does, and opens it; returns its id. */
export async function makeDraft(screen, {base, plan}, query) {
  await screen.go(`?plan=${plan.id}&tab=redraw${query}`);
  const {page} = screen;
  await page.locator('.life .field').fill(`browser ${Date.now()}`);
  await page.locator('.life .is-main').click();
  await page.locator('.redraw-tools').waitFor();
  await screen.settle();
  const id = Number(new URL(page.url()).searchParams.get('plan'));
  assert.equal((await ask(base, `/v1/plans/${id}`)).state, 'draft');
  return id;
}

/** A grid that a level line can split, with the grids about it and the view in which it is worked on. */
export async function splittable({base, plan}) {
  const tier = tierOf(plan);
  const {grids} = await drawn(base, plan.id, tier);
  const grid = grids.find((g) => across(g));
  const [lon, lat] = middle(grid.bounds);
  return {tier, grids, grid, view: `#13.2/${lat}/${lon}`};
}

/** A draft with a grid in view that a level line can split. */
export async function onAGrid(screen, facts, lang = 'en') {
  const found = await splittable(facts);
  const draft = await makeDraft(screen, facts, `&tier=${found.tier}&lang=${lang}${found.view}`);
  return {...found, draft};
}

/** A draft with a vertex in the middle in which two siblings meet. */
export async function onABorder(screen, facts, zoom = 14) {
  const tier = tierOf(facts.plan);
  const shared = sharedVertex((await drawn(facts.base, facts.plan.id, tier)).grids);
  const draft = await makeDraft(screen, facts, `&tier=${tier}&lang=en#${zoom}/${shared.at[1]}/${shared.at[0]}`);
  return {tier, draft, ...shared};
}

/** Clicks the places one after another, with the map standing still. */
export async function clicks(page, places) {
  for (const place of places) {
    const {x, y} = await pixelOf(page, place);
    await page.mouse.click(x, y);
  }
}

export const answered = (page) => page.waitForResponse((r) => r.request().method() === 'POST' && r.url().includes('/v1/plans/'));

/** Does something that is sent to the draft, and waits until the page shows what was answered; returns the answer. */
export async function sends(page, act) {
  const [response] = await Promise.all([answered(page), act()]);
  assert.equal(response.status(), 200, await response.text());
  const answer = await response.json();
  await savedAt(page, answer.revision);
  return answer;
}

/** The page shows a revision of the draft, and nothing that is not sent. */
const savedAt = (page, revision) =>
  page.locator('[data-strip=saved]', {hasText: new RegExp(`(revision|修订) ${revision.toLocaleString('en')}$`)}).waitFor({state: 'attached'});

/** The page has drawn what it knows. */
export const drawnAnew = (page) => page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));

export const ready = (page) => page.locator('.redraw-hint p', {hasNotText: /Loading|正在载入/}).waitFor();

/** What one looks at: grids of the tier by id with their ground. */
export const shapes = async (base, plan, tier) =>
  new Map((await drawn(base, plan, tier)).grids.map((g) => [g.id, JSON.stringify(g.geometry)]));

async function splitUndoRedo(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, grids, grid, draft} = await onAGrid(screen, facts);
  const before = await shapes(base, draft, tier);

  // Split by a drawn line, with letters and Enter.
  await page.keyboard.press('s');
  await ready(page);
  await clicks(page, across(grid));
  const split = await sends(page, () => page.keyboard.press('Enter'));
  assert.equal(split.op, 'split');
  await page.getByText('split · revision').waitFor();
  const after = await shapes(base, draft, tier);
  assert.equal(after.size, before.size + 1);
  const told = await screen.text('.answer');
  for (const {grid: g, after: held} of split.effects.counts.filter((c) => c.tier === tier)) {
    assert.ok(told.includes(g.code) && told.includes(held.households.toLocaleString('en')), `tells of ${g.code}`);
  }

  // Undo and redo are exact.
  assert.equal((await sends(page, () => page.keyboard.press('Control+z'))).op, 'undo');
  await page.getByText('undo · revision').waitFor();
  assert.deepEqual(await shapes(base, draft, tier), before);
  assert.equal((await sends(page, () => page.keyboard.press('Control+Shift+Z'))).op, 'redo');
  await page.getByText('redo · revision').waitFor();
  assert.deepEqual(await shapes(base, draft, tier), after);
}

/** A border dragged over a neighbour's neighbour is refused, with what is wrong on the map and in words. */
async function refused(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, at, grid, draft} = await onABorder(screen, facts, 12.5);
  const before = await shapes(base, draft, tier);
  const {revision} = await ask(base, `/v1/plans/${draft}`);
  await page.keyboard.press('r');
  await ready(page);
  const from = await pixelOf(page, at);
  const [west, , east] = grid.bounds;
  const far = await pixelOf(page, [at[0] + 4 * (east - west), at[1]]);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + far.x) / 2, from.y, {steps: 3});
  await page.getByText(/m² change hands/).waitFor();
  await page.mouse.move(Math.min(far.x, 1270), from.y, {steps: 3});
  const done = answered(page);
  await page.mouse.up();
  const answer = await done;
  assert.equal(answer.status(), 422, await answer.text());
  const {findings} = await answer.json();
  assert.ok(findings.features.length > 0, 'the refusal has findings');
  const words = await screen.text('.refusal');
  assert.ok(words.includes(findings.features[0].properties.message.en), words);
  assert.match(words, /Keep the border within the two grids/);
  mkdirSync(OUT, {recursive: true});
  await page.screenshot({path: path.join(OUT, 'redraw-refused.png')});
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.equal((await ask(base, `/v1/plans/${draft}`)).revision, revision);
  assert.deepEqual(await shapes(base, draft, tier), before);
}

const story = (name, tell) => storyOn(`redraw: ${name}`, tell, {expected: REFUSALS});

/** The network goes while a border is in the hand: nothing is lost, and Enter sends it again, once. */
async function cut(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, at, draft} = await onABorder(screen, facts);
  const before = await shapes(base, draft, tier);
  await page.keyboard.press('r');
  await ready(page);
  const from = await pixelOf(page, at);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 12, from.y + 4, {steps: 2});
  const lost = (route) => route.abort();
  await page.route('**/edits?**', lost);
  await page.mouse.up();
  await page.locator('.life', {hasText: 'Not sent; it is still on the map'}).waitFor();
  assert.deepEqual(await shapes(base, draft, tier), before);
  await page.unroute('**/edits?**', lost);
  await sends(page, () => page.keyboard.press('Enter'));
  await page.getByText('reshape · revision').waitFor();
  assert.notDeepEqual(await shapes(base, draft, tier), before);
}

/** Holds back what a page asks for; `method` is what is asked with, `release` lets all of it come. */
async function holdBack(page, url, method) {
  let release;
  const held = new Promise((go) => (release = go));
  await page.route(url, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    const response = await route.fetch();
    await held;
    await route.fulfill({response}).catch(() => null); // the page may have asked again since
  });
  return release;
}

/** What the page sends to change the draft, such as edits, undo, redo: a list that grows. */
function writes(page) {
  const list = [];
  page.on('request', (r) => r.method() === 'POST' && r.url().includes('/v1/plans/') && list.push(new URL(r.url()).pathname.split('/').at(-1)));
  return list;
}

/** Enter while one's own undo and then its ground are on their way is done when they have come, once. */
async function waits(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, grids, grid, draft} = await onAGrid(screen, facts);
  await page.keyboard.press('s');
  await ready(page);
  await clicks(page, across(grid));
  await sends(page, () => page.keyboard.press('Enter'));
  await ready(page);

  const sent = writes(page);
  const ground = await holdBack(page, '**/grids?**drawn=true**', 'GET');
  const answer = await holdBack(page, '**/undo?**', 'POST');
  await page.keyboard.press('Control+z');
  await page.locator('[data-strip=saved]', {hasText: 'Sending'}).waitFor();
  await clicks(page, across(grid));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  answer();
  await page.getByText('undo · revision').waitFor();
  await page.locator('.redraw-hint p', {hasText: 'Loading'}).waitFor();
  await drawnAnew(page);
  assert.deepEqual(sent, ['undo'], 'nothing is sent for ground that nobody has seen');
  const done = answered(page);
  ground();
  assert.equal((await done).status(), 200, 'it is done when the ground comes');
  await page.getByText('split · revision').waitFor();
  await ready(page);
  assert.deepEqual(sent, ['undo', 'edits']);
  assert.equal((await shapes(base, draft, tier)).size, grids.length + 1);
}

/** Undo and redo, asked for while an edit is on its way and its history is not read, are done in their order, each once. */
async function hurries(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, grid, draft} = await onAGrid(screen, facts);
  const before = await shapes(base, draft, tier);
  await editBeside(base, draft, {op: 'set', grid: grid.id, name: {zh: '新名网格'}});
  await page.getByText(/changed this draft too: set/).waitFor();
  await page.keyboard.press('s');
  await ready(page);
  await clicks(page, across(grid));
  const sent = writes(page);
  const answer = await holdBack(page, '**/edits?geometry=**', 'POST');
  const history = await holdBack(page, '**/edits?limit=**', 'GET');
  await page.keyboard.press('Enter');
  await page.locator('[data-strip=saved]', {hasText: 'Sending'}).waitFor();
  await page.keyboard.press('Control+z');
  await page.getByRole('button', {name: 'Undo'}).click();
  await page.keyboard.press('Control+Shift+Z');
  assert.deepEqual(sent, ['edits']);
  answer();
  await page.getByText('redo · revision').waitFor();
  assert.deepEqual(sent, ['edits', 'undo', 'undo', 'redo']);
  assert.deepEqual(await shapes(base, draft, tier), before);
  const {edits} = await ask(base, `/v1/plans/${draft}/edits`);
  assert.deepEqual(edits.map((e) => [e.op, e.undone]), [['split', true], ['set', false]]);
  assert.ok(await page.getByRole('button', {name: 'Undo'}).isEnabled(), 'the edit done again can be taken back at once');
  assert.ok(await page.getByRole('button', {name: 'Redo'}).isEnabled(), 'the split can be done again at once');
  history();
  await drawnAnew(page);
}

/** Who turns to another tier draws on its grids, never on those of the tier before. */
async function turns(screen, facts) {
  const {page} = screen;
  const {tier} = await onAGrid(screen, facts);
  await page.keyboard.press('s');
  await ready(page);
  const ground = await holdBack(page, '**/grids?**drawn=true**', 'GET');
  const other = facts.plan.tiers.find((t) => t.class === 'grid' && t.code !== tier && t.count > t.undrawn);
  await page.locator(`input[name=tier][value="${other.code}"]`).check();
  await page.locator('.redraw-hint p', {hasText: 'Loading'}).waitFor();
  ground();
  await ready(page);
}

/** How the grids stand to their band is in sight from the start, worst first, and after every edit; so is the rest of the draft's state, whatever panel is open. */
async function balanced(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, grids, grid, draft} = await onAGrid(screen, facts);
  const holds = async () => {
    const {units, over, under, crowded, grids: n} = await ask(base, `/v1/plans/${draft}/balance?tier=${tier}&limit=10`);
    await page.locator('[data-strip=balance]', {hasText: `${over + crowded} over · ${under} under · ${n} grids`}).waitFor();
    const rows = page.locator('[data-standing]');
    await page.waitForFunction((ids) => String([...document.querySelectorAll('[data-standing]')].map((r) => Number(r.dataset.standing))) === String(ids), units.map((u) => u.id));
    const told = await rows.evaluateAll((all) => all.map((r) => [...r.querySelectorAll('td')].map((c) => Number(c.textContent.replace(/\D/g, '')))));
    assert.deepEqual(told, units.map((u) => [u.households, u.persons_resident]));
    return units;
  };
  await holds();
  const edge = grid.bounds[1] + (grid.bounds[3] - grid.bounds[1]) / 50;
  const {revision} = await editBeside(base, draft, {op: 'split', grid: grid.id, line: {type: 'LineString', coordinates: [[grid.bounds[0] - 0.001, edge], [grid.bounds[2] + 0.001, edge]]}});
  await savedAt(page, revision);
  const [worst] = await holds();
  assert.equal(worst.in_band, 'under', 'a strip where nobody lives stands first');
  await page.getByRole('tab', {name: 'Check'}).click();
  await page.keyboard.press('s');
  await ready(page);
  await clicks(page, across(grid).slice(0, 1));
  await page.locator('[data-strip=saved]', {hasText: 'not yet sent'}).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[data-strip=saved]', {hasText: 'All saved'}).waitFor();
  await page.getByRole('tab', {name: 'Check'}).click();
  const {moved} = await sends(page, () => page.keyboard.press('Control+z'));
  const passed = moved.filter((m) => m.tier === tier);
  const sum = (what) => passed.reduce((n, m) => n + m[what], 0).toLocaleString('en');
  await page.locator('[data-strip=moved]', {hasText: `${sum('persons')} residents moved`}).waitFor();
  await page.locator('[data-strip=findings]').waitFor();
  await page.locator('.redraw-strip').click();
  await holds();
  assert.deepEqual(await accessibilityFaults(page), []);
}

/** Sends an edit beside the page, as another planner does; returns the answer. */
export async function editBeside(base, draft, edit) {
  const response = await fetch(`${base}/v1/plans/${draft}/edits`, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(edit)});
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

/** Who draws on ground that somebody else has changed is told so, sees the new ground, and goes on. */
async function stale(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  // The page does not hear of the change in time: the service alone can know.
  await page.route('**/v1/events**', (route) => route.abort());
  const {grid, draft} = await onAGrid(screen, facts, 'zh-CN');
  await page.keyboard.press('s');
  await ready(page);
  await editBeside(base, draft, {op: 'set', grid: grid.id, name: {zh: '新名网格'}});
  await clicks(page, across(grid));
  const done = answered(page);
  await page.keyboard.press('Enter');
  assert.equal((await done).status(), 412);
  await page.getByText('网格已重新载入，请查看后再画一次。').waitFor();
  await page.getByText(/也修改了本草案：修改信息/).waitFor();
  await ready(page);
  await screen.settle();
  assert.deepEqual(await accessibilityFaults(page), []);
  await sends(page, () => page.keyboard.press('Enter')); // what was drawn is still there and is done on the new ground
  await page.locator('.refusal').waitFor({state: 'detached'});
}

/** Merge, transfer and carve, and a border moved by the keyboard alone. */
async function otherTools(screen, facts) {
  const {base} = facts;
  const {page} = screen;
  const {tier, at, grid, other, draft} = await onABorder(screen, facts);
  const done = async (act) => {
    const answer = await sends(page, act);
    await ready(page);
    return answer;
  };
  const points = await Promise.all([grid, other].map(async ({id}) => (await ask(base, `/v1/plans/${draft}/grids/${id}?geometry=none`)).interior));
  const before = await shapes(base, draft, tier);

  // A border by the keyboard: the crosshair takes it, the arrows carry it, Enter lays it down.
  await page.keyboard.press('r');
  await ready(page);
  await page.locator('.map-box canvas').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await screen.settle();
  await page.keyboard.press('Space');
  await page.getByText(/m² change hands/).waitFor();
  const moved = await done(() => page.keyboard.press('Enter'));
  assert.deepEqual(moved.grids.filter((g) => g.after.tier === tier).map((g) => g.id).sort(), [grid.id, other.id].sort());
  await done(() => page.keyboard.press('Control+z'));
  assert.deepEqual(await shapes(base, draft, tier), before);

  // Ground for a neighbour, by a lasso around the vertex they share.
  await page.keyboard.press('t');
  await ready(page);
  const r = 0.0012;
  await clicks(page, [points[0], [at[0] - r, at[1] - r], [at[0] + r, at[1] - r], [at[0] + r, at[1] + r], [at[0] - r, at[1] + r]]);
  await done(() => page.keyboard.press('Enter'));

  // Two grids become one.
  await page.keyboard.press('m');
  await ready(page);
  await clicks(page, points);
  await done(() => page.keyboard.press('Enter'));
  assert.equal((await shapes(base, draft, tier)).size, before.size - 1);

  // A dedicated grid, which must be called something.
  await page.keyboard.press('d');
  await ready(page);
  await clicks(page, [[at[0] - r, at[1] - r], [at[0] + r, at[1] - r], [at[0], at[1] + r]]);
  await page.getByLabel('Name of the dedicated grid').fill('一中专属网格');
  await page.getByLabel('Owner').fill('县教育局');
  const carved = await done(() => page.getByRole('button', {name: 'Make the dedicated grid'}).click());
  assert.ok(carved.grids.some((g) => g.after?.kind === 'dedicated'));
  assert.deepEqual(await accessibilityFaults(page), []);
}

/** A draft goes to review and filing, is refused in force while errors stand, and comes back with a reason. */
async function life(screen, facts) {
  const {base, plan, leaf, leafTier} = facts;
  const {page} = screen;
  const draft = await makeDraft(screen, facts, `&tier=${leafTier.code}&lang=en`);
  await editBeside(base, draft, {op: 'split', grid: leaf.id, line: {type: 'LineString', coordinates: across((await ask(base, `/v1/plans/${plan.id}/grids/${leaf.id}`)))}});
  await page.getByText(/changed this draft too: split/).waitFor();
  const step = async (name) => {
    const answer = answered(page);
    await page.getByRole('button', {name, exact: true}).click();
    return answer;
  };
  assert.equal((await step('Submit for review')).status(), 200);
  await page.locator('.life .badge', {hasText: 'Reviewed'}).waitFor();
  assert.equal(await page.locator('.redraw-tools').count(), 0, 'only a draft has tools');
  assert.equal((await step('File')).status(), 200);
  await page.locator('.life .badge', {hasText: 'Filed'}).waitFor();
  assert.equal((await step('Put in force')).status(), 422);
  await page.getByText('Mend these errors first').waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('button', {name: 'Send back'}).click();
  await page.getByLabel('Reason').fill('the new grid has no worker');
  assert.equal((await step('Send back')).status(), 200);
  await page.locator('.redraw-tools').waitFor();
  assert.equal((await ask(base, `/v1/plans/${draft}`)).state, 'draft');
}

/** Pictures of a draft after a split, and with the lasso in the hand. */
const pictures = SIZES.flatMap((size) =>
  [['zh-CN', 'light'], ['en', 'dark']].map(([lang, theme]) =>
    storyOn(`redraw: screenshot ${size.width} ${lang}`, (screen, facts) => picture(screen, facts, size, lang, theme), {expected: REFUSALS, ...size}),
  ),
);

async function picture(screen, facts, {width, height}, lang, theme) {
  const {page} = screen;
  const {tier, grid} = await splittable(facts);
  const [lon, lat] = middle(grid.bounds);
  const [west, south, east, north] = grid.bounds;
  const across2 = Math.min(((width * 0.3) / (east - west)) * 0.7, ((height * 0.25) / (north - south)) * 0.7);
  const zoom = Math.min(15, Math.log2((across2 * 360) / 512)).toFixed(2);
  await makeDraft(screen, facts, `&tier=${tier}&lang=${lang}&theme=${theme}#${zoom}/${lat}/${lon}`);
  await page.keyboard.press('s');
  await ready(page);
  await clicks(page, across(grid));
  await sends(page, () => page.keyboard.press('Enter'));
  await page.locator('.answer').waitFor();
  await screen.settle();
  await page.keyboard.press('t');
  await ready(page);
  const [x, y] = [(east - west) / 5, (north - south) / 5];
  await clicks(page, [[lon, lat + y], [lon - x, lat - y / 2], [lon + x, lat - y / 2], [lon + x / 2, lat - 2 * y]]);
  await screen.settle();
  mkdirSync(OUT, {recursive: true});
  await page.screenshot({path: path.join(OUT, `redraw-${width}-${lang}-${theme}.png`)});
  assert.deepEqual(await accessibilityFaults(page), []);
  await noSidewaysScroll(page);
}

export const redraws = [
  story('a grid is split by a drawn line, and undo and redo are exact', splitUndoRedo),
  story('a border dragged too far is refused, with its findings on the map and in words', refused),
  story('a cut network loses nothing that was drawn', cut),
  story('Enter is kept until the ground has come, and done once', waits),
  story('undo and redo asked for in a hurry are done in their order, each once', hurries),
  story('who turns to another tier draws on its grids', turns),
  story('the balance and the state of the draft are in sight', balanced),
  story('who draws on changed ground is told, and goes on', stale),
  story('merge, transfer, carve, and a border moved by the keyboard alone', otherTools),
  story('a draft is submitted, filed, refused in force while errors stand, and sent back', life),
  ...pictures,
];
