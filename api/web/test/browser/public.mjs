import assert from 'node:assert/strict';
import {mkdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import jsqr from 'jsqr';
import {ask} from './known.mjs';
import {accessibilityFaults, openScreen} from './screen.mjs';
import {MOST_BYTES, noSidewaysScroll, OUT, SIZES} from './shots.mjs';
import {storyOn as story} from './story.mjs';

const open = async ({page}, base, address, ready) => {
  const answer = await page.goto(base + address);
  await page.locator(ready).first().waitFor();
  return answer;
};

/** A led grid with neighbours, as the public sees it. */
async function ledGrid(base, plan) {
  const {grids} = await ask(base, `/v1/plans/${plan.id}/grids?tier=primary&drawn=true&limit=50`);
  for (const {code} of grids) {
    const page = await ask(base, `/v1/public/grids/${code}`);
    if (page.leader && !page.leader.of) return page;
  }
  throw new Error('no grid has a leader of its own');
}

const shows = story('a public page tells who is on duty and nothing of households, in both languages', async (screen, {base, plan}) => {
  const known = await ledGrid(base, plan);
  const {page} = screen;
  const asked = [];
  page.on('request', (r) => asked.push(new URL(r.url()).pathname));
  await open(screen, base, `/g/${known.grid.code}?lang=zh-CN`, '.gm');
  const text = await screen.text('main');
  for (const word of [known.grid.name.zh, known.grid.code, known.leader.name, known.leader.phone, known.duties[0].duties.zh]) {
    assert.ok(text.includes(word), `the page says ${word}`);
  }
  assert.deepEqual(asked.filter((p) => p.startsWith('/v1/')), [`/v1/public/grids/${known.grid.code}`], 'it asks for nothing but what is public');
  assert.ok(!asked.some((p) => p.includes('maplibre')), 'it loads no map engine');
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByRole('button', {name: 'English'}).click();
  await page.getByRole('heading', {level: 1, name: known.grid.name.en}).waitFor();
  await page.waitForFunction(() => document.documentElement.lang === 'en' && new URLSearchParams(location.search).get('lang') === 'en');
  const call = page.getByRole('link', {name: `Call ${known.leader.name} on ${known.leader.phone}`});
  assert.equal(await call.first().getAttribute('href'), `tel:${known.leader.phone}`);
  assert.deepEqual(await accessibilityFaults(page), []);
});

const dedicated = story('a dedicated grid is called one, on its page and on its board with who answers for it', async (screen, {base, plan}) => {
  const {grids} = await ask(base, `/v1/plans/${plan.id}/grids?kind=dedicated&limit=1`);
  const known = await ask(base, `/v1/public/grids/${grids[0].code}`);
  assert.ok(known.grid.owner, 'the county has a dedicated grid with an owner');
  await open(screen, base, `/g/${known.grid.code}?lang=en`, '.gm');
  assert.match(await screen.text('.public-head'), /Dedicated grid · Code/);
  await open(screen, base, `/g/${known.grid.code}/board?lang=zh-CN`, '.sheet .gm');
  assert.ok((await screen.text('.sheet-head')).includes(`主管单位 ${known.grid.owner}`));
});

const unknown = story(
  'a code that no grid has: 404, and a page in both languages',
  async (screen, {base}) => {
    const answer = await open(screen, base, '/g/000000?lang=en', '.public-notice');
    assert.equal(answer.status(), 404);
    const text = await screen.text('main');
    assert.ok(text.includes('There is no grid with the code 000000') && text.includes('没有编码为 000000 的网格'), text);
    assert.deepEqual(await accessibilityFaults(screen.page), []);
  },
  {expected: /404/},
);

const others = story('a grid that is gone leads to its heirs, a code of several territories to each, and what is not drawn says so', async (screen, {base, plan}) => {
  const known = await ledGrid(base, plan);
  const {page} = screen;
  const territory = {code: '990198000000', name: {zh: '小寒县', en: 'Xiaohan County'}};
  const heir = {code: known.grid.code, name: known.grid.name, territory: known.territory};
  const answers = {
    gone: {state: 'retired', leader: null, grid: {code: 'gone', name: {zh: '旧网格', en: 'Old grid'}, drawn: false}, territory: known.territory, successors: [heir]},
    twice: {state: 'several', leader: null, choices: [heir, {...heir, territory}]},
    words: {...known, around: undefined, within: undefined, grid: {...known.grid, code: 'words', drawn: false, geometry: undefined, bounds: undefined, text_bounds: '东至水渠'}},
  };
  await page.route('**/v1/public/grids/*', (route) => {
    const answer = answers[new URL(route.request().url()).pathname.split('/').at(-1)];
    return answer ? route.fulfill({json: answer}) : route.fallback();
  });
  await open(screen, base, '/g/words?lang=en', '.public-undrawn');
  assert.ok((await screen.text('main')).includes('东至水渠'));
  assert.equal(await page.locator('.gm').count(), 0);
  await open(screen, base, '/g/words/board?lang=en', '.sheet-undrawn');
  assert.deepEqual(await accessibilityFaults(page), []);
  await open(screen, base, '/g/twice?lang=en', '.public-pages');
  assert.deepEqual(await page.locator('.public-pages a').allInnerTexts(), [known.territory.name.en, territory.name.en].map((n) => `${n} · ${known.grid.name.en}`));
  assert.deepEqual(await accessibilityFaults(page), []);
  await open(screen, base, '/g/gone?lang=en', '.public-pages');
  assert.ok((await screen.text('main')).includes('Old grid (gone) no longer exists'));
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.locator('.public-pages a').click();
  await page.getByRole('heading', {level: 1, name: known.grid.name.en}).waitFor();
}, {expected: /404/}); // the service itself knows none of these codes

/** What a scanner reads off the screen. */
async function scan(page, selector) {
  const png = await page.locator(selector).screenshot();
  const {pixels, width, height} = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    return {pixels: [...pen.getImageData(0, 0, image.width, image.height).data], width: image.width, height: image.height};
  }, png.toString('base64'));
  return jsqr(Uint8ClampedArray.from(pixels), width, height)?.data;
}

