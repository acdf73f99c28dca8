import assert from 'node:assert/strict';
import {mkdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {wire} from './cut.mjs';
import {commonPoints, done, gridsOf, makeDraft, publish, redraw, send, splitOne} from './drafts.mjs';
import {coloursAround, near, pixelIn} from './pixels.mjs';
import {ask} from './known.mjs';
import {across} from './redraw.mjs';
import {accessibilityFaults, openScreen} from './screen.mjs';
import {MOST_BYTES, noSidewaysScroll, OUT} from './shots.mjs';
import {storyOn} from './story.mjs';

const HD = {width: 1920, height: 1080};

/** A wall on a fresh page; whatever happens, it must not have complained, but for what is expected when it is cut off. */
const story = (name, tell, {size = HD, cut = false, expected = cut ? /Failed to load resource|net::ERR|AJAXError|Failed to fetch/ : null, ms} = {}) => ({
  name: `wall: ${name}`,
  ms,
  play: async (facts) => {
    const line = cut ? await wire(facts.base) : null;
    const screen = await openScreen(facts.browser, line?.url ?? facts.base, size);
    try {
      await tell(openWall(screen, line?.url ?? facts.base), facts, line);
      assert.deepEqual(screen.faults.filter((f) => !expected?.test(f)), []);
    } finally {
      await screen.close();
      await line?.close();
    }
  },
});

/** How a story looks at a wall. */
function openWall({page, text}, base) {
  const wall = {
    page,
    text,
    go: async (query) => {
      await page.goto(`${base}/wall${query}`);
      const place = new URLSearchParams(query).has('lon'); // until it is found the ranking stands there
      await page.locator(place ? '.wall-link-row, .wall-nowhere' : '.wall-row, .wall-link-row').first().waitFor();
      await wall.settle();
    },
    /** Nothing is on its way and the map has nothing left to draw. */
    settle: async () => {
      await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
      await page.waitForFunction(() => document.querySelector('.wall-map[aria-busy=false]'));
    },
    /** The revision whose figures are shown. */
    reaches: (revision) => page.getByText(`Revision ${revision.toLocaleString('en')}`, {exact: true}).waitFor(),
    /** The address names the unit; null is the whole territory. */
    isAt: (unit) => page.waitForFunction((code) => new URLSearchParams(location.search).get('unit') === code, unit),
    unit: () => new URL(page.url()).searchParams.get('unit'),
    heading: (name) => page.getByRole('heading', {level: 1, name, exact: true}).waitFor(),
    number: async (selector) => Number((await page.locator(selector).first().innerText()).replaceAll(/\D/g, '')),
  };
  return wall;
}

const english = ({name}) => name.en ?? name.zh;
const check = (base, plan, unit) =>
  done(base, 'POST', '/v1/checks', {plan, ...(unit && {scope: {divisions: [unit]}}), include: {geometry: 'none'}}).then((a) => a.body);

/** What the wall shows against the report of the same unit. */
async function agrees(wall, base, plan, unit) {
  const report = await check(base, plan, unit);
  assert.equal(await wall.number('.wall-figure.is-main dd'), report.summary.households.total);
  assert.equal(await wall.number('.wall-alarm.is-gap .wall-alarm-n'), report.summary.gaps.count);
  assert.equal(await wall.number('.wall-alarm.is-no_leader .wall-alarm-n'), report.findings.filter((f) => f.rule === 'STF-1' && !f.waived).length);
  return report;
}

const keys = story('keys lead from the county to a grid and back, with the figures of the report', async (wall, {base, plan}) => {
  const {page} = wall;
  await wall.go('?lang=en');
  await agrees(wall, base, plan.id, null);
  await wall.heading(english(plan.territory));
  const above = [null];
  for (let depth = 0; depth < 5 && (await page.locator('.wall-row').count()) > 0; depth++) {
    await page.keyboard.press('ArrowDown');
    const name = await page.locator('.wall-row.is-on .wall-name').innerText();
    await page.keyboard.press('Enter');
    await wall.heading(name);
    await wall.settle();
    const unit = wall.unit();
    assert.ok(unit && !above.includes(unit), `${name} has an address of its own: ${page.url()}`);
    await agrees(wall, base, plan.id, unit);
    above.push(unit);
  }
  assert.ok(above.length >= 4, `went through ${above}`);
  await page.locator('.wall-chain').waitFor(); // a grid without parts shows who serves there
  for (const unit of above.slice(0, -1).reverse()) {
    await page.keyboard.press('Backspace');
    await wall.isAt(unit);
  }
  await wall.heading(english(plan.territory));
});

const addresses = story('all that is chosen stands in the address, and an address shows it again', async (wall, {plan}) => {
  const {page} = wall;
  await wall.go('?lang=en');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('button', {name: '中文'}).click();
  await page.locator('.wall-path button').waitFor();
  await page.waitForFunction(() => location.search.includes('lang=zh-CN'));
  const {href, search} = new URL(page.url());
  for (const part of ['unit=', 'rank=alarms', 'lang=zh-CN']) assert.ok(search.includes(part), `${href} has ${part}`);
  const shown = await wall.text('h1');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  await wall.go('?lang=en');
  await wall.go(search);
  assert.equal(await wall.text('h1'), shown);
  assert.equal(await page.locator('.wall-ranks [aria-pressed=true]').innerText(), '告警');
  await wall.go(`?territory=${plan.territory.id}&size=150&lang=zh-CN`);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '24px');
});

