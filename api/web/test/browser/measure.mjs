import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {ask} from './known.mjs';
import {accessibilityFaults, colourAt, pixelOf} from './screen.mjs';
import {noSidewaysScroll, OUT, SIZES} from './shots.mjs';
import {storyOn} from './story.mjs';

const story = (name, tell) => storyOn(`measure: ${name}`, tell);

/** Another measure, another method and one class alone ask for no tile; legend, list and map show the figures of the service. */
async function colours(screen, {base, plan}) {
  const {page} = screen;
  const tier = plan.tiers.find((t) => t.class === 'grid').code;
  const units = (await ask(base, `/v1/plans/${plan.id}/figures?tier=${tier}`)).units.filter((u) => u.kind === 'general');
  await screen.go(`?plan=${plan.id}&tier=${tier}&lang=en&theme=light&measure=households&off=names,findings,dedicated`);
  await page.locator('.legend button').first().waitFor();
  await screen.settle();
  let tiles = 0;
  page.on('request', (r) => (tiles += r.url().includes('/tiles/') ? 1 : 0));
  const counts = async () => (await page.locator('.legend-count').allInnerTexts()).reduce((sum, n) => sum + Number(n.replace(/\D/g, '')), 0);
  assert.equal(await counts(), units.length);

  // The map shows the first class in the first shade of the legend.
  const [least] = [...units].sort((a, b) => a.households - b.households);
  const {interior} = await ask(base, `/v1/plans/${plan.id}/grids/${least.id}?geometry=none`);
  const shade = await page.locator('.legend-swatch rect').first().getAttribute('fill');
  const seen = await colourAt(page, await pixelOf(page, interior));
  assert.deepEqual(seen, [1, 3, 5].map((i) => Number.parseInt(shade.slice(i, i + 2), 16)), least.code);

  for (const [label, value] of [['Colour by', 'compactness'], ['Class breaks', 'jenks'], ['Class breaks', 'equal'], ['Colour by', 'per10k']]) {
    await page.getByLabel(label).selectOption(value);
    await screen.settle();
    assert.equal(await counts(), units.length, value);
  }
  await page.getByLabel('Colour by').selectOption('households');
  await page.getByRole('tab', {name: 'List'}).click();
  await page.locator('.list tbody tr').first().waitFor();
  await page.locator('.legend button').first().click();
  const shown = Number((await page.locator('.legend-count').first().innerText()).replace(/\D/g, ''));
  assert.equal(await page.locator('.list tbody tr[aria-rowindex]').count(), shown);
  assert.equal(tiles, 0, 'no tile is asked for again');

  // A row chosen goes to the map, a grid pointed at to its row.
  await page.locator('.list-row').first().click();
  await screen.settle();
  assert.equal(await page.locator('.list tr.is-here .code').innerText(), await page.locator('.list-row .code').first().innerText());
  await page.locator('.list-sort', {hasText: 'Households'}).click();
  const numbers = (await page.locator('.list tbody td:nth-child(2)').allInnerTexts()).map((n) => Number(n.replace(/\D/g, '')));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
  assert.deepEqual(await accessibilityFaults(page), []);
}

/** A graphics card that gives up for a while takes no colour with it, and the page lives on meanwhile. */
async function dazed(screen, {plan, at}) {
  const {page} = screen;
  const tier = plan.tiers.find((t) => t.class === 'grid').code;
  await screen.go(`?plan=${plan.id}&tier=${tier}&lang=en&theme=light&measure=households&off=names,findings,dedicated`);
  await page.locator('.legend button').first().waitFor();
  await screen.settle();
  const {x, y} = await pixelOf(page, at);
  const shown = () => colourAt(page, {x, y});
  const before = await shown();
  await page.evaluate(() => {
    window.card = document.querySelector('.map canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
    window.card.loseContext();
  });
  await page.waitForFunction(() => document.querySelector('.map canvas').getContext('webgl2').isContextLost());
  await page.mouse.move(x, y, {steps: 3});
  await page.mouse.move(x, 10, {steps: 3}); // takes the hover light away
  await page.getByLabel('Class breaks').selectOption('equal');
  await page.getByLabel('Class breaks').selectOption('quantile');
  await page.evaluate(() => window.card.restoreContext());
  await page.waitForFunction(() => !document.querySelector('.map canvas').getContext('webgl2').isContextLost());
  await screen.settle();
  assert.deepEqual(await shown(), before, 'the map has the colours it had');
}

async function picture(screen, {plan}, size, lang, theme) {
  const tier = plan.tiers.filter((t) => t.count > t.undrawn && t.class === 'grid' && t.complete).at(-1).code;
  await screen.go(`?plan=${plan.id}&tier=${tier}&tab=list&measure=load&breaks=jenks&lang=${lang}&theme=${theme}`);
  if (size.width < 760) await screen.page.locator('.measure-open').click();
  await screen.page.locator('.legend button').first().waitFor();
  await screen.settle();
  mkdirSync(OUT, {recursive: true});
  await screen.page.screenshot({path: path.join(OUT, `measure-${size.width}-${lang}-${theme}.png`)});
  assert.deepEqual(await accessibilityFaults(screen.page), []);
  await noSidewaysScroll(screen.page);
}

const pictures = SIZES.flatMap((size) =>
  [['zh-CN', 'light'], ['en', 'dark']].map(([lang, theme]) =>
    storyOn(`measure: screenshot ${size.width} ${lang}`, (screen, facts) => picture(screen, facts, size, lang, theme), size),
  ),
);

export const measures = [
  story('a thematic map, its legend and the list go together without another tile', colours),
  storyOn('measure: a graphics card that gives up for a while takes no colour with it', dazed, {expected: /CONTEXT_LOST_WEBGL/}),
  ...pictures,
];
