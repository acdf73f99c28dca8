import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {done} from './drafts.mjs';
import {ask} from './known.mjs';
import {accessibilityFaults, pixelOf} from './screen.mjs';
import {editBeside} from './redraw.mjs';
import {noSidewaysScroll, OUT, SIZES} from './shots.mjs';
import {REFUSALS, storyOn} from './story.mjs';

const square = (west, south, east, north) => [[west, south], [east, south], [east, north], [west, north], [west, south]];
const feature = (code, ring) => ({type: 'Feature', properties: {code, name: `网格 ${code.slice(-3)}`}, geometry: {type: 'Polygon', coordinates: [ring]}});
const layer = (...features) => JSON.stringify({type: 'FeatureCollection', features});

/** The files of a county of two grids, numbered from east to west, apart by `gap` degrees. */
function twoGrids(code, gap) {
  const grids = layer(feature(`${code}002`, square(110, 37, 110.01, 37.01)), feature(`${code}001`, square(110.01 + gap, 37, 110.02, 37.01)));
  return {
    'county.geojson': layer(feature(code, square(110, 37, 110.02, 37.01))),
    'primary.geojson': grids,
    'workers.csv': 'number,name,phone\nW1,王一,13800000000\n',
  };
}

const manifest = (code, state) => JSON.stringify({
  territory: {code, name: {zh: '试县', en: 'Try County'}}, plan: {name: '试方案', state},
  tiers: [
    {rank: 0, code: 'county', name: {zh: '县', en: 'County'}, class: 'administrative', complete: true},
    {rank: 1, code: 'primary', name: {zh: '网格', en: 'Primary grid'}, class: 'grid', complete: true, needs_worker: true},
  ],
});

/** Loads such a county over the service, beside the page; returns territory and plan. */
async function load(base, code, state, gap = 0) {
  const form = new FormData();
  form.set('manifest', manifest(code, state));
  form.set('crs', 'EPSG:4490');
  for (const [name, text] of Object.entries(twoGrids(code, gap))) {
    const part = name.endsWith('.csv') ? name.slice(0, -4) : `tier:${name.split('.')[0]}`;
    form.append(part, new Blob([text]), name);
  }
  const response = await fetch(`${base}/v1/imports`, {method: 'POST', body: form});
  assert.equal(response.status, 201, await response.clone().text());
  return response.json();
}

/** A code no other run has used on this service. */
const freshCode = () => `99${String(Date.now()).slice(-10)}`;

const open = async (screen, rule) => {
  const row = screen.page.locator('.finding', {hasText: rule}).first();
  await row.click();
  await screen.page.locator('.finding[aria-pressed=true]', {hasText: rule}).waitFor(); // another may be open as yet
  await screen.page.locator('.mend').waitFor();
  await screen.settle();
};

/** A finding is let stand and taken back; a grid gets its worker; codes are put in order in a draft that the fix begins. */
const mends = storyOn('a finding is waived and taken back, a fix is done at once or in a draft of its own', async (screen, {base}) => {
  const {page} = screen;
  const {plan, territory} = await load(base, freshCode(), 'in_force');
  await screen.go(`?plan=${plan}&tab=findings&lang=en`);
  const before = (await ask(base, `/v1/plans/${plan}/check`)).findings;
  assert.deepEqual(before.map((f) => f.rule).sort(), ['COD-3', 'STF-1', 'STF-1', 'STF-6']);

  await open(screen, 'STF-6');
  await page.locator('[data-waive]').click();
  await page.locator('.mend input[name=by]').fill('county office');
  await page.locator('.mend input[name=why]').fill('starts in January');
  await page.locator('.mend input[name=until]').fill('2030-01-01');
  await page.getByRole('button', {name: 'Let it stand', exact: true}).click();
  await page.getByText('county office let it stand until Jan 1, 2030: starts in January').waitFor();
  const waived = (await ask(base, `/v1/plans/${plan}/check`)).findings.find((f) => f.rule === 'STF-6').waived;
  assert.deepEqual(waived, {by: 'county office', why: 'starts in January', until: '2030-01-01'});
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('button', {name: 'Take the waiver back'}).click();
  await page.getByText('The waiver was taken back').waitFor();
  assert.equal((await ask(base, `/v1/waivers?territory=${territory}`)).waivers.length, 0);

  await open(screen, 'STF-1');
  await page.getByLabel('Number of the worker').fill('W1');
  await page.locator('[data-fix=assign_worker]').click();
  await page.getByText('Done: the finding is gone').waitFor();

  await open(screen, 'COD-3');
  await page.locator('[data-fix=renumber]').click();
  await page.getByText('Done: the finding is gone').waitFor();
  const draft = Number(new URL(page.url()).searchParams.get('plan'));
  assert.notEqual(draft, plan);
  assert.equal((await ask(base, `/v1/plans/${draft}`)).state, 'draft');
  assert.ok(!(await ask(base, `/v1/plans/${draft}/check`)).findings.some((f) => f.rule === 'COD-3'));
  assert.ok((await ask(base, `/v1/plans/${plan}/check`)).findings.some((f) => f.rule === 'COD-3'), 'the plan in force stands as it was');
});