const asks = story('a click and an address with a place tell whose ground it is, with people and phones', async (wall, {base, plan, located, at}) => {
  const {page} = wall;
  await wall.go(`?lang=en&lon=${at[0]}&lat=${at[1]}`);
  await page.locator('.wall-link-row').nth(located.chain.length - 1).waitFor();
  const told = await wall.text('.wall-chain');
  for (const grid of located.chain) assert.ok(told.includes(grid.code), `${told} names ${grid.code}`);
  const leaf = await ask(base, `/v1/plans/${plan.id}/grids/${located.chain.at(-1).id}`);
  for (const who of leaf.workers.slice(0, 2)) assert.ok(told.includes(who.name) && (!who.phone || told.includes(who.phone)), `${told} names ${who.name}`);

  // In type so large that not all of it fits, the keys lead to the rest.
  await wall.go(`?lang=en&size=140&lon=${at[0]}&lat=${at[1]}`);
  const chain = page.locator('.wall-chain');
  await page.waitForFunction(() => ((e) => e && e.scrollHeight > e.clientHeight)(document.querySelector('.wall-chain')));
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('.wall-chain').scrollTop > 0);
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction(() => document.querySelector('.wall-chain').scrollTop === 0);
  assert.deepEqual(await accessibilityFaults(page), []);
  await wall.go(`?lang=en&lon=${at[0]}&lat=${at[1]}`);
  await chain.waitFor();

  // Somebody is named to stand in, and the wall says so by itself.
  const {assignments} = await ask(base, `/v1/assignments?territory=${plan.territory.id}&limit=50`);
  const post = assignments.find((a) => a.grid === leaf.id);
  const other = assignments.find((a) => a.worker !== post.worker);
  const deputy = await ask(base, `/v1/workers/${other.worker}?territory=${plan.territory.id}`);
  await done(base, 'PATCH', `/v1/assignments/${post.id}?territory=${plan.territory.id}`, {deputy: other.worker});
  try {
    await page.locator('.wall-person', {hasText: 'Deputy'}).getByText(deputy.name).waitFor();
  } finally {
    await done(base, 'PATCH', `/v1/assignments/${post.id}?territory=${plan.territory.id}`, {deputy: null});
  }
  await page.keyboard.press('Backspace');
  await page.locator('.wall-row').first().waitFor();
  await page.waitForFunction(() => !location.search.includes('lon='));

  // A click in the middle of the map asks there.
  const box = await page.locator('.wall-ground').boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.locator('.wall-link-row, .wall-nowhere').first().waitFor();
  await page.waitForFunction(() => location.search.includes('lon='));
  const query = new URL(page.url()).searchParams;
  const there = await ask(base, `/v1/locate?plan=${plan.id}&lon=${query.get('lon')}&lat=${query.get('lat')}`);
  if (there.chain.length > 0) await page.getByText(there.chain.at(-1).code).waitFor();
  await wall.go('?lang=en&lon=0&lat=0');
  await page.getByText('No grid covers this point').waitFor();
});