/** Pages of a PDF as widths and heights in millimetres. */
const pagesOf = (pdf) =>
  [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map((m) => [m[1], m[2]].map((n) => Math.round((Number(n) / 72) * 25.4)));

const prints = story('(g) a notice board prints on one sheet of A4 and of A3, with a map of lines and a code that can be read', async (screen, {base, plan}) => {
  const known = await ledGrid(base, plan);
  const {page} = screen;
  mkdirSync(OUT, {recursive: true});
  await open(screen, base, `/g/${known.grid.code}/board?lang=zh-CN`, '.sheet .gm');
  assert.equal(await screen.text('.stamp'), '公开');
  assert.ok((await screen.text('.sheet')).includes(known.leader.phone), 'the leader can be called');
  assert.equal(await scan(page, '.sheet-qr'), `${base}/g/${known.grid.code}`, 'the code leads to the public page');
  for (const [size, sheet] of [['A4', [210, 297]], ['A3', [297, 420]]]) {
    for (const [reader, button] of [['public', '公开'], ['internal', '内部']]) {
      await page.getByRole('button', {name: size, exact: true}).click();
      await page.getByRole('button', {name: button, exact: true}).click();
      assert.equal(await screen.text('.stamp'), button);
      await page.waitForURL((url) => url.searchParams.get('for') === reader && url.searchParams.get('size') === size);
      const pdf = await page.pdf({preferCSSPageSize: true, printBackground: true});
      writeFileSync(path.join(OUT, `board-${size}-${reader}.pdf`), pdf);
      assert.deepEqual(pagesOf(pdf), [sheet], `${size}, one page`);
      assert.ok(!pdf.includes('/Subtype /Image'), 'nothing on it is made of dots');
    }
  }
  assert.deepEqual(await accessibilityFaults(page), []);
});

const full = story('a board with more people and longer duties than usual still stands on one sheet', async (screen, {base, plan}) => {
  const known = await ledGrid(base, plan);
  const {page} = screen;
  const long = '走访住户、登记变动、上报隐患、调解纠纷、宣传政策；'.repeat(9);
  const worker = (n) => ({name: `阿卜杜热合曼·买买提${n}`, phone: '0355-12345678', role: {code: 'grid_worker', name: {zh: '网格员'}}, duty: long});
  const crowded = {
    ...known,
    grid: {...known.grid, text_bounds: '东至水渠，西至公路，'.repeat(20)},
    workers: Array.from({length: 12}, (_, n) => worker(n)),
    duties: ['甲', '乙', '丙'].map((zh) => ({role: {code: zh, name: {zh}}, duties: {zh: long}})),
    supervision: [1, 2].map((n) => ({...worker(n), role: {code: 's', name: {zh: '网格指导员'}}, of: known.chain[1]})),
  };
  await page.route('**/v1/public/grids/*', (route) => route.fulfill({json: crowded}));
  await open(screen, base, `/g/${known.grid.code}/board?lang=zh-CN`, '.sheet .gm');
  assert.ok((await screen.text('.sheet')).includes('另有 8 人'), 'tells how many are not listed');
  for (const media of ['screen', 'print']) {
    await page.emulateMedia({media});
    const beyond = await page.evaluate(() => {
      const sheet = document.querySelector('.sheet').getBoundingClientRect();
      const all = [...document.querySelectorAll('.sheet p, .sheet li, .sheet h2, .sheet-qr, .sheet figcaption, .sheet-end')];
      return all.filter((e) => e.getBoundingClientRect().bottom > sheet.bottom || e.getBoundingClientRect().right > sheet.right).map((e) => e.textContent);
    });
    assert.deepEqual(beyond, [], `${media}: nothing is cut off`);
    assert.ok((await page.locator('.gm').boundingBox()).height > 180, `${media}: the map is still one`);
  }
  assert.deepEqual(pagesOf(await page.pdf({preferCSSPageSize: true})), [[210, 297]]);
  await page.emulateMedia({media: 'screen'});
  await page.screenshot({path: path.join(OUT, 'board-full.png'), fullPage: true});
});

/** A finger drawn across the screen from point to point. */
async function swipe(page, points) {
  const session = await page.context().newCDPSession(page);
  const touch = (type, at) => session.send('Input.dispatchTouchEvent', {type, touchPoints: at ? [{x: at[0], y: at[1]}] : []});
  await touch('touchStart', points[0]);
  for (const at of points.slice(1)) await touch('touchMove', at);
  await touch('touchEnd');
  await session.detach();
}

const comments = async (base, plan, grid) => (await ask(base, `/v1/comments?territory=${plan.territory.id}&grid=${grid.id}&limit=500`)).comments;

/** Opens a leader's grid on a phone and waits until the map stands still. */
async function openMine(screen, base, code, lang) {
  await open(screen, base, `/my?grid=${encodeURIComponent(code)}&lang=${lang}`, '.phone-card');
  await screen.settle();
}

const PHONE = {width: 390, height: 844, touch: true};

const leads = story(
  'a grid leader finds the grid on a phone, draws where the boundary runs, and the planner has the note',
  async (screen, {base, plan, leaf}) => {
    const {page} = screen;
    await open(screen, base, '/my?lang=zh-CN', '.phone-find');
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole('searchbox').fill(leaf.code);
    await page.getByRole('button', {name: leaf.name.zh}).first().click();
    await page.locator('.phone-figures').waitFor();
    await screen.settle();
    assert.ok((await screen.text('.phone-houses')).length > 0, 'lists the houses');
    const before = await comments(base, plan, leaf);
    await page.getByRole('button', {name: '画线'}).click();
    const box = await page.locator('.map-box').boundingBox();
    const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
    await swipe(page, [at(0.3, 0.3), at(0.4, 0.4), at(0.5, 0.5), at(0.6, 0.4), at(0.7, 0.7)]);
    await page.getByText(/已画 \d+ 个点/).waitFor();
    await page.getByLabel('说明').fill('界线应沿水渠');
    await page.getByLabel('姓名').fill('测试网格长');
    await page.getByRole('button', {name: '发给规划员'}).click();
    await page.getByText('已发送，规划员会看到。').waitFor();
    const made = (await comments(base, plan, leaf)).filter((c) => !before.some((b) => b.id === c.id));
    assert.equal(made.length, 1);
    const [note] = made;
    assert.deepEqual([note.kind, note.text, note.author, note.resolved, note.sketch.type], ['correction', '界线应沿水渠', '测试网格长', false, 'LineString']);
    const [west, south, east, north] = leaf.bounds;
    const inView = ([lon, lat]) => lon > west - (east - west) && lon < east + (east - west) && lat > south - (north - south) && lat < north + (north - south);
    assert.ok(note.sketch.coordinates.length >= 4 && note.sketch.coordinates.every(inView), `the line lies where it was drawn: ${JSON.stringify(note.sketch)}`);
    await page.locator('.phone-list').getByText('界线应沿水渠').waitFor();
    await page.getByRole('button', {name: 'English'}).click();
    await page.getByRole('heading', {name: 'Correct a boundary'}).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await noSidewaysScroll(page);
  },
  PHONE,
);

const loses = story(
  'a note that is lost on its way is kept on the phone and left once',
  async (screen, {base, plan, leaf}) => {
    const {page} = screen;
    await openMine(screen, base, leaf.code, 'en');
    const before = (await comments(base, plan, leaf)).length;
    await page.getByRole('button', {name: 'Send to the planner'}).click();
    await page.getByText('Please say first what is wrong').waitFor();
    await page.getByLabel('What is wrong').fill('two houses are ours');
    let cut = true;
    await page.route('**/v1/comments?*', async (route) => {
      if (!cut || route.request().method() !== 'POST') return route.fallback();
      cut = false;
      await route.fetch(); // it arrives, and the answer does not
      await route.abort();
    });
    await page.getByRole('button', {name: 'Send to the planner'}).click();
    await page.getByText('Not sent').waitFor();
    assert.equal(await page.getByLabel('What is wrong').inputValue(), 'two houses are ours');
    await page.getByRole('button', {name: 'Send to the planner'}).click();
    await page.getByText('Sent. The planner will see it.').waitFor();
    assert.equal((await comments(base, plan, leaf)).length, before + 1);
  },
  {...PHONE, expected: /ERR_FAILED/},
);

const hides = story(
  'a leader whose scope holds no households sees their number and none of them',
  async (screen, {base, leaf}) => {
    const {page} = screen;
    const problem = {type: '/problems/forbidden', title: 'Forbidden', status: 403};
    await page.route('**/v1/households?*', (route) => route.fulfill({status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem)}));
    await openMine(screen, base, leaf.code, 'en');
    await page.getByText('You may not see single households').waitFor();
    assert.equal(await page.locator('.phone-houses').count(), 0);
    assert.ok((await screen.text('.phone-figures')).includes(String(leaf.counts.households)));
  },
  {...PHONE, expected: /403/},
);

