// Measures whether the memory of a wall grows: a wall that goes round by itself
// hears edit after edit, and its heap is read after garbage collection. Reports
// the slope; judges nothing.
//
//   GRIDMAP_URL, GRIDMAP_BIN, CHROMIUM   as in run.mjs
//   COUNTY    the made-up county, mini if not set
//   EDITS     how many edits, 5000 if not set: more than an office makes in a day
//   SAMPLES   how often the heap is read, 10 if not set
import assert from 'node:assert/strict';
import {done, gridsOf, makeDraft, splitOne} from './drafts.mjs';
import {known} from './known.mjs';
import {across} from './redraw.mjs';
import {launch, openScreen} from './screen.mjs';
import {gridmap} from './server.mjs';

const [EDITS, SAMPLES] = [Number(process.env.EDITS ?? 5000), Number(process.env.SAMPLES ?? 10)];
/** What stands out for a while is gone, and the map has asked for its tiles. */
const QUIET_MS = 12_000;

/** The slope of the straight line nearest to the points. */
function slopeOf(points) {
  const mean = (k) => points.reduce((sum, p) => sum + p[k], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  return points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0) / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}

async function measure(base, browser) {
  const {plan} = await known(base);
  const draft = await makeDraft(base, plan, `heap ${Date.now()}`);
  const tier = plan.tiers.findLast((t) => t.class === 'grid').code;
  await splitOne(base, draft, await gridsOf(base, draft, `tier=${tier}`), across);
  const {page, faults, close} = await openScreen(browser, base, {width: 1280, height: 720});
  await page.goto(`${base}/wall?lang=en&plan=${draft}&rotate=3&depth=2`);
  await page.locator('.wall-row, .wall-link-row').first().waitFor();
  const tools = await page.context().newCDPSession(page);
  const read = async (edits) => {
    await page.waitForTimeout(QUIET_MS);
    await tools.send('HeapProfiler.collectGarbage');
    const {usedSize} = await tools.send('Runtime.getHeapUsage');
    const {nodes, jsEventListeners} = await tools.send('Memory.getDOMCounters');
    console.log(`after ${edits} edits: heap ${(usedSize / 1e6).toFixed(2)} MB, ${nodes} nodes, ${jsEventListeners} listeners`);
    return [edits, usedSize];
  };
  const points = [];
  for (let i = 1; i <= EDITS; i++) {
    await done(base, 'POST', `/v1/plans/${draft}/${i % 2 ? 'undo' : 'redo'}?geometry=none`);
    if (i % Math.ceil(EDITS / SAMPLES) === 0 || i === EDITS) points.push(await read(i));
  }
  const settled = points.slice(Math.ceil(points.length / 5)); // what a wall needs is there after the first
  console.log(`${EDITS} edits on a wall that goes round: the heap grows by ${((slopeOf(settled) * 1000) / 1e6).toFixed(3)} MB in 1,000 edits after the first fifth`);
  assert.deepEqual(faults, []);
  await close();
}

const server = await gridmap(process.env.COUNTY ?? 'mini');
let browser;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await server.stop();
    process.exit(1);
  });
}
try {
  browser = await launch();
  await measure(server.url, browser);
} finally {
  await browser?.close();
  await server.stop();
}