const alarms = story('who leaves raises an alarm by shape and word without a reload, and it goes when they are back', async (wall, {base, plan, leaf}) => {
  const {page} = wall;
  await wall.go('?lang=en');
  const before = await wall.number('.wall-alarm.is-no_leader .wall-alarm-n');
  const {assignments} = await ask(base, `/v1/assignments?territory=${plan.territory.id}&grid=${leaf.id}&limit=100`);
  assert.ok(assignments.length > 0, 'the grid has people');
  let written;
  for (const a of assignments) written = await done(base, 'DELETE', `/v1/assignments/${a.id}`);
  try {
    await wall.reaches(written.revision);
    const report = await agrees(wall, base, plan.id, null);
    assert.ok(report.findings.some((f) => f.rule === 'STF-1' && f.subject.code === leaf.code), 'the leaf must be staffed');
    assert.equal(await wall.number('.wall-alarm.is-no_leader .wall-alarm-n'), before + 1);
    const tile = page.locator('.wall-alarm.is-no_leader');
    assert.match(await tile.innerText(), /Nobody in charge/);
    assert.notEqual(await tile.locator('path').getAttribute('d'), await page.locator('.wall-alarm.is-short path').getAttribute('d'));
    await page.getByRole('button', {name: 'Alarms', exact: true}).click();
    await page.locator('.wall-rows li:first-child .wall-mark.is-no_leader').waitFor(); // the place with the alarm stands first
  } finally {
    for (const {id: _, ...a} of assignments) written = await done(base, 'POST', `/v1/assignments?territory=${plan.territory.id}`, a);
  }
  await wall.reaches(written.revision);
  assert.equal(await wall.number('.wall-alarm.is-no_leader .wall-alarm-n'), before);
});

const daily = story('what the day brings is asked for though nobody changes anything', async (wall) => {
  const {page} = wall;
  await page.clock.install();
  let missing = 0; // posts that end with the day
  await page.route('**/v1/plans/*/standing*', async (route) => {
    const answer = await route.fetch();
    const told = await answer.json();
    told.alarm_counts.no_leader += missing;
    await route.fulfill({response: answer, json: told});
  });
  await wall.go('?lang=en');
  const before = await wall.number('.wall-alarm.is-no_leader .wall-alarm-n');
  missing = 3;
  await page.clock.fastForward('06:00');
  await page.locator('.wall-alarm.is-no_leader .wall-alarm-n').getByText(String(before + 3), {exact: true}).waitFor();
  await page.unrouteAll({behavior: 'wait'});
});

const rotates = story('it goes round by itself, waits for who is at the keys, and starts from an address', async (wall, {base, plan}) => {
  const {page} = wall;
  const {grids} = await ask(base, `/v1/plans/${plan.id}/grids?tier=${plan.tiers[1].code}&kind=general`);
  await wall.go('?lang=en&rotate=3');
  for (const {name} of grids.slice(0, 2)) await wall.heading(english({name}));
  await page.keyboard.press('Home');
  await wall.heading(english(plan.territory));
  await page.waitForTimeout(5000);
  assert.equal(wall.unit(), null, 'it stays where somebody went');
  await page.keyboard.press('r');
  await page.waitForFunction(() => !location.search.includes('rotate='));
});

