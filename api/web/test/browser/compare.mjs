import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {ask} from './known.mjs';
import {accessibilityFaults, colourAt, openScreen, pixelOf} from './screen.mjs';
import {across, answered, drawn, editBeside, makeDraft, middle, shapes, tierOf} from './redraw.mjs';
import {noSidewaysScroll, OUT, SIZES} from './shots.mjs';
import {REFUSALS, storyOn} from './story.mjs';

const story = (name, tell) => storyOn(`compare: ${name}`, tell, {expected: REFUSALS});

/** A draft with two grids split beside the page, on the ground of the first. */
async function splitDraft(screen, facts, query) {
  const {base, plan} = facts;
  const tier = tierOf(plan);
  const [first, second] = (await drawn(base, plan.id, tier)).grids.filter((g) => across(g));
  const draft = await makeDraft(screen, facts, `&tier=${tier}${query}`);
  for (const grid of [first, second]) await editBeside(base, draft, {op: 'split', grid: grid.id, line: {type: 'LineString', coordinates: across(grid)}});
  return {draft, tier, first, second};
}

/** The table has the service's figures, the slider the edits, and going back is exact. */
async function history(screen, facts) {
  const {base, plan} = facts;
  const {page} = screen;
  const before = await shapes(base, plan.id, tierOf(plan));
  const {draft, tier} = await splitDraft(screen, facts, '&lang=en');
  await page.getByText(/changed this draft too/).waitFor();
  const differs = page.waitForResponse((r) => r.url().includes('/diff?'));
  await page.getByRole('tab', {name: 'Compare'}).click();
  const diff = await (await differs).json();
  const kinds = async () => page.locator('.compare tbody tr').evaluateAll((rows) => rows.map((r) => r.dataset.kind));
  await page.locator('.compare tbody tr').first().waitFor();
  const wanted = (list) => list.filter((g) => (g.after ?? g).tier === tier && (g.area_m2 === undefined || g.area_m2 >= 1)).length;
  assert.deepEqual(await kinds(), [...Array(wanted(diff.added)).fill('added'), ...Array(wanted(diff.changed)).fill('changed')]);
  assert.deepEqual(await accessibilityFaults(page), []);

  const slider = page.getByLabel('History of edits');
  await page.locator('.compare-slider[max="2"]').waitFor(); // the history may have been read after the first edit only
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('button', {name: 'Go back to here (1 undo)'}).waitFor();
  await screen.settle();
  assert.deepEqual((await kinds()).filter((k) => k === 'added'), ['added'], 'one grid came after the first edit');
  await page.keyboard.press('ArrowLeft');
  await page.getByText('Before all edits').waitFor();
  await page.getByRole('button', {name: 'Go back to here (2 undos)'}).click();
  await page.getByText('No difference in this tier').waitFor();
  await page.waitForFunction(() => !document.querySelector('.compare .button:disabled'));
  assert.deepEqual(await shapes(base, draft, tier), before, 'everything is as it was');
}

/** A day of the past: staff and findings are those of it, the draft is held against itself as that day ended, and a link keeps it. */
async function byDay(screen, facts) {
  const {base, plan} = facts;
  const {page} = screen;
  const {draft, tier} = await splitDraft(screen, facts, '&lang=en');
  const then = '2019-01-01'; // when nobody served yet
  const {findings_total: long} = await ask(base, `/v1/plans/${draft}/check?as_of=${then}`);
  const {findings_total: now} = await ask(base, `/v1/plans/${draft}/check`);
  assert.notEqual(long, now);
  await page.goto(`${base}/?plan=${draft}&tier=${tier}&tab=compare&lang=en`);
  await page.locator('.compare tbody tr').first().waitFor();
  const slider = page.getByLabel('History by day');
  assert.equal(await slider.inputValue(), await slider.getAttribute('max'), 'it stands at today');
  const asked = page.waitForResponse((r) => r.url().includes('against_revision='));
  const checked = page.waitForResponse((r) => r.url().includes('/check?') && r.url().includes(`as_of=${then}`));
  await page.getByLabel('Day', {exact: true}).fill(then);
  const [{added}] = await Promise.all([asked.then((r) => r.json()), checked]);
  assert.equal(added.filter((g) => g.tier === tier).length, 2, 'both splits came later');
  assert.equal(await slider.inputValue(), '0');
  await page.locator('.as-of', {hasText: 'As of Jan 1, 2019'}).waitFor();
  await page.getByText(/no plan was in force|was in force/).waitFor();
  await page.waitForURL(/on=2019-01-01/);
  assert.deepEqual(await accessibilityFaults(page), []);
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.as-of', {hasText: 'As of Jan 2, 2019'}).waitFor();
  await page.waitForURL(/on=2019-01-02/); // the address follows the page
  await page.reload();
  await page.getByRole('tab', {name: 'Check'}).click();
  await page.locator('.as-of', {hasText: 'As of Jan 2, 2019'}).waitFor();
  await page.getByRole('button', {name: 'Back to today'}).click();
  await page.locator('.as-of').waitFor({state: 'detached'});
  await page.waitForURL((url) => !url.searchParams.has('on'));
}