/** A gap is given to the grid beside it by one click, undone and done again; where another has changed the draft meanwhile it is told. */
const fills = storyOn(
  'a gap is filled by one click, and opened again by undo',
  async (screen, {base}) => {
    const {page} = screen;
    const {plan} = await load(base, freshCode(), 'draft', 0.0001);
    const gaps = async () => (await ask(base, `/v1/plans/${plan}/check`)).findings.filter((f) => f.rule === 'GEO-4');
    const [{measure}] = await gaps();
    await screen.go(`?plan=${plan}&tab=findings&lang=en`);
    await open(screen, 'GEO-4');
    const answer = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().includes('/edits'));
    await page.locator('[data-fix=assign_to]').click();
    const {op, moved} = await (await answer).json();
    assert.equal(op, 'fill');
    assert.ok(Math.abs(moved[0].area_m2 - measure.value) < 1, `${moved[0].area_m2} m² went over, the gap has ${measure.value}`);
    await page.getByText('Done: the finding is gone').waitFor();
    assert.deepEqual(await gaps(), []);
    assert.deepEqual(await accessibilityFaults(page), []);
    for (const [key, left] of [['Control+z', 1], ['Control+Shift+Z', 0]]) {
      const turned = page.waitForResponse((r) => r.request().method() === 'POST' && /\/(undo|redo)/.test(r.url()));
      await page.keyboard.press(key);
      assert.equal((await turned).status(), 200);
      assert.equal((await gaps()).length, left);
      await page.locator('.finding', {hasText: 'GEO-4'}).nth(left === 0 ? 0 : left - 1).waitFor({state: left === 0 ? 'detached' : 'visible'});
    }
  },
);

/** What the service refuses is told where it was asked for. */
const refusedFix = storyOn(
  'a fix that the service refuses is told, and the finding stays',
  async (screen, {base}) => {
    const {page} = screen;
    const {plan} = await load(base, freshCode(), 'draft', 0.0001);
    await page.route('**/v1/events**', (route) => route.abort()); // the page does not hear that somebody was first
    await screen.go(`?plan=${plan}&tab=findings&lang=en`);
    await open(screen, 'GEO-4');
    const [gap] = (await ask(base, `/v1/plans/${plan}/check`)).findings.filter((f) => f.rule === 'GEO-4');
    await editBeside(base, plan, {op: 'fill', to: gap.fixes[0].grid, region: gap.geometry});
    await page.locator('[data-fix=assign_to]').click();
    await page.getByText('Refused: nothing was changed').waitFor();
    await page.locator('.findings .refusal').waitFor();
  },
  {expected: REFUSALS},
);

/** The board's figures are the service's; a row, a bar and a click on the map mark the same township. */
const board = storyOn('the staffing board: table, chart and map mark the same township', async (screen, {base, plan}) => {
  const {page} = screen;
  const tier = plan.tiers.find((t) => t.rank === 1);
  const question = {plan: plan.id, rules: {'STF-3': {tiers: [tier.code]}}, max_findings: 0};
  const answer = await (await fetch(`${base}/v1/checks`, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(question)})).json();
  const units = answer.units.filter((u) => u.rule === 'STF-3' && u.tier === tier.code); // other standards speak of other units, and of facilities
  assert.equal(units.length, tier.count);
  await screen.go(`?plan=${plan.id}&tier=${tier.code}&tab=staffing&lang=en`);
  for (const unit of units) {
    const cells = (await page.locator(`tr[data-unit="${unit.code}"]`).innerText()).split(/\t|\n/).map((c) => c.trim());
    for (const figure of [unit.required, unit.actual]) assert.ok(cells.includes(figure.toLocaleString('en')), `${cells} shows ${figure}`);
  }
  const [first, second] = units;
  await page.locator(`[data-bar="${first.code}"]`).press('Enter');
  await page.locator(`tr.is-here[data-unit="${first.code}"]`).waitFor();
  await screen.settle();
  const grids = (await ask(base, `/v1/plans/${plan.id}/grids?tier=${tier.code}&limit=100`)).grids;
  const other = await ask(base, `/v1/plans/${plan.id}/grids/${grids.find((g) => g.code === second.code).id}`);
  await page.getByRole('button', {name: 'Show the whole territory'}).click();
  await screen.settle();
  const {x, y} = await pixelOf(page, other.interior);
  await page.mouse.click(x, y);
  await page.locator(`tr.is-here[data-unit="${second.code}"]`).waitFor();
  await page.locator(`.unit-bar.is-here[data-bar="${second.code}"]`).waitFor();
  await page.getByRole('button', {name: 'Unit', exact: true}).click();
  assert.equal(await page.locator('th[aria-sort=ascending]').innerText(), 'Unit');
  const codes = await page.locator('tr[data-unit]').evaluateAll((rows) => rows.map((r) => r.dataset.unit));
  assert.deepEqual(codes, [...codes].sort());
  assert.deepEqual(await page.locator('[data-bar]').evaluateAll((bars) => bars.map((b) => b.dataset.bar)), codes);
  assert.deepEqual(await accessibilityFaults(page), []);
});

