import assert from 'node:assert/strict';
import {ask} from './known.mjs';
import {accessibilityFaults, colourAt, launch, openScreen, pixelOf, viewOf} from './screen.mjs';
import {REFUSALS, storyOn} from './story.mjs';

const clickAt = async (page, at) => {
  const {x, y} = await pixelOf(page, at);
  await page.mouse.click(x, y);
};

/** Clicks a position and waits for the grid it selects. */
async function pick(screen, at) {
  const answered = screen.page.waitForResponse((r) => r.url().includes('/v1/locate'));
  await clickAt(screen.page, at);
  await answered;
  await screen.settle();
}

/** The panel shows the grid of a code. */
const shows = (screen, code) => screen.page.locator('.grid-head .code').getByText(code, {exact: true}).waitFor();
const tierButton = (page, code) => page.locator(`input[name=tier][value="${code}"]`);

const opens = storyOn('opens on the plan in force with all tiers and counts', async (screen, {plan}) => {
  await screen.go('?lang=zh-CN');
  const rows = await screen.page.locator('label.tier').allInnerTexts();
  assert.equal(rows.length, plan.tiers.length);
  plan.tiers.forEach((tier, i) => {
    assert.ok(rows[i].includes(tier.name.zh), `${rows[i]} names ${tier.name.zh}`);
    assert.ok(rows[i].includes(tier.count.toLocaleString('zh-CN')), `${rows[i]} counts ${tier.count}`);
  });
  await screen.page.getByText(/修订 [\d,]+\s*数据更新于 \d{4}年\d+月\d+日 \d\d:\d\d（.*前|现在/).waitFor();
  assert.equal(new URL(screen.page.url()).searchParams.get('plan'), String(plan.id));
});

const draws = storyOn('draws the county and nothing beside it', async (screen, {plan, at}) => {
  await screen.go('?theme=light');
  const {page} = screen;
  const box = await page.locator('.map-box').boundingBox();
  const [west, , , north] = plan.bounds;
  const ground = await colourAt(page, {x: box.x + 3, y: box.y + 3});
  assert.deepEqual(ground, [0xe9, 0xec, 0xef], 'beside the county lies the ground of the light theme');
  assert.notDeepEqual(await colourAt(page, await pixelOf(page, at)), ground, 'inside lies a grid');
  const corner = await pixelOf(page, [west, north]);
  assert.ok(corner.x > box.x && corner.y > box.y, 'the whole county is in view');
});

const clicks = storyOn('a click shows the grid that locate answers', async (screen, {plan, leafTier, leaf, located, at}) => {
  const [lon, lat] = at;
  // The point stands beside the middle, so that a map that ignores the click's place is found out.
  await screen.go(`?plan=${plan.id}&tier=${leafTier.code}&lang=zh-CN#15/${lat - 0.001}/${lon - 0.0015}`);
  await pick(screen, at);
  await shows(screen, located.grid.code);
  const names = await screen.page.locator('.chain li > :last-child').allInnerTexts();
  assert.deepEqual(names, located.chain.map((g) => g.name.zh));
  const people = await screen.text('.grid-panel');
  if (located.leader) assert.ok(people.includes(located.leader.name), `names the leader ${located.leader.name}`);
  for (const worker of located.workers) {
    assert.ok(people.includes(worker.name), `names ${worker.name}`);
    if (worker.phone) assert.ok(people.includes(worker.phone), `shows the phone of ${worker.name}`);
  }
  assert.ok(people.includes(leaf.counts.households.toLocaleString('zh-CN')), 'shows the households');
  assert.equal(new URL(screen.page.url()).searchParams.get('grid'), String(leaf.id));
});

const outside = storyOn('a click beside the county says that no grid covers the point', async (screen) => {
  await screen.go('?lang=en');
  const box = await screen.page.locator('.map-box').boundingBox();
  await screen.page.mouse.click(box.x + 5, box.y + 5);
  await screen.page.getByText('No grid covers this point').waitFor();
});

const tiers = storyOn('a click means the grid of the chosen tier, and the chain leads to the others', async (screen, {plan, located, at}) => {
  await screen.go(`?plan=${plan.id}&lang=zh-CN`);
  for (const node of located.chain) {
    await tierButton(screen.page, node.tier).check();
    await screen.settle();
    await pick(screen, at);
    await shows(screen, node.code);
  }
  const [root] = located.chain;
  await screen.page.locator('.chain button', {hasText: root.name.zh}).first().click();
  await screen.settle();
  await shows(screen, root.code);
});

