import assert from 'node:assert/strict';
import {mkdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {colourAt, openScreen, pixelOf} from './screen.mjs';
import {storyOn} from './story.mjs';

export const OUT = fileURLToPath(new URL('../../../../test-output/', import.meta.url));
export const MOST_BYTES = 400 * 1024;

export const SIZES = [
  {width: 390, height: 844},
  {width: 1280, height: 800},
  {width: 3840, height: 2160},
];

/** Both languages and both themes at each size; all four pairs where a picture costs little. */
const looks = ({width}) =>
  width > 2000
    ? [['zh-CN', 'dark'], ['en', 'light']]
    : ['zh-CN', 'en'].flatMap((lang) => ['light', 'dark'].map((theme) => [lang, theme]));

/** Pictures of the page with a grid selected. */
export const shots = SIZES.flatMap((size) =>
  looks(size).map(([lang, theme]) => storyOn(`screenshot ${size.width} ${lang} ${theme}`, (screen, facts) => shot(screen, facts, size, lang, theme), size)),
);

async function shot(screen, {plan, leafTier, leaf, at}, size, lang, theme) {
  const tab = size.width > 1600 ? 'staffing' : 'grid';
  await screen.go(`?plan=${plan.id}&tier=${leafTier.code}&grid=${leaf.id}&tab=${tab}&lang=${lang}&theme=${theme}`);
  mkdirSync(OUT, {recursive: true});
  await screen.page.screenshot({path: path.join(OUT, `planner-${size.width}-${lang}-${theme}.png`)});
  const ground = await colourAt(screen.page, await corner(screen.page));
  const land = await colourAt(screen.page, await pixelOf(screen.page, at));
  assert.notDeepEqual(land, ground, 'the map draws the county');
  await noSidewaysScroll(screen.page);
}

/** A corner of the map, where no county reaches. */
async function corner(page) {
  const box = await page.locator('.map-box').boundingBox();
  return {x: box.x + 3, y: box.y + 3};
}

export async function noSidewaysScroll(page) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `the page is ${wider} pixels wider than the screen`);
}

/** The pictures the READMEs show: the page as it opens, with a grid clicked. */
export async function pictures(facts, folder) {
  mkdirSync(folder, {recursive: true});
  await picture(facts, path.join(folder, 'planner.png'), 'en', 'light');
  await picture(facts, path.join(folder, 'planner.zh-CN.png'), 'zh-CN', 'dark');
}

async function picture({browser, base, plan, at}, file, lang, theme) {
  const screen = await openScreen(browser, base, {width: 1280, height: 800});
  const tier = plan.tiers.find((t) => t.class === 'grid' && t.count > t.undrawn);
  await screen.go(`?plan=${plan.id}&tier=${tier.code}&lang=${lang}&theme=${theme}`);
  const {x, y} = await pixelOf(screen.page, at);
  await screen.page.mouse.click(x, y);
  await screen.page.locator('.grid-panel').waitFor();
  await screen.page.mouse.move(x, 10); // takes the hover light away
  await screen.settle();
  await screen.page.screenshot({path: file});
  const bytes = statSync(file).size;
  assert.ok(bytes < MOST_BYTES, `${file} has ${bytes} bytes, more than ${MOST_BYTES}`);
  console.log(`${file}: ${bytes} bytes`);
  await screen.close();
}
