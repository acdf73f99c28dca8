// Measures how soon an edit is a pixel on a wall, with many walls open at one
// service, and whether any of them misses a change. When the pixel is on the
// screen is taken from the browser's own trace of its frames: the end of the
// buffer swap of the frame that has it. Reports; judges only what is missed.
//
//   GRIDMAP_URL, GRIDMAP_BIN, CHROMIUM   as in run.mjs
//   COUNTY   the made-up county, huize (5,000 grids) if not set
//   WALLS    how many are open, 100 if not set
//   PAGES    how many of them are drawn by a browser, 2 if not set; the others listen as a wall does
//   EDITS    how many edits, 200 if not set
//   WIDTH    of a drawn wall in pixels, 1280 if not set
import assert from 'node:assert/strict';
import http from 'node:http';
import {done, gridsOf, makeDraft, splitOne} from './drafts.mjs';
import {traceFrames} from './frames.mjs';
import {coloursAround, near, pixelIn} from './pixels.mjs';
import {ask, known} from './known.mjs';
import {measured} from './measured.mjs';
import {across} from './redraw.mjs';
import {openScreen} from './screen.mjs';

const number = (name, usual) => Number(process.env[name] ?? usual);
const [WALLS, PAGES, EDITS, WIDTH] = [number('WALLS', 100), number('PAGES', 2), number('EDITS', 200), number('WIDTH', 1280)];
const HEIGHT = Math.round((WIDTH * 9) / 16);
/** An edit that is not on a wall by then is reported as missed, milliseconds. */
const LOST_MS = 5000;
/** Every so many edits the screen itself is looked at. */
const LOOK_EVERY = 7;

const now = () => performance.timeOrigin + performance.now();
const pause = (ms) => new Promise((over) => setTimeout(over, ms));

/** Hears what a wall hears; `at` says when each revision came. */
function listen(base, territory, since) {
  const at = new Map();
  let text = '';
  const request = http.get(`${base}/v1/events?territory=${territory}&since=${since}`, {agent: false}, (answer) => {
    assert.equal(answer.statusCode, 200);
    answer.setEncoding('utf8');
    answer.on('data', (part) => {
      const came = now();
      text += part;
      const events = text.split('\n\n');
      text = events.pop();
      for (const event of events) {
        const id = /^id: (\d+)$/m.exec(event);
        if (id && event.includes('event: revision')) at.set(Number(id[1]), came);
      }
    });
    answer.on('error', () => {});
  });
  request.on('error', () => {});
  return {at, close: () => request.destroy()};
}

/** The colour of the border of what an event told. */
const BRIGHT = [0xd8, 0xf0, 0x8a];

/**
 * Opens a wall and notes every frame in which the split line appears at a place on it, or goes. The page's own sheet is
 * read in memory, as reading the screen costs more than what is measured; when the frame was on the screen says the
 * browser's trace, and that the screen shows it too is looked at with a picture now and then.
 */
async function drawn(browser, base, query, bounds, position, n) {
  const screen = await openScreen(browser, base, {width: WIDTH, height: HEIGHT});
  const {page} = screen;
  await page.goto(`${base}/wall${query}`);
  await page.locator('.wall-row, .wall-link-row').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.wall-map[aria-busy=false]'));
  const box = await page.locator('.wall-ground').boundingBox();
  const at = pixelIn(box, bounds, position);
  await page.evaluate(([[x, y], bright, name]) => {
    const SIDE = 9;
    window.turns = [];
    let was = null;
    const shows = () => {
      const sheet = document.querySelector('.wall-sheet');
      if (!sheet || sheet.hidden) return false;
      const [left, top] = [x - Number.parseFloat(sheet.style.left), y - Number.parseFloat(sheet.style.top)].map((v) => Math.round(v * devicePixelRatio - SIDE / 2));
      const {data} = sheet.getContext('2d').getImageData(left, top, SIDE, SIDE);
      for (let i = 0; i < data.length; i += 4) if (bright.reduce((sum, v, k) => sum + Math.abs(data[i + k] - v), 0) < 60) return true;
      return false;
    };
    const look = () => {
      const is = shows();
      if (is !== was) {
        const mark = performance.mark(`wall ${name} turn ${window.turns.length}`);
        window.turns.push({at: performance.timeOrigin + mark.startTime, is, mark: mark.name});
        window.onturn?.();
      }
      was = is;
      requestAnimationFrame(look);
    };
    look();
  }, [at, BRIGHT, n]);
  return {
    screen,
    /** Waits until the line is there, or not; returns the page's mark of it, null if it does not happen. */
    turns: (to) =>
      page.evaluate(
        ([want, most]) =>
          new Promise((over) => {
            const late = setTimeout(() => over(null), most);
            window.onturn = () => {
              const last = window.turns.at(-1);
              if (last?.is !== want) return;
              clearTimeout(late);
              over(last);
            };
            window.onturn();
          }),
        [to, LOST_MS],
      ),
    /** Whether the screen itself shows the line. */
    seen: async () => {
      const [colours] = await coloursAround(page, [[box.x + at[0], box.y + at[1]]], 9);
      return colours.some((c) => near(c, BRIGHT));
    },
  };
}

