// Measures whether the memory of a wall grows: a wall that goes round by itself
// hears edit after edit, and its heap is read after garbage collection: all of
// it, and by itself what the page holds, without the code that the engine goes
// on compiling and without what the browser keeps for its own tools. Reports
// the slopes; judges nothing.
//
//   GRIDMAP_URL, GRIDMAP_BIN, CHROMIUM   as in run.mjs
//   COUNTY    the made-up county, mini if not set
//   EDITS     how many edits, 5000 if not set: more than an office makes in a day
//   SAMPLES   how often the heap is read, 10 if not set
import assert from 'node:assert/strict';
import {done, gridsOf, makeDraft, splitOne} from './drafts.mjs';
import {known} from './known.mjs';
import {measured} from './measured.mjs';
import {across} from './redraw.mjs';
import {openScreen} from './screen.mjs';

const [EDITS, SAMPLES] = [Number(process.env.EDITS ?? 5000), Number(process.env.SAMPLES ?? 10)];
/** What stands out for a while is gone, and the map has asked for its tiles. */
const QUIET_MS = 12_000;

/** The slope of the straight line nearest to the points, by one of their figures. */
function slopeOf(points, of) {
  const mean = (k) => points.reduce((sum, p) => sum + p[k], 0) / points.length;
  const [x0, y0] = [mean(0), mean(of)];
  return points.reduce((sum, p) => sum + (p[0] - x0) * (p[of] - y0), 0) / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}

/** The bytes of a heap by what holds them: the engine's code, the browser's own objects, the page's. */
async function holders(tools) {
  const parts = [];
  const take = ({chunk}) => parts.push(chunk);
  tools.on('HeapProfiler.addHeapSnapshotChunk', take);
  await tools.send('HeapProfiler.takeHeapSnapshot', {reportProgress: false});
  tools.off('HeapProfiler.addHeapSnapshotChunk', take);
  const {snapshot, nodes} = JSON.parse(parts.join(''));
  const {node_fields: fields, node_types: types} = snapshot.meta;
  const [type, size] = ['type', 'self_size'].map((f) => fields.indexOf(f));
  const bytes = {code: 0, native: 0, page: 0};
  for (let i = 0; i < nodes.length; i += fields.length) {
    const of = types[0][nodes[i + type]];
    bytes[of in bytes ? of : 'page'] += nodes[i + size];
  }
  return bytes;
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
    const {code, native, page: own} = await holders(tools);
    const mb = (n) => (n / 1e6).toFixed(2);
    console.log(`after ${edits} edits: heap ${mb(usedSize)} MB; the page's own ${mb(own)}, code ${mb(code)}, the browser's ${mb(native)}; ${nodes} nodes, ${jsEventListeners} listeners`);
    return [edits, usedSize, own];
  };
  const points = [];
  for (let i = 1; i <= EDITS; i++) {
    await done(base, 'POST', `/v1/plans/${draft}/${i % 2 ? 'undo' : 'redo'}?geometry=none`);
    if (i % Math.ceil(EDITS / SAMPLES) === 0 || i === EDITS) points.push(await read(i));
  }
  const settled = points.slice(Math.ceil(points.length / 5)); // what a wall needs is there after the first
  const [all, own] = [1, 2].map((of) => ((slopeOf(settled, of) * 1000) / 1e6).toFixed(3));
  console.log(`${EDITS} edits on a wall that goes round, after the first fifth: in 1,000 edits the heap grows by ${all} MB, what the page holds by ${own} MB`);
  assert.deepEqual(faults, []);
  await close();
}

await measured(process.env.COUNTY ?? 'mini', measure);