/** Households of each grid asked about: 1,200 of the first, of the next ones 3 each. */
function households(route, [lon, lat], counts) {
  const query = new URL(route.request().url()).searchParams;
  const grid = query.get('grid');
  const from = Number(query.get('cursor') ?? 0);
  const all = counts.size === 0 || counts.has(grid) ? (counts.get(grid) ?? 1200) : 3;
  counts.set(grid, all);
  const list = Array.from({length: Math.min(500, all - from)}, (_, i) => ({id: Number(grid) * 1e4 + from + i, ref: `${grid}-${from + i}`, lon, lat, resident: 2}));
  const next = from + list.length < all && {next: `/v1/households?territory=1&grid=${grid}&limit=500&cursor=${from + list.length}`};
  return route.fulfill({json: {households: list, ...next}});
}

const many = story('houses come as they are asked for, of the grid and of all under it, each once', async (screen, {base, plan, at}) => {
  const {page} = screen;
  const [parent] = (await ask(base, `/v1/plans/${plan.id}/grids?tier=township&limit=1`)).grids;
  const counts = new Map();
  await page.route('**/v1/households?*', (route) => households(route, at, counts));
  await openMine(screen, base, parent.code, 'en');
  const shown = () => page.locator('.phone-houses li').count();
  await page.getByText('500 houses are listed').waitFor();
  assert.deepEqual([await shown(), counts.size], [500, 1], 'no more than asked for');
  const more = page.getByRole('button', {name: 'List more'});
  await more.click();
  await page.getByText('1,000 houses are listed').waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await more.click();
  await page.waitForFunction(() => document.querySelectorAll('.phone-houses li').length > 1000);
  assert.equal(await more.count(), 0, 'these were the last');
  const under = async (id) => {
    const {grids} = await ask(base, `/v1/plans/${plan.id}/grids?parent=${id}&kind=general&limit=999`);
    return (await Promise.all(grids.map((g) => under(g.id)))).reduce((sum, n) => sum + n, grids.length);
  };
  assert.equal(counts.size, 1 + (await under(parent.id)));
  assert.equal(await shown(), 1200 + 3 * (counts.size - 1));
  const refs = await page.locator('.phone-houses li').allInnerTexts();
  assert.equal(new Set(refs).size, refs.length);
}, PHONE);