/** Every export gives a file that holds something. */
const exportsStory = storyOn('export buttons give the files they name', async (screen, {plan}) => {
  const {page} = screen;
  await screen.go(`?plan=${plan.id}&tier=${plan.tiers.at(-1).code}&tab=files&lang=en`);
  const names = await page.locator('[data-export]').evaluateAll((all) => all.map((e) => e.dataset.export));
  assert.equal(names.length, 6);
  for (const name of names) {
    const saved = page.waitForEvent('download');
    await page.locator(`[data-export="${name}"]`).click();
    const download = await saved;
    assert.equal(path.extname(download.suggestedFilename()), path.extname(name));
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    assert.ok(bytes.length > 40, `${name} has ${bytes.length} bytes`);
    if (name.includes('grids')) assert.equal(JSON.parse(bytes).features.length, plan.tiers.at(-1).count);
  }
});

const filesOf = (files) => Object.entries(files).map(([name, text]) => ({name, mimeType: 'application/octet-stream', buffer: Buffer.from(text)}));

/** Goes through the wizard up to the report. */
async function tryImport(screen, code, gap, files = twoGrids(code, gap)) {
  const {page} = screen;
  await page.locator('.wizard input[type=file]').setInputFiles(filesOf({...files, 'old.shp': 'x'}));
  await page.getByText(/old\.shp/).waitFor();
  await page.locator('.wizard-form input').nth(0).fill('试县');
  await page.locator('.wizard-form input').nth(1).fill(code);
  await page.locator('.wizard-form select').nth(0).selectOption('in_force');
  await page.locator('[data-crs]').selectOption('EPSG:4490');
  await page.locator('[data-dry]').click();
  await page.locator('.wizard-report').waitFor();
  await screen.settle();
}

/** A gap and a bad row are told with their places; mended, the same files are imported and opened. */
const wizard = storyOn('the import wizard tells of every row, and imports what was mended', async (screen, {base, plan}) => {
  const {page} = screen;
  const code = freshCode();
  await screen.go(`?plan=${plan.id}&tab=files&lang=en`);
  await tryImport(screen, code, 0.000003);
  await page.getByText('1 row cannot be taken; nothing would be written').waitFor();
  assert.ok(await page.locator('[data-import]').isDisabled());
  await page.locator('[data-row]').first().click();
  await screen.settle();
  const [zoom, lat, lon] = new URL(page.url()).hash.slice(1).split('/').map(Number);
  assert.ok(zoom > 12 && Math.abs(lon - 110.01) < 0.001 && Math.abs(lat - 37.005) < 0.001, `the map shows ${page.url()}`);
  assert.deepEqual(await accessibilityFaults(page), []);

  await page.getByLabel('Make the borders fit first').check();
  assert.equal(await page.locator('.wizard-report').count(), 0, 'a report of other settings does not stay');
  await page.locator('[data-dry]').click();
  await page.getByText('It can be imported').waitFor();
  assert.match(await page.locator('[data-fate=repaired]').innerText(), /^\s*[1-9]/);
  const known = (await ask(base, '/v1/territories')).territories.length;
  await page.locator('[data-import]').click();
  await page.locator('.plan-choice option:checked', {hasText: '试县'}).waitFor({state: 'attached'});
  const {territories} = await ask(base, '/v1/territories');
  assert.equal(territories.length, known + 1);
  const [made] = territories.find((t) => t.code === code).plans;
  assert.equal(made.state, 'in_force');
  await page.waitForURL((url) => Number(url.searchParams.get('plan')) === made.id);
});