const languages = storyOn('the language changes at run time and keeps all else', async (screen, {plan, leaf}) => {
  await screen.go(`?plan=${plan.id}&grid=${leaf.id}&lang=zh-CN`);
  assert.match(await screen.text('.tabs'), /网格[^]*核查[^]*配备/);
  await screen.page.getByRole('button', {name: 'English'}).click();
  await screen.page.locator('html[lang=en]').waitFor();
  assert.match(await screen.text('.tabs'), /Grid[^]*Check[^]*Staffing/);
  await shows(screen, leaf.code);
  await screen.page.waitForURL(/lang=en/);
  await screen.page.getByRole('button', {name: '中文'}).click();
  await screen.page.locator('html[lang=zh-CN]').waitFor();
  assert.match(await screen.text('.tabs'), /配备/);
});

const themes = storyOn('the theme changes page and map', async (screen) => {
  await screen.go('?theme=light&lang=en');
  const {page} = screen;
  const box = await page.locator('.map-box').boundingBox();
  await page.getByRole('button', {name: 'Switch between dark and light'}).click();
  await screen.settle();
  await page.locator('html[data-theme=dark]').waitFor();
  const [r, g, b] = await colourAt(page, {x: box.x + 3, y: box.y + 3});
  assert.ok(r + g + b < 120, `the ground is dark, not ${[r, g, b]}`);
});

const finds = storyOn('the search finds a grid by code and by name and goes there', async (screen, {plan, leafTier, leaf}) => {
  await screen.go(`?plan=${plan.id}&lang=zh-CN`);
  const {page} = screen;
  await page.keyboard.press('/');
  await page.keyboard.type(leaf.code);
  await page.locator('[role=option]').first().waitFor();
  await page.keyboard.press('Enter');
  await screen.settle();
  await shows(screen, leaf.code);
  const {lon, lat, zoom} = viewOf(page);
  const [west, south, east, north] = leaf.bounds;
  assert.ok(lon > west && lon < east && lat > south && lat < north && zoom > 9, 'the map shows the grid');
  assert.ok(await tierButton(page, leafTier.code).isChecked(), 'its tier is drawn');

  // Enter before anything is found is kept for what was typed then, and does not take what was found for less of it.
  await page.getByRole('button', {name: '显示全域'}).click();
  await page.locator('.search input').fill(leaf.code.slice(0, 2));
  await page.locator('[role=option]').first().waitFor();
  await page.locator('.search input').fill(leaf.code);
  await page.keyboard.press('Enter');
  await page.locator('.search input').and(page.locator(':focus')).waitFor();
  await page.waitForFunction(() => document.querySelector('.search input').value === '');
  await screen.settle();
  await shows(screen, leaf.code);

  await page.locator('.search input').fill(leaf.name.zh);
  await page.locator('[role=option]', {hasText: leaf.code}).waitFor();
  await page.locator('.search input').fill('no such grid');
  await page.getByText('没有匹配的结果').waitFor();
});

const findsOthers = storyOn('the search finds a grid by who serves there, and a place by its coordinates', async (screen, {base, plan, leaf, leafTier, at}) => {
  await screen.go(`?plan=${plan.id}&tier=${leafTier.code}&lang=en`);
  const {page} = screen;
  const field = page.locator('.search input');
  const {workers} = await ask(base, `/v1/plans/${plan.id}/grids/${leaf.id}?geometry=none`);
  const [{name, number}] = workers;
  for (const text of [name, number]) {
    await field.fill(text);
    await page.locator('[data-hit=worker]', {hasText: leaf.code}).first().waitFor();
  }
  await page.locator('[data-hit=worker]', {hasText: leaf.code}).first().click();
  await screen.settle();
  await shows(screen, leaf.code);

  await page.getByRole('button', {name: 'Show the whole territory'}).click();
  await page.locator('.grid-head button[aria-label="Close"], .grid-tools button').last().click();
  await field.fill(`${at[1].toFixed(6)}, ${at[0].toFixed(6)}`); // the other way round: only so it lies in the county
  await page.locator('[data-hit=place]').waitFor();
  const answered = page.waitForResponse((r) => r.url().includes('/v1/locate'));
  await page.keyboard.press('Enter');
  await answered;
  await screen.settle();
  await shows(screen, leaf.code);
  const {lon, lat} = viewOf(page);
  assert.ok(Math.abs(lon - at[0]) < 1e-4 && Math.abs(lat - at[1]) < 1e-4, `the map shows ${page.url()}`);
});

const reloads = storyOn('a link opens what it was copied from', async (screen, {plan, leaf, leafTier}) => {
  await screen.go(`?plan=${plan.id}&tier=${leafTier.code}&grid=${leaf.id}&lang=en&theme=dark#13.5/${leaf.interior[1]}/${leaf.interior[0]}`);
  const before = screen.page.url();
  await screen.page.reload();
  await screen.settle();
  assert.equal(screen.page.url(), before);
  await shows(screen, leaf.code);
});