const refused = story('an unknown unit leads back to the whole; whatever else is refused is said, and the address stays', async (wall, {plan}) => {
  const {page} = wall;
  await wall.go('?lang=en&unit=000000000000');
  await wall.heading(english(plan.territory));
  await wall.isAt(null);
  assert.equal(await page.locator('.wall-refusal').count(), 0);
  await page.goto(`${new URL(page.url()).origin}/wall?lang=en&plan=424242&unit=000000000000`);
  const notice = page.getByRole('alert');
  await notice.getByText(/The service answers: 404 .*424242/).waitFor();
  await wall.isAt('000000000000');
  await page.getByRole('button', {name: '中文'}).click();
  await notice.getByText('服务答复').waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.goto(`${new URL(page.url()).origin}/wall?lang=en&territory=424242`);
  await page.getByText('There is no territory 424242').waitFor();
}, {expected: /Failed to load resource/});

/** Villages under one parent that touch, merged in the draft; returns the one that stays and the one that goes. */
async function mergeVillages(base, draft, villages) {
  for (const [i, one] of villages.entries()) {
    for (const other of villages.slice(i + 1).filter((v) => v.parent === one.parent)) {
      const answer = await send(base, 'POST', `/v1/plans/${draft}/edits`, {op: 'merge', grids: [one.id, other.id], keep: one.id});
      if (answer.status === 200) return {stays: one, goes: other};
    }
  }
  return assert.fail('no two villages can be merged');
}

/** The colour of the borders of the parts. */
const BORDER = [0x67, 0x78, 0x83];

/** At how many of the places the wall draws a border. */
async function bordersAt(page, bounds, places) {
  const box = await page.locator('.wall-ground').boundingBox();
  const points = places.map((at) => pixelIn(box, bounds, at)).map(([x, y]) => [box.x + x, box.y + y]);
  const colours = await coloursAround(page, points, 3);
  return colours.filter((square) => square.some((c) => near(c, BORDER))).length;
}

const merges = story('two villages merge, twelve grids are redrawn, it is put in force, and the wall shows it', async (wall, {base, browser, plan}) => {
  const {page} = wall;
  const tier = plan.tiers.findLast((t) => t.class === 'administrative').code;
  const villages = await gridsOf(base, plan.id, `tier=${tier}`);
  const draft = await makeDraft(base, plan, `wall ${Date.now()}`);
  const {stays, goes} = await mergeVillages(base, draft, villages);
  const parent = await ask(base, `/v1/plans/${plan.id}/grids/${stays.parent}?geometry=none`);
  await wall.go(`?lang=en&unit=${parent.code}`);
  assert.ok((await wall.text('.wall-rows')).includes(english(goes)));
  const between = commonPoints(stays, goes);
  const drawn = await bordersAt(page, parent.bounds, between);
  assert.ok(drawn > 0.7 * between.length, `the border between the two is drawn at ${drawn} of ${between.length} places`);

  const grids = await gridsOf(base, draft, `tier=${plan.tiers.find((t) => t.class === 'grid').code}`);
  const redrawn = await redraw(base, draft, grids, 12);
  assert.ok(redrawn.size >= 12, `${redrawn.size} grids of ${grids.length} are redrawn`);
  assert.ok((await wall.text('.wall-rows')).includes(english(goes)), 'a draft is not the business of a wall');

  // A plan that is no more in force is out of the service's memory: its tiles, if anybody asks for them, come late.
  await page.route(`**/tiles/${plan.id}/**`, async (route) => {
    await new Promise((late) => setTimeout(late, LATE_MS));
    await route.continue().catch(() => {});
  });
  const dark = await watchForDark(page);
  const asked = page.waitForResponse((r) => r.url().includes(`/tiles/${draft}/`));
  const [revision] = await Promise.all([publish(base, draft), asked]);
  await wall.reaches(revision);
  await page.waitForTimeout(2 * LATE_MS);
  await wall.settle();
  assert.equal(await dark(), 0, 'the map was never dark between two plans');
  const rows = await wall.text('.wall-rows');
  assert.ok(!rows.includes(english(goes)) && rows.includes(english(stays)), rows);
  await agrees(wall, base, draft, wall.unit());
  mkdirSync(OUT, {recursive: true});
  await page.screenshot({path: path.join(OUT, 'wall-merged.png')});
  const left = await bordersAt(page, parent.bounds, between);
  assert.ok(left < 0.2 * between.length, `of the border that is gone ${left} of ${between.length} places are still drawn`);

  // What the wall shows is what one shows that is opened now, to the pixel.
  const map = await page.locator('.wall-ground').screenshot();
  const other = await openScreen(browser, base, HD);
  let fresh;
  try {
    await openWall(other, base).go(`?lang=en&unit=${parent.code}`);
    fresh = await other.page.locator('.wall-ground').screenshot();
  } finally {
    await other.close();
  }
  assert.ok(map.equals(fresh), 'the map is not that of a wall opened now');
});