/** A draft goes through review and filing into force on a day, with its stamps; the plan before it is brought back the same way. */
const publishes = storyOn('a draft is put in force on a day, and the plan before it is brought back', async (screen, {base}) => {
  const {page} = screen;
  const code = freshCode();
  const {plan, territory} = await load(base, code, 'in_force');
  await done(base, 'POST', `/v1/workers?territory=${territory}`, {number: 'W2', name: '李二'});
  for (const n of [1, 2]) await done(base, 'POST', `/v1/assignments?territory=${territory}`, {grid_code: `${code}00${n}`, worker_number: `W${n}`, role: 'grid_worker', primary: true});
  const step = async (name) => {
    const answer = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().includes('/state'));
    await page.getByRole('button', {name, exact: true}).click();
    const response = await answer;
    assert.equal(response.status(), 200, await response.text());
  };
  const begin = async (from) => {
    await screen.go(`?plan=${from}&tab=redraw&lang=en`);
    await page.locator('.life .field').fill(`of ${from}`);
    await page.locator('.life .is-main').click();
    await page.locator('.redraw-tools').waitFor();
    return Number(new URL(page.url()).searchParams.get('plan'));
  };
  const publish = async (day) => {
    await step('Submit for review');
    await page.locator('.life .badge', {hasText: 'Reviewed'}).waitFor();
    await step('File');
    await page.locator('.life .badge', {hasText: 'Filed'}).waitFor();
    if (day) await page.getByLabel('First day in force').fill(day);
    await step('Put in force');
    await page.locator('.life .badge', {hasText: 'In force'}).waitFor();
  };
  const nameOf = async () => {
    const {territories} = await ask(base, '/v1/territories');
    const {id} = territories.find((t) => t.id === territory).plan;
    return (await ask(base, `/v1/plans/${id}/grids?code=${code}001`)).grids[0].name.zh;
  };

  const draft = await begin(plan);
  await editBeside(base, draft, {op: 'set', grid: `${code}001`, name: {zh: '新名网格'}});
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10); // China's day
  await publish(today);
  assert.equal((await ask(base, `/v1/plans/${draft}`)).effective, today);
  await page.locator('.stamp').nth(2).waitFor(); // reviewed, filed, in force: the history is read after the plan
  assert.equal(await page.locator('.stamp').count(), 3);
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.equal(await nameOf(), '新名网格');

  assert.equal((await ask(base, `/v1/plans/${plan}`)).state, 'retired');
  await begin(plan);
  await publish(null);
  assert.equal(await nameOf(), '网格 001', 'the plan before is back');
}, {ms: 180_000});

/** What is on each picture, by the name it is saved under. */
const looks = {
  check: async (screen, {base}, rest) => {
    const {plan: torn} = await load(base, freshCode(), 'draft', 0.0001);
    await screen.go(`?plan=${torn}&tab=findings${rest}`);
    await open(screen, 'GEO-4');
    await screen.page.locator('[data-waive]').click();
  },
  staffing: async (screen, {plan}, rest) => {
    await screen.go(`?plan=${plan.id}&tier=township&tab=staffing${rest}`);
    await screen.page.locator('[data-bar]').first().press('Enter');
    await screen.page.locator('tr.is-here').waitFor();
    await screen.settle();
  },
  import: async (screen, {plan}, rest) => {
    await screen.go(`?plan=${plan.id}&tab=files${rest}`);
    await tryImport(screen, freshCode(), 0.000003);
    await screen.page.locator('[data-row]').first().click();
    await screen.settle();
  },
};

/** Pictures of the three panels at every width. */
const pictures = SIZES.flatMap((size) =>
  ['zh-CN', 'en'].flatMap((lang) =>
    Object.entries(looks).map(([what, look]) =>
      storyOn(
        `screenshot desk ${what} ${size.width} ${lang}`,
        async (screen, facts) => {
          await look(screen, facts, `&lang=${lang}&theme=${lang === 'en' ? 'light' : 'dark'}`);
          mkdirSync(OUT, {recursive: true});
          await screen.page.screenshot({path: path.join(OUT, `desk-${what}-${size.width}-${lang}.png`)});
          await noSidewaysScroll(screen.page);
        },
        size,
      ),
    ),
  ),
);

export const desks = [mends, fills, refusedFix, publishes, board, exportsStory, wizard, ...pictures];
