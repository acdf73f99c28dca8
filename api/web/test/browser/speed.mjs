// How fast the planner's page is, against the budgets it is built to. It measures
// and reports; it fails only where there is nothing to measure.
//
//   npm run speed
//
// GRIDMAP_BIN and CHROMIUM as in run.mjs. Counties are made by seed: mini has
// some twenty grids, shilou some hundred, huize about 5,000. Software rendering is the slowest there
// is, so frames are told as a share of what the same map manages when nothing
// changes.
import {known} from './known.mjs';
import {measured} from './measured.mjs';
import {drawn, makeDraft, ready, sharedVertex} from './redraw.mjs';
import {openScreen, pixelOf} from './screen.mjs';

const COUNTIES = ['mini', 'shilou', 'huize']; // the largest last
const MOVES = 90;
const FRAMES_MS = 4000;

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const p95 = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length * 0.95)];
const report = (what, value, budget, met) => console.log(`${met ? 'met   ' : 'MISSED'}  ${what}: ${value} (budget ${budget})`);

/** From an empty browser to a map that stands still, with the panels filled, milliseconds. */
async function firstMap(browser, base) {
  const times = [];
  for (let i = 0; i < 3; i++) {
    const screen = await openScreen(browser, base);
    await screen.page.goto(base);
    await screen.page.waitForFunction(() => document.querySelector('label.tier') && document.querySelector('.map[aria-busy=false]'), null, {polling: 'raf'});
    times.push(await screen.page.evaluate(() => performance.now()));
    await screen.close();
  }
  return median(times);
}

/** Counts the frames in which the map draws. */
function countFrames() {
  const {clear} = WebGL2RenderingContext.prototype;
  let drew = false;
  window.drawnFrames = 0;
  WebGL2RenderingContext.prototype.clear = function (...args) {
    drew = true;
    return clear.apply(this, args);
  };
  const tick = () => {
    if (drew) window.drawnFrames++;
    drew = false;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

/** Takes a shared border into the hand, with everybody near it known. */
async function takeBorder(screen, facts) {
  const {base, plan} = facts;
  const tier = plan.tiers.filter((t) => t.class === 'grid' && t.complete && t.count > t.undrawn).at(-1).code;
  const {at} = sharedVertex((await drawn(base, plan.id, tier)).grids);
  await makeDraft(screen, facts, `&tier=${tier}&lang=en#14.5/${at[1]}/${at[0]}`);
  await screen.page.keyboard.press('r');
  await ready(screen.page);
  const {x, y} = await pixelOf(screen.page, at);
  await screen.page.mouse.move(x, y);
  await screen.page.mouse.down();
  await screen.page.mouse.move(x + 3, y + 3);
  await screen.page.locator('.live').waitFor();
  return {x, y};
}

/** From a move of the hand to new numbers in the panel, milliseconds, many times. */
const answers = (page, from, moves) =>
  page.evaluate(
    async ({x, y, moves}) => {
      const canvas = document.querySelector('.map-box canvas');
      const panel = document.querySelector('.live');
      const times = [];
      let began = 0;
      const watch = new MutationObserver(() => began && (times.push(performance.now() - began), (began = 0)));
      watch.observe(panel, {subtree: true, characterData: true, childList: true});
      for (let i = 0; i < moves; i++) {
        const [dx, dy] = [40 * Math.cos(i / 5), 40 * Math.sin(i / 5)];
        began = performance.now();
        canvas.dispatchEvent(new MouseEvent('mousemove', {clientX: x + dx, clientY: y + dy, buttons: 1, bubbles: true}));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      }
      watch.disconnect();
      return times;
    },
    {...from, moves},
  );

/** Frames a second while something is done in each: the border moved, or the map asked to draw what it has. */
const frames = (page, from, dragging) =>
  page.evaluate(
    async ({x, y, dragging, ms}) => {
      const box = document.querySelector('.map-box');
      const canvas = box.querySelector('canvas');
      const [began, before] = [performance.now(), window.drawnFrames];
      for (let i = 0; performance.now() - began < ms; i++) {
        const [dx, dy] = [40 * Math.cos(i / 9), 40 * Math.sin(i / 9)];
        if (dragging) canvas.dispatchEvent(new MouseEvent('mousemove', {clientX: x + dx, clientY: y + dy, buttons: 1, bubbles: true}));
        else box.dispatchEvent(new Event('repaint'));
        await new Promise(requestAnimationFrame);
      }
      return ((window.drawnFrames - before) * 1000) / (performance.now() - began);
    },
    {...from, dragging, ms: FRAMES_MS},
  );

const measure = (county) =>
  measured(county, async (base, browser) => {
    const facts = {browser, base, ...(await known(base))};
    const grids = facts.plan.tiers.filter((t) => t.class === 'grid').reduce((sum, t) => sum + t.count, 0);
    const first = await firstMap(browser, base);
    const screen = await openScreen(browser, base);
    await screen.page.addInitScript(countFrames);
    const from = await takeBorder(screen, facts);
    const times = await answers(screen.page, from, MOVES);
    const plain = await frames(screen.page, from, false);
    const dragged = await frames(screen.page, from, true);
    await screen.page.keyboard.press('Escape');
    return {county, grids, first, times, plain, dragged};
  });

const results = [];
for (const county of COUNTIES) {
  const m = await measure(county);
  if (m.times.length < MOVES / 3) throw new Error(`${county}: the panel answered ${m.times.length} of ${MOVES} moves`);
  results.push(m);
  console.log(`county ${m.county}, ${m.grids} grids: first map ${m.first.toFixed(0)} ms, panel ${median(m.times).toFixed(2)} ms (p95 ${p95(m.times).toFixed(2)}), ${m.plain.toFixed(1)} frames/s at rest, ${m.dragged.toFixed(1)} while dragging`);
}
const large = results.pop();
report('first useful map from cold', `${large.first.toFixed(0)} ms`, '2,000 ms', large.first <= 2000);
report('boundary move to panel', `${median(large.times).toFixed(2)} ms, p95 ${p95(large.times).toFixed(2)} ms`, '16 ms', p95(large.times) <= 16);
for (const small of results) {
  const ratio = median(large.times) / median(small.times);
  report(`the same, ${large.grids} grids against ${small.grids}`, ratio.toFixed(2), '1.2', ratio <= 1.2);
}
report('frames while dragging against plain repaint', `${((100 * large.dragged) / large.plain).toFixed(0)} %`, '85 %', large.dragged >= 0.85 * large.plain);