const keyed = story('a correction is drawn by keyboard alone', async (screen, {base, plan, leaf}) => {
  const {page} = screen;
  await openMine(screen, base, leaf.code, 'en');
  await page.getByRole('button', {name: 'Draw a line'}).focus();
  await page.keyboard.press('Enter');
  await page.locator('.map-box canvas').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await screen.settle();
  await page.keyboard.press('Enter');
  await page.getByText('2 points drawn').waitFor();
  await page.getByLabel('What is wrong').focus();
  await page.keyboard.type('by keyboard');
  await page.getByRole('button', {name: 'Send to the planner'}).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Sent. The planner will see it.').waitFor();
  const note = (await comments(base, plan, leaf)).find((c) => c.text === 'by keyboard');
  const [[from], [to]] = note.sketch.coordinates;
  assert.ok(to > from, 'the second point lies east of the first');
});

/** Pictures of each page at each size in both languages. */
const shots = SIZES.flatMap((size) =>
  ['zh-CN', 'en'].map((lang) =>
    story(`screenshot public ${size.width} ${lang}`, async (screen, {base, plan, leaf}) => {
      const {grid} = await ledGrid(base, plan);
      mkdirSync(OUT, {recursive: true});
      const take = async (name, address, ready) => {
        await open(screen, base, address, ready);
        if (name === 'my') await screen.settle();
        await noSidewaysScroll(screen.page);
        await screen.page.screenshot({path: path.join(OUT, `${name}-${size.width}-${lang}.png`), fullPage: name === 'board'});
      };
      await take('grid', `/g/${grid.code}?lang=${lang}`, '.gm');
      await take('board', `/g/${grid.code}/board?lang=${lang}`, '.sheet .gm');
      await take('my', `/my?grid=${leaf.code}&lang=${lang}`, '.phone-card');
    }, size),
  ),
);

