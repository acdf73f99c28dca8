// Measures how soon an edit is a pixel on a wall, with many walls open at one
// service, and whether any of them misses a change. Reports; judges only what
// is missed.
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
import {ask, known} from './known.mjs';
import {across} from './redraw.mjs';
import {launch, openScreen} from './screen.mjs';
import {gridmap} from './server.mjs';

const number = (name, usual) => Number(process.env[name] ?? usual);
const [WALLS, PAGES, EDITS, WIDTH] = [number('WALLS', 100), number('PAGES', 2), number('EDITS', 200), number('WIDTH', 1280)];
const HEIGHT = Math.round((WIDTH * 9) / 16);
/** An edit that is not on a wall by then is reported as missed, milliseconds. */
const LOST_MS = 5000;

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

const world = ([lon, lat]) => {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * 512, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 512];
};

/** Where on a map that shows a box with its margin a position is, in pixels of the map. */
function pixelIn(box, [west, south, east, north], position) {
  const margin = 2 * Math.round(Math.min(box.width, box.height) * 0.05);
  const [x0, y0] = world([west, north]);
  const [x1, y1] = world([east, south]);
  const scale = Math.min((box.width - margin) / (x1 - x0), (box.height - margin) / (y1 - y0));
  const [x, y] = world(position);
  return [box.width / 2 + (x - (x0 + x1) / 2) * scale, box.height / 2 + (y - (y0 + y1) / 2) * scale];
}

/** Opens a wall and notes every moment at which the split line appears at a place on it, or goes. */
async function drawn(browser, base, query, bounds, position) {
  const screen = await openScreen(browser, base, {width: WIDTH, height: HEIGHT});
  const {page} = screen;
  await page.addInitScript(() => {
    const get = HTMLCanvasElement.prototype.getContext; // so that a frame can be read after it was shown
    HTMLCanvasElement.prototype.getContext = function (kind, options) {
      return get.call(this, kind, kind.startsWith('webgl') ? {...options, preserveDrawingBuffer: true} : options);
    };
  });
  await page.goto(`${base}/wall${query}`);
  await page.locator('.wall-row, .wall-link-row').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.wall-map[aria-busy=false]'));
  const at = pixelIn(await page.locator('.wall-map').boundingBox(), bounds, position);
  await page.evaluate(([x, y]) => {
    const SIDE = 9;
    const map = document.querySelector('.wall-map canvas');
    const gl = map.getContext('webgl2');
    const ratio = map.width / map.clientWidth;
    const [left, top] = [x, y].map((v) => Math.round(v * ratio - SIDE / 2));
    const data = new Uint8Array(SIDE * SIDE * 4);
    window.turns = [];
    let was = null;
    const look = () => {
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      gl.readPixels(left, map.height - top - SIDE, SIDE, SIDE, gl.RGBA, gl.UNSIGNED_BYTE, data);
      let is = false; // the colour of a fresh outline, #d8f08a
      for (let i = 0; i < data.length; i += 4) is ||= Math.abs(data[i] - 216) + Math.abs(data[i + 1] - 240) + Math.abs(data[i + 2] - 138) < 60;
      if (is !== was) window.turns.push([performance.timeOrigin + performance.now(), is]);
      was = is;
      requestAnimationFrame(look);
    };
    look();
  }, at);
  return {
    screen,
    /** Waits until the line is there, or not; returns since when, null if it does not happen. */
    turns: async (to) => {
      try {
        const found = await page.waitForFunction((want) => (window.turns.at(-1)?.[1] === want ? window.turns.at(-1)[0] : null), to, {timeout: LOST_MS, polling: 10});
        return await found.jsonValue();
      } catch {
        return null;
      }
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
  for (let i = 0; i < PAGES; i++) pages.push(await drawn(browser, base, query, village.bounds, position));
  const listeners = Array.from({length: WALLS - PAGES}, () => listen(base, plan.territory.id, answer.revision));
  await pause(1000);

  const [heard, shown, revisions] = [[], [], []];
  let lost = 0;
  for (let i = 0; i < EDITS; i++) {
    const split = i % 2 === 1;
    const {body} = await done(base, 'POST', `/v1/plans/${draft}/${split ? 'redo' : 'undo'}?geometry=none`);
    const committed = now(); // the answer is here: the commit was before
    revisions.push(body.revision);
    const turned = await Promise.all(pages.map((p) => p.turns(split)));
    if (i > 0) for (const at of turned) at === null ? lost++ : shown.push(Math.max(0, at - committed));
    await pause(50 + ((i * 37) % 150)); // not in step with anything
    for (const l of listeners) if (l.at.has(body.revision)) heard.push(Math.max(0, l.at.get(body.revision) - committed));
  }
  await pause(500);
  const missed = listeners.reduce((n, l) => n + revisions.filter((r) => !l.at.has(r)).length, 0);
  const faults = pages.flatMap((p) => p.screen.faults);
  console.log(`${WALLS} walls on one service, ${PAGES} of them drawn at ${WIDTH}x${HEIGHT} by one browser under software rendering; ${EDITS} edits, ${plan.tiers.map((t) => t.count).join('/')} grids by tier`);
  tell('answer to an edit → event at a wall', heard);
  tell('answer to an edit → pixel on a wall', shown);
  console.log(`changes missed: ${missed} of ${revisions.length * listeners.length} by listeners, ${lost} of ${shown.length + lost} on drawn walls`);
  for (const l of listeners) l.close();
  for (const p of pages) await p.screen.close();
  assert.deepEqual(faults, []);
  return missed + lost === 0;
}

const server = await gridmap(process.env.COUNTY ?? 'huize');
let browser;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await server.stop();
    process.exit(1);
  });
}
try {
  browser = await launch();
  process.exitCode = (await measure(server.url, browser)) ? 0 : 1;
} finally {
  await browser?.close();
  await server.stop();
}