const keyboard = storyOn('the keyboard reaches the map and picks its middle, with the focus in sight', async (screen, {plan, leafTier, leaf, at}) => {
  await screen.go(`?plan=${plan.id}&tier=${leafTier.code}&lang=en#15/${at[1]}/${at[0]}`);
  const {page} = screen;
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const e = document.activeElement;
      const shown = e?.matches('.tier input') ? e.parentElement : e;
      return {canvas: e?.tagName === 'CANVAS', outline: shown ? getComputedStyle(shown).outlineStyle : 'none', what: e?.outerHTML.slice(0, 80)};
    });
    assert.notEqual(focus.outline, 'none', `focus is visible on ${focus.what}`);
    if (focus.canvas) break;
    assert.ok(i < 29, 'Tab reaches the map');
  }
  const answered = page.waitForResponse((r) => r.url().includes('/v1/locate'));
  await page.keyboard.press('Enter');
  await answered;
  await screen.settle();
  await shows(screen, leaf.code);
});

/** Takes everyone out of a grid, so that the check has something to say; returns how to put them back. */
async function emptied(base, plan, leaf) {
  const {assignments} = await ask(base, `/v1/assignments?territory=${plan.territory.id}&grid=${leaf.id}&limit=100`);
  assert.ok(assignments.length > 0, 'the grid has people');
  const send = (method, path, body) =>
    fetch(base + path, {
      method,
      headers: {'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID()},
      ...(body && {body: JSON.stringify(body)}),
    });
  for (const a of assignments) {
    const gone = await send('DELETE', `/v1/assignments/${a.id}`);
    assert.ok(gone.ok, `DELETE /v1/assignments/${a.id}: ${gone.status} ${await gone.text()}`);
  }
  return async () => {
    for (const {id: _, ...a} of assignments) {
      const back = await send('POST', `/v1/assignments?territory=${plan.territory.id}`, a);
      assert.ok(back.ok, `POST /v1/assignments: ${back.status} ${await back.text()}`);
    }
  };
}

const staff = storyOn('who leaves is missed at once: a finding without a reload, that leads to its grid', async (screen, {base, plan, leaf}) => {
  await screen.go(`?plan=${plan.id}&tab=findings&lang=en`);
  const {page} = screen;
  const putBack = await emptied(base, plan, leaf);
  try {
    // No reload: the page hears of the change.
    await page.locator('.finding', {hasText: leaf.code}).first().waitFor();
    const {territories} = await ask(base, '/v1/territories');
    const {revision} = territories.find((t) => t.id === plan.territory.id);
    await page.getByText(`Revision ${revision.toLocaleString('en')}`).waitFor();
    await page.getByRole('searchbox').fill(leaf.code);
    const row = page.locator('.finding', {hasText: 'STF-1'}).first();
    await row.click();
    await page.locator('.finding[aria-pressed=true]', {hasText: 'STF-1'}).waitFor(); // its grid is asked for first
    await screen.settle();
    const {lon, lat} = viewOf(page);
    const [west, south, east, north] = leaf.bounds;
    assert.ok(lon > west && lon < east && lat > south && lat < north, 'the map shows the place of the finding');
    assert.ok((await row.locator('svg').count()) === 1, 'its severity has a shape');
  } finally {
    await putBack();
  }
});

const filters = storyOn('findings are counted and filtered by severity', async (screen, {base, plan}) => {
  const report = await ask(base, `/v1/plans/${plan.id}/check`);
  await screen.go(`?plan=${plan.id}&tab=findings&lang=en`);
  const {page} = screen;
  await page.getByText(report.pass ? 'Check passed' : 'Check not passed').waitFor();
  assert.equal(await page.locator('.finding').count(), report.findings.length);
  if (report.findings.length === 0) {
    await page.getByText('No findings').waitFor();
    return;
  }
  const severities = ['error', 'warning', 'info'];
  for (const [i, severity] of severities.entries()) {
    const chip = page.locator('.chip').nth(i);
    const n = report.findings.filter((f) => f.severity === severity).length;
    assert.match(await chip.innerText(), new RegExp(`^\\s*${n.toLocaleString('en')} `));
    await chip.click();
    assert.equal(await page.locator('.finding').count(), report.findings.length - n);
    await chip.click();
  }
});

const unreachable = {
  name: 'without the service the page says so, and works once it is back',
  play: async ({browser, base}) => {
    const screen = await openScreen(browser, base);
    const cut = (route) => route.abort();
    await screen.page.route('**/v1/**', cut);
    await screen.goBroken('?lang=en');
    await screen.page.getByText('The service cannot be reached. Is gridmap running?').waitFor();
    await screen.page.unroute('**/v1/**', cut);
    await screen.page.getByRole('button', {name: 'Try again'}).click();
    await screen.page.locator('label.tier').first().waitFor();
    assert.deepEqual(screen.faults.filter((f) => !f.includes('Failed to load resource')), []);
    await screen.close();
  },
};

const silent = storyOn(
  'a lost stream of changes is told, and taken up again',
  async ({page, go}, {plan}) => {
    const cut = (route) => route.abort();
    await page.route('**/v1/events**', cut);
    await go(`?plan=${plan.id}&lang=en`);
    const told = page.getByText(/The service cannot be reached; this is revision [\d,]+/);
    await told.waitFor();
    await page.unroute('**/v1/events**', cut);
    await told.waitFor({state: 'detached'});
  },
  {expected: REFUSALS},
);

const tilesLost = storyOn(
  'tiles that do not come are told, and fetched on asking',
  async (screen, {plan, at}) => {
    const {page} = screen;
    const cut = (route) => route.abort();
    await page.route('**/tiles/**', cut);
    await screen.go(`?plan=${plan.id}&lang=en&theme=light`);
    await page.getByText('Part of the map could not be loaded.').waitFor();
    const inside = await pixelOf(page, at);
    const ground = await colourAt(page, inside);
    await page.unroute('**/tiles/**', cut);
    await page.getByRole('button', {name: 'Try again'}).click();
    await screen.settle();
    assert.notDeepEqual(await colourAt(page, inside), ground, 'the map is drawn after all');
    assert.equal(await page.getByText('Part of the map').count(), 0);
  },
  {expected: REFUSALS},
);

const mapless = {
  name: 'where the browser draws no map, the panels still work',
  play: async ({base, plan, leaf}) => {
    const browser = await launch({webgl: false});
    try {
      const screen = await openScreen(browser, base);
      await screen.go(`?plan=${plan.id}&grid=${leaf.id}&lang=en`);
      await screen.page.getByText('This browser cannot draw the map').waitFor();
      await shows(screen, leaf.code);
      assert.deepEqual(screen.faults.filter((f) => f.startsWith('uncaught')), []);
    } finally {
      await browser.close();
    }
  },
};

const empty = storyOn('without a territory the page says how to get one', async (screen) => {
  await screen.page.route('**/v1/territories', (route) => route.fulfill({json: {territories: []}}));
  await screen.go('?lang=en');
  await screen.page.getByText('No territory yet').waitFor();
});

/** What only the panel of a tab shows. */
const PANELS = {
  grid: '.grid-panel, .notice', list: '.list', findings: '.findings', staffing: '.staffing', redraw: '.redraw', compare: '.compare', notes: '.notes', files: '.files',
};

/** Every tab after every other: a panel that is fetched must not be shown with what belongs to another. */
const tabs = storyOn('every tab opens after every other', async (screen, {plan}) => {
  await screen.go(`?plan=${plan.id}&lang=en`);
  const {page} = screen;
  const names = Object.keys(PANELS);
  const show = async (name) => {
    await page.locator(`#tab-${name}`).click();
    await page.locator(`#panel-${name} :is(${PANELS[name]})`).first().waitFor();
    assert.deepEqual(screen.faults, [], name);
  };
  for (const [i, one] of names.entries()) {
    for (const other of names.slice(i + 1)) {
      await show(one);
      await show(other);
    }
    await show(one);
  }
  for (const name of [...names].reverse()) await show(name);
}, {ms: 240_000});

const accessible = ['light', 'dark'].flatMap((theme) =>
  [1280, 390, 1920].map((width) =>
    storyOn(
      `axe-core finds nothing: ${theme}, ${width} wide`,
      async (screen, {plan, leaf}) => {
        await screen.go(`?plan=${plan.id}&grid=${leaf.id}&lang=en&theme=${theme}`);
        for (const tab of await screen.page.locator('[role=tab]').all()) {
          await tab.click();
          await screen.settle(); // the panel may have to be fetched
          assert.deepEqual(await accessibilityFaults(screen.page), [], await tab.innerText());
        }
      },
      {width, height: 844},
    ),
  ),
);

const touch = storyOn(
  'a finger on a phone picks a grid',
  async (screen, {plan, leafTier, leaf, at}) => {
    await screen.go(`?plan=${plan.id}&tier=${leafTier.code}&tab=findings&lang=zh-CN#15/${at[1]}/${at[0]}`);
    const {x, y} = await pixelOf(screen.page, at);
    await screen.page.touchscreen.tap(x, y);
    await screen.page.locator('.grid-panel').waitFor();
    await shows(screen, leaf.code);
  },
  {width: 390, height: 844, touch: true},
);

export const stories = [
  opens, draws, clicks, outside, tiers, languages, themes, finds, findsOthers, reloads, keyboard,
  staff, filters, unreachable, silent, tilesLost, mapless, empty, touch, tabs, ...accessible,
];