/** The READMEs' pictures of these pages. */
export async function publicPictures({browser, base, plan, leaf}, folder) {
  const {grid} = await ledGrid(base, plan);
  const take = async (file, size, address, ready) => {
    const screen = await openScreen(browser, base, size);
    await open(screen, base, address, ready);
    if (address.startsWith('/my')) await screen.settle();
    await screen.page.screenshot({path: path.join(folder, file), fullPage: address.includes('/board')});
    assert.deepEqual(screen.faults, []);
    const bytes = statSync(path.join(folder, file)).size;
    assert.ok(bytes < MOST_BYTES, `${file} has ${bytes} bytes, more than ${MOST_BYTES}`);
    console.log(`${file}: ${bytes} bytes`);
    await screen.close();
  };
  mkdirSync(folder, {recursive: true});
  await take('grid.png', {width: 1280, height: 900}, `/g/${grid.code}?lang=en`, '.gm');
  await take('board.zh-CN.png', {width: 900, height: 1000}, `/g/${grid.code}/board?lang=zh-CN`, '.sheet .gm');
  await take('my.png', PHONE, `/my?grid=${leaf.code}&lang=en`, '.phone-card');
}

export const publics = [shows, dedicated, unknown, others, prints, full, leads, loses, hides, many, keyed, ...shots];