/** Left of the line lies the draft, right of it the plan in force; the line goes by mouse and by key. */
async function swipe(screen, facts) {
  const {base, plan} = facts;
  const {page} = screen;
  const {draft, first} = await splitDraft(screen, facts, '&lang=en&theme=light');
  const {interior: at} = await ask(base, `/v1/plans/${draft}/grids/${first.id}?geometry=none`);
  await page.goto(`${base}/?plan=${draft}&tier=${tierOf(plan)}&tab=compare&lang=en&theme=light&off=names#13/${at[1]}/${at[0]}`);
  await page.locator('.compare tbody tr').first().waitFor();
  await screen.settle();
  const where = await pixelOf(page, at);
  const differing = await colourAt(page, where);
  await page.getByLabel('Swipe between the two').check();
  await nothingOver(page, '.swipe-name', '.redraw-bar > *, .map-tools, .measure-open');
  const line = page.getByLabel('Place of the swipe line');
  await line.focus();
  await page.keyboard.press('Home');
  await screen.settle();
  assert.notDeepEqual(await colourAt(page, where), differing, 'the plan in force lies there');
  await page.keyboard.press('End');
  await screen.settle();
  assert.deepEqual(await colourAt(page, where), differing, 'the draft lies there');
  assert.deepEqual(await accessibilityFaults(page), []);
}

/** A part of the page lies clear of others. */
async function nothingOver(page, part, others) {
  const {x, y, width, height} = await page.locator(part).boundingBox();
  for (const other of await page.locator(others).all()) {
    const box = await other.boundingBox();
    const apart = !box || box.x >= x + width || box.x + box.width <= x || box.y >= y + height || box.y + box.height <= y;
    assert.ok(apart, `${part} lies under ${await other.getAttribute('class')}`);
  }
}

/** A note on a place is kept, seen by another page at once, and settled with a word. */
async function notes(screen, facts) {
  const {base, plan, at} = facts;
  const {page} = screen;
  const text = `河边的界线不对 ${Date.now()}`;
  await screen.go(`?plan=${plan.id}&tab=notes&lang=zh-CN#15/${at[1]}/${at[0]}`);
  const other = await openScreen(facts.browser, base);
  try {
    await other.go(`?plan=${plan.id}&tab=notes&lang=en#15/${at[1]}/${at[0]}`);
    await page.getByLabel('针对').selectOption('place');
    await page.getByLabel('意见内容').fill(text);
    await page.getByRole('button', {name: '提交意见'}).click();
    const note = other.page.locator('.note-list li', {hasText: text});
    await note.waitFor();
    const {comments} = await ask(base, `/v1/comments?territory=${plan.territory.id}&limit=999`);
    const kept = comments.find((c) => c.text === text);
    assert.ok(Math.abs(kept.sketch.coordinates[0] - at[0]) < 1e-4 && Math.abs(kept.sketch.coordinates[1] - at[1]) < 1e-4, 'it lies in the middle of the map');
    assert.deepEqual(await accessibilityFaults(page), []);
    await note.getByRole('button', {name: 'Mark as settled'}).click();
    await note.getByLabel('What was done about it').fill('moved the border');
    await note.locator('form').getByRole('button', {name: 'Mark as settled'}).click();
    await note.waitFor({state: 'detached'});
    await page.locator('.note-list li', {hasText: text}).waitFor({state: 'detached'});
    await other.page.getByLabel('Show those that are settled too').check();
    await other.page.getByText('moved the border').first().waitFor();
    assert.deepEqual(other.faults, []);
  } finally {
    await other.close();
  }
}

async function picture(screen, {base, plan}, size, lang, theme) {
  const {draft, tier, first} = await splitDraft(screen, {base, plan}, `&lang=${lang}&theme=${theme}`);
  const [lon, lat] = middle(first.bounds);
  const zoom = size.width > 2000 ? 14 : size.width > 1000 ? 12.6 : 12;
  await screen.go(`?plan=${draft}&tier=${tier}&tab=compare&lang=${lang}&theme=${theme}#${zoom}/${lat}/${lon}`);
  const {page} = screen;
  await page.locator('.compare tbody tr').first().waitFor();
  if (size.width === 1280) { // two maps on a wall are more than software rendering does in time
    await page.locator('.compare-swipe input').check();
    await page.locator('.swipe-handle').waitFor();
  }
  await screen.settle();
  mkdirSync(OUT, {recursive: true});
  await page.screenshot({path: path.join(OUT, `compare-${size.width}-${lang}-${theme}.png`)});
  assert.deepEqual(await accessibilityFaults(page), []);
  await noSidewaysScroll(page);
}

const pictures = SIZES.flatMap((size) =>
  [['zh-CN', 'light'], ['en', 'dark']].map(([lang, theme]) =>
    storyOn(`compare: screenshot ${size.width} ${lang}`, (screen, facts) => picture(screen, facts, size, lang, theme), {expected: REFUSALS, ...size}),
  ),
);

export const compares = [
  story('a draft against the plan in force, its history, and back to the start', history),
  story('a day of the past, by slider and by date', byDay),
  story('a line swipes between draft and plan in force', swipe),
  story('a note on a place is seen at once elsewhere, and settled', notes),
  ...pictures,
];