/** The share q of sorted numbers. */
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

function tell(name, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const [p50, p95, p99, worst] = [0.5, 0.95, 0.99, 1].map((q) => quantile(sorted, q).toFixed(0));
  console.log(`${name}: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, most ${worst} ms (n=${times.length})`);
}

async function measure(base, browser) {
  const {plan} = await known(base);
  const draft = await makeDraft(base, plan, `walls ${Date.now()}`);
  const tier = plan.tiers.find((t) => t.class === 'grid').code;
  const some = await ask(base, `/v1/plans/${draft}/grids?tier=${tier}&kind=general&drawn=true&limit=1`);
  const {grid, line, answer} = await splitOne(base, draft, await gridsOf(base, draft, `parent=${some.grids[0].parent}`), across);
  const village = await ask(base, `/v1/plans/${draft}/grids/${grid.parent}?geometry=none`);
  const position = [0, 1].map((k) => line[0][k] * 0.7 + line[1][k] * 0.3);
  const query = `?plan=${draft}&unit=${village.code}&lang=en`;
  const pages = [];
  for (let i = 0; i < PAGES; i++) pages.push(await drawn(browser, base, query, village.bounds, position, i));
  const listeners = Array.from({length: WALLS - PAGES}, () => listen(base, plan.territory.id, answer.revision));
  await pause(1000);

  const trace = await traceFrames(browser);
  const [heard, turns, revisions] = [[], [], []];
  let [lost, unlike] = [0, 0];
  for (let i = 0; i < EDITS; i++) {
    const split = i % 2 === 1;
    const sent = now();
    const {body} = await done(base, 'POST', `/v1/plans/${draft}/${split ? 'redo' : 'undo'}?geometry=none`);
    const answered = now(); // the commit was before
    revisions.push(body.revision);
    const turned = await Promise.all(pages.map((p) => p.turns(split)));
    if (i > 0) for (const turn of turned) turn ? turns.push({...turn, sent, answered}) : lost++;
    if (i % LOOK_EVERY === 0) for (const p of pages) if ((await p.seen()) !== split) unlike++;
    await pause(50 + ((i * 37) % 150)); // not in step with anything
    for (const l of listeners) if (l.at.has(body.revision)) heard.push(Math.max(0, l.at.get(body.revision) - answered));
  }
  await pause(500);
  const after = await trace.end();
  const missed = listeners.reduce((n, l) => n + revisions.filter((r) => !l.at.has(r)).length, 0);
  const faults = pages.flatMap((p) => p.screen.faults);
  const shown = turns.filter((t) => after.has(t.mark));
  const pixels = (from) => shown.map((t) => Math.max(0, t.at + after.get(t.mark) - t[from]));
  console.log(`${WALLS} walls on one service, ${PAGES} of them drawn at ${WIDTH}x${HEIGHT} by one browser under software rendering; ${EDITS} edits, ${plan.tiers.map((t) => t.count).join('/')} grids by tier`);
  tell('answer to an edit → event at a wall', heard);
  tell('answer to an edit → painted by the page', turns.map((t) => Math.max(0, t.at - t.answered)));
  tell('answer to an edit → pixel on the screen', pixels('answered'));
  tell('edit sent → pixel on the screen', pixels('sent'));
  console.log(`changes missed: ${missed} of ${revisions.length * listeners.length} by listeners, ${lost} of ${turns.length + lost} on drawn walls; ${unlike} pictures of the screen were unlike; ${turns.length - shown.length} frames not found in the trace`);
  for (const l of listeners) l.close();
  for (const p of pages) await p.screen.close();
  assert.deepEqual(faults, []);
  return missed + lost + unlike === 0;
}

process.exitCode = (await measured(process.env.COUNTY ?? 'huize', measure)) ? 0 : 1;