/** So late come tiles that are out of the service's memory, milliseconds: longer than all others take. */
const LATE_MS = 4000;

/** Looks at the middle of the map at every frame from now on; the function returned says in how many frames nothing was drawn there. */
async function watchForDark(page) {
  await page.evaluate(() => {
    window.darkFrames = 0;
    window.watching = true;
    const map = document.querySelector('.wall-map canvas');
    const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const look = () => {
      pen.clearRect(0, 0, 1, 1);
      pen.drawImage(map, map.width / 2, map.height / 2, 1, 1, 0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      if (a > 0 && r === 11 && g === 16 && b === 20) window.darkFrames++; // the ground under all
      if (window.watching) requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => ((window.watching = false), window.darkFrames));
}

const cutOff = story(
  'without the service it keeps what it shows and says so; back again, nothing was missed',
  async (wall, {base, plan}, line) => {
    const {page} = wall;
    await wall.go('?lang=en');
    const shown = await wall.text('.wall-rows');
    line.cut();
    await page.getByText(/No contact for \d+:\d\d/).waitFor();
    assert.equal(await wall.text('.wall-rows'), shown);
    await page.keyboard.press('ArrowDown');
    await page.locator('.wall-row.is-on').waitFor(); // the page goes on working
    const {workers} = await ask(base, `/v1/workers?territory=${plan.territory.id}&limit=1`);
    const missed = await done(base, 'PATCH', `/v1/workers/${workers[0].id}?territory=${plan.territory.id}`, {phone: '00000000099'});
    await page.waitForEvent('requestfailed', (r) => r.url().includes('/v1/events')); // it tries again, in vain
    line.mend();
    await page.getByText('Live', {exact: true}).waitFor();
    await wall.reaches(missed.revision);

    // A line that is dead and does not say so: nothing comes, nothing breaks.
    line.freeze();
    await page.getByText(/No contact for/).waitFor({timeout: 45_000});
    const {revision} = await done(base, 'PATCH', `/v1/workers/${workers[0].id}?territory=${plan.territory.id}`, {phone: '00000000098'});
    line.mend();
    await wall.reaches(revision);
    await page.getByText('Live', {exact: true}).waitFor();
    await wall.settle();
  },
  {cut: true},
);

const dazed = story('a graphics card that gives up for a while takes no colour and no change with it', async (wall, {base, plan}) => {
  const {page} = wall;
  const draft = await makeDraft(base, plan, `dazed ${Date.now()}`);
  const tier = plan.tiers.find((t) => t.class === 'grid').code;
  const {grid} = await splitOne(base, draft, await gridsOf(base, draft, `tier=${tier}`), across);
  const village = await ask(base, `/v1/plans/${draft}/grids/${grid.parent}?geometry=none`);
  await wall.go(`?lang=en&plan=${draft}&unit=${village.code}`);
  const {x, y, width, height} = await page.locator('.wall-ground').boundingBox();
  const places = Array.from({length: 40 * 30}, (_, i) => [x + ((i % 40) * width) / 40, y + (Math.floor(i / 40) * height) / 30]);
  const shown = () => coloursAround(page, places, 1); // letters may stand a hair's breadth aside
  const before = await shown();
  await page.evaluate(() => {
    window.card = document.querySelector('.wall-ground .maplibregl-canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
    window.card.loseContext();
  });
  const away = await done(base, 'POST', `/v1/plans/${draft}/undo?geometry=none`);
  await wall.reaches(away.body.revision);
  await page.evaluate(() => window.card.restoreContext());
  const back = await done(base, 'POST', `/v1/plans/${draft}/redo?geometry=none`);
  await wall.reaches(back.body.revision);
  await page.locator('.wall-sheet').waitFor({state: 'hidden'});
  await wall.settle();
  const after = await shown();
  assert.deepEqual(places.filter((_, i) => !near(before[i][0], after[i][0])), [], 'the map is what it was');
}, {expected: /CONTEXT_LOST_WEBGL/});

const EDITS = Number(process.env.EDITS ?? 1000);
/** By so much may the heap grow over the last four fifths of the edits; what a wall needs is there after the first. */
const HEAP_GROWTH = 1.2;

const lasting = story(`${EDITS} edits leave the heap as it was and the last one on the screen`, async (wall, {base, plan}) => {
  const {page} = wall;
  const draft = await makeDraft(base, plan, `storm ${Date.now()}`);
  const tier = plan.tiers.findLast((t) => t.class === 'grid').code;
  const {answer} = await splitOne(base, draft, await gridsOf(base, draft, `tier=${tier}`), across);
  await wall.go(`?lang=en&plan=${draft}`);
  await wall.reaches(answer.revision);
  const tools = await page.context().newCDPSession(page);
  const heap = async () => {
    await page.locator('.wall-sheet').waitFor({state: 'hidden'}); // what stands out for a while is gone
    await wall.settle();
    await tools.send('HeapProfiler.collectGarbage');
    const {usedSize} = await tools.send('Runtime.getHeapUsage');
    const {nodes, jsEventListeners} = await tools.send('Memory.getDOMCounters');
    return {usedSize, nodes, jsEventListeners};
  };
  let reached;
  const storm = async (n) => {
    for (let i = 0; i < n; i++) reached = (await done(base, 'POST', `/v1/plans/${draft}/${i % 2 === 0 ? 'undo' : 'redo'}?geometry=none`)).body.revision;
    await wall.reaches(reached);
  };
  await storm(EDITS / 5);
  const early = await heap();
  await storm((EDITS * 4) / 5);
  const late = await heap();
  console.log(`        heap after ${EDITS / 5} edits ${(early.usedSize / 1e6).toFixed(1)} MB, after ${EDITS} ${(late.usedSize / 1e6).toFixed(1)} MB; nodes ${early.nodes} and ${late.nodes}`);
  assert.ok(late.usedSize < early.usedSize * HEAP_GROWTH, `the heap grew from ${early.usedSize} to ${late.usedSize}`);
  assert.ok(late.nodes <= early.nodes * HEAP_GROWTH && late.jsEventListeners <= early.jsEventListeners * HEAP_GROWTH, JSON.stringify({early, late}));
  await agrees(wall, base, draft, null);
}, {ms: 400_000});

/** A planner's map asks for all tiles at every revision: nearly all of them prove to be as they were. */
const unchanged = storyOn('tiles that prove unchanged leave the planner’s map at rest', async (screen, {base, plan}) => {
  await screen.go(`?plan=${plan.id}&lang=en`);
  const {workers} = await ask(base, `/v1/workers?territory=${plan.territory.id}&limit=1`);
  for (const phone of ['00000000051', '00000000052', '00000000053']) {
    const {revision} = await done(base, 'PATCH', `/v1/workers/${workers[0].id}?territory=${plan.territory.id}`, {phone});
    await screen.page.getByText(`Revision ${revision.toLocaleString('en')}`).waitFor();
    await screen.settle();
  }
});

const accessible = ['zh-CN', 'en'].map((lang) =>
  story(`axe-core finds nothing: ${lang}`, async (wall, {plan, at, located}) => {
    for (const query of [`?lang=${lang}`, `?lang=${lang}&unit=${located.chain[1].code}&rank=alarms`, `?lang=${lang}&lon=${at[0]}&lat=${at[1]}`]) {
      await wall.go(query);
      assert.deepEqual(await accessibilityFaults(wall.page), [], query);
    }
    await wall.page.keyboard.press('Backspace');
    await wall.page.locator('.wall-row').first().waitFor();
    await wall.page.keyboard.press('ArrowDown');
    assert.deepEqual(await accessibilityFaults(wall.page), [], 'with a part pointed at');
    assert.ok(plan);
  }),
);

/** The READMEs' pictures of the wall: a whole county. */
export async function wallPictures(facts, folder) {
  for (const [file, lang] of [['wall.png', 'en'], ['wall.zh-CN.png', 'zh-CN']]) {
    const name = path.join(folder, file);
    await story(`picture ${lang}`, async (wall) => {
      await wall.go(`?lang=${lang}`);
      await wall.page.screenshot({path: name});
    }).play(facts);
    const bytes = statSync(name).size;
    assert.ok(bytes < MOST_BYTES, `${name} has ${bytes} bytes, more than ${MOST_BYTES}`);
    console.log(`${name}: ${bytes} bytes`);
  }
}

/** Walls from a desk screen to 8K; an upright one; and what who looks in from elsewhere has. */
const SIZES = [HD, {width: 3840, height: 2160}, {width: 7680, height: 4320}, {width: 1080, height: 1920}, {width: 1280, height: 800}, {width: 390, height: 844}];

/** A picture of 33 million pixels takes a busy machine so long, milliseconds. */
const LARGE_MS = 120_000;

const shots = SIZES.flatMap((size) =>
  ['zh-CN', 'en'].map((lang) =>
    story(
      `screenshot ${size.width} x ${size.height} ${lang}`,
      async (wall, {located}) => {
        mkdirSync(OUT, {recursive: true});
        wall.page.setDefaultTimeout(LARGE_MS);
        await wall.go(`?lang=${lang}&unit=${located.chain[1].code}`);
        await wall.page.screenshot({path: path.join(OUT, `wall-${size.width}-${lang}.png`)});
        await noSidewaysScroll(wall.page);
        const cut = await wall.page.evaluate(() =>
          [...document.querySelectorAll('.wall-figure dd, .wall-alarm, .wall-value, .wall-time, .wall-live, .wall h2, .wall-legend, .maplibregl-ctrl-scale')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className),
        );
        assert.deepEqual(cut, [], 'no figure is cut off');
        const [ground, legend, bar] = await Promise.all(['.wall-ground', '.wall-legend', '.maplibregl-ctrl-scale'].map((s) => wall.page.locator(s).boundingBox()));
        assert.ok(legend.y >= ground.y + ground.height, 'the legend covers no ground');
        assert.ok(bar.x >= ground.x && bar.x + bar.width <= ground.x + ground.width && bar.y + bar.height <= ground.y + ground.height, 'the scale bar is whole');
      },
      {size, ms: 2 * LARGE_MS},
    ),
  ),
);

export const walls = [keys, addresses, asks, alarms, daily, rotates, refused, unchanged, cutOff, dazed, lasting, ...accessible, ...shots];

/** Takes another plan into force, so that it is played after all that know the first. */
export const last = [merges];
