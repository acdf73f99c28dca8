import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import http from 'node:http';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {gridsOf, makeDraft, splitOne} from './drafts.mjs';
import {across} from './redraw.mjs';
import {accessibilityFaults, colourAt, openScreen, pixelOf, STRICT} from './screen.mjs';
import {OUT} from './shots.mjs';

const allowing = (servers) => STRICT.replace('blob:', `blob: ${servers}`).replace("connect-src 'self'", `connect-src 'self' ${servers}`);

/** A tile of one colour, as the browser writes it. */
async function tileOf(browser, colour) {
  const page = await browser.newPage({viewport: {width: 256, height: 256}});
  await page.setContent(`<body style="margin:0;background:${colour}">`);
  const png = await page.screenshot();
  await page.close();
  return png;
}

/** A server of tiles of one colour; `answer` is how it stands to those who ask: tiles, broken or silent. */
async function tileServer(png) {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push({path: request.url, referer: request.headers.referer});
    if (tiles.answer === 'silent') return;
    response.writeHead(tiles.answer === 'broken' ? 500 : 200, {'Content-Type': 'image/png', 'Access-Control-Allow-Origin': '*'});
    response.end(tiles.answer === 'broken' ? '' : png);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const tiles = {
    url: `http://127.0.0.1:${server.address().port}`,
    asked,
    answer: 'tiles',
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
  return tiles;
}

/** A story with a service of its own on the common database, which was given basemaps; it may ask the servers named. */
const story = (name, begin, tell) => ({
  name: `basemap: ${name}`,
  play: async (facts) => {
    if (!facts.server.also) return console.log('        left out: GRIDMAP_URL names a service that is set already');
    const ends = [];
    try {
      const {flags, servers, ...more} = await begin(facts, (end) => ends.unshift(end));
      const service = await facts.server.also(...flags);
      ends.unshift(service.stop);
      const screen = await openScreen(facts.browser, service.url);
      ends.unshift(screen.close);
      await tell(screen, {...facts, ...more, base: service.url});
      assert.deepEqual(screen.faults.filter((f) => !servers.some((s) => f.startsWith(`left the origin: ${s}`)) && !more.expected?.test(f)), []);
    } finally {
      for (const end of ends) await end();
    }
  },
});

/** A service with tiles from elsewhere, all of one colour. */
const withTiles = (more = {}) => async ({browser}, atEnd) => {
  const tiles = await tileServer(await tileOf(browser, '#ff00ff'));
  atEnd(tiles.close);
  const flags = ['--basemap', `xyz:${tiles.url}/a/{z}/{x}/{y}.png?key=1`, '--basemap-attribution', '© 某测绘局 GS(2026)0000号'];
  return {flags, servers: [tiles.url], tiles, ...more};
};

/** A corner of the map, where no county reaches. */
async function corner(page, box = '.map-box') {
  const {x, y} = await page.locator(box).boundingBox();
  return colourAt(page, {x: x + 3, y: y + 3});
}

/** Redder and bluer than green, as the tiles are. */
const isPink = ([r, g, b]) => r > g + 40 && b > g + 40;

const switched = story('tiles from elsewhere are drawn while they are switched on, by panel and by address', withTiles(), async (screen, {base, plan, tiles, at}) => {
  const {page} = screen;
  const head = (await fetch(`${base}/`)).headers;
  assert.equal(head.get('content-security-policy'), allowing(tiles.url));
  assert.equal((await fetch(`${base}/my`)).headers.get('content-security-policy'), STRICT);
  const tier = plan.tiers.find((t) => t.class === 'grid').code;
  await screen.go(`?plan=${plan.id}&tier=${tier}&lang=en&theme=light&off=names,findings,dedicated`);
  const ground = await corner(page);
  assert.deepEqual(tiles.asked, [], 'nobody is asked before somebody wants it');
  await page.getByRole('button', {name: 'Layers and themes'}).click();
  await page.getByLabel('Basemap').selectOption('xyz');
  await page.getByText('© 某测绘局 GS(2026)0000号').waitFor();
  await screen.settle();
  assert.ok(isPink(await corner(page)), 'beside the county lies the basemap');
  const inside = await colourAt(page, await pixelOf(page, at));
  assert.ok(isPink(inside) && String(inside) !== String(await corner(page)), `a grid is seen and seen through: ${inside}`);
  assert.match(tiles.asked[0].path, /^\/a\/\d+\/\d+\/\d+\.png\?key=1$/);
  assert.equal(tiles.asked[0].referer, `${base}/`, 'the server may know who asks, and no more');
  assert.equal(new URL(page.url()).searchParams.get('basemap'), 'xyz');
  assert.deepEqual(await accessibilityFaults(page), []);
  mkdirSync(OUT, {recursive: true});
  await page.screenshot({path: path.join(OUT, 'basemap-1280-en-light.png')});

  const bright = (await corner(page)).reduce((a, b) => a + b);
  await page.getByRole('button', {name: 'Switch between dark and light'}).click();
  await screen.settle();
  const dark = await corner(page);
  assert.ok(isPink(dark) && dark.reduce((a, b) => a + b) < bright * 0.7, `by night it is dark: ${dark}`);
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.screenshot({path: path.join(OUT, 'basemap-1280-en-dark.png')});
  await page.getByRole('button', {name: 'Switch between dark and light'}).click();
  await page.getByLabel('Basemap').selectOption('');
  await screen.settle();
  assert.deepEqual(await corner(page), ground);
  assert.equal(await page.locator('.map-credit').count(), 0);

  // The policy holds against all others.
  const letIn = await page.evaluate((address) => fetch(address).then(() => true, () => false), base.replace('127.0.0.1', 'localhost'));
  assert.equal(letIn, false);
  assert.ok(screen.faults.splice(0).some((f) => f.includes('Content Security Policy')));
});

const onWall = story('a wall shows the one that its address names', withTiles(), async (screen, {base}) => {
  const {page} = screen;
  const settle = () => page.waitForFunction(() => document.querySelector('.wall-map[aria-busy=false]') && document.querySelector('.wall-row'));
  await page.setViewportSize({width: 1920, height: 1080});
  await page.goto(`${base}/wall?lang=zh-CN`);
  await settle();
  assert.ok(!isPink(await corner(page)));
  await page.goto(`${base}/wall?lang=zh-CN&basemap=xyz`);
  await page.getByText('© 某测绘局 GS(2026)0000号').waitFor();
  await settle();
  assert.ok(isPink(await corner(page)));
  assert.equal(new URL(page.url()).searchParams.get('basemap'), 'xyz');
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.screenshot({path: path.join(OUT, 'basemap-wall-1920.png')});
});

const fails = story('one that does not answer is told, holds up nothing, and is asked again', withTiles({expected: /Failed to load resource|AJAXError/}), async (screen, {base, plan, tiles}) => {
  const {page} = screen;
  tiles.answer = 'broken';
  await screen.go(`?plan=${plan.id}&basemap=xyz&lang=en&theme=light`);
  await page.getByText('Part of the basemap could not be loaded; the grids are whole.').waitFor();
  tiles.answer = 'tiles';
  await page.getByRole('button', {name: 'Try again'}).click();
  await screen.settle();
  assert.ok(isPink(await corner(page)));

  // A wall goes on with its own tiles while those of the basemap never come.
  tiles.answer = 'silent';
  const draft = await makeDraft(base, plan, `ground ${Date.now()}`);
  const open = new Set();
  let asked = 0;
  page.on('request', (r) => r.url().includes(`/tiles/${draft}/`) && open.add(r) && asked++);
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => open.delete(r));
  await page.goto(`${base}/wall?plan=${draft}&basemap=xyz&lang=en`);
  await page.locator('.wall-row').first().waitFor();
  while (asked === 0 || open.size > 0) await page.waitForTimeout(100);
  const known = asked;
  const {answer} = await splitOne(base, draft, await gridsOf(base, draft, `tier=${plan.tiers.findLast((t) => t.class === 'grid').code}`), across);
  await page.getByText(`Revision ${answer.revision.toLocaleString('en')}`, {exact: true}).waitFor();
  while (asked === known) await page.waitForTimeout(100);
});

const national = story('Tianditu: the map and its names by the key, from its own servers only', async () => ({flags: ['--basemap', `tianditu:${'0a'.repeat(16)}`], servers: ['https://t']}), async (screen, {base, plan, browser}) => {
  const {page} = screen;
  const servers = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `https://t${n}.tianditu.gov.cn`);
  assert.equal((await fetch(`${base}/wall`)).headers.get('content-security-policy'), allowing(servers.join(' ')));
  const png = await tileOf(browser, '#ff00ff');
  const asked = [];
  await page.route(/tianditu/, (route) => {
    asked.push(new URL(route.request().url()));
    return route.fulfill({contentType: 'image/png', headers: {'Access-Control-Allow-Origin': '*'}, body: png});
  });
  await screen.go(`?plan=${plan.id}&basemap=img&lang=zh-CN&theme=light`);
  await page.getByText('天地图 · 国家地理信息公共服务平台').waitFor();
  assert.ok(isPink(await corner(page)));
  assert.deepEqual([...new Set(asked.map((u) => u.pathname))].sort(), ['/cia_w/wmts', '/img_w/wmts']);
  for (const {origin, searchParams: query} of asked) {
    assert.ok(servers.includes(origin) && query.get('tk') === '0a'.repeat(16) && query.get('TILEMATRIXSET') === 'w');
    assert.ok(Number(query.get('TILEROW')) < 2 ** Number(query.get('TILEMATRIX')) && /^\d+$/.test(query.get('TILECOL')), String(query));
  }
  await page.getByRole('button', {name: '图层与专题'}).click();
  assert.deepEqual(await page.getByLabel('底图').locator('option').allInnerTexts(), ['不用底图', '天地图（矢量）', '天地图（影像）']);
});

/** The county itself, as `gridmap tiles` writes it, serves as a file of vector tiles. */
const fromFile = story(
  'a PMTiles file is drawn from this service alone',
  async ({server, plan}, atEnd) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gridmap-ground-'));
    atEnd(() => rmSync(folder, {recursive: true, force: true}));
    const file = path.join(folder, 'ground.pmtiles');
    await server.run('tiles', '-o', file, '--territory', plan.territory.code, '--max-zoom', '11');
    return {flags: ['--basemap', `pmtiles:${file}`], servers: []};
  },
  async (screen, {base, plan, at}) => {
    const {page} = screen;
    assert.equal((await fetch(`${base}/`)).headers.get('content-security-policy'), STRICT);
    const tiles = [];
    page.on('response', (r) => r.url().startsWith(`${base}/tiles/basemap/`) && tiles.push(r.status()));
    const look = `?plan=${plan.id}&tier=${plan.tiers[1].code}&lang=en&theme=light&off=names,findings,dedicated`;
    await screen.go(look);
    const plain = await colourAt(page, await pixelOf(page, at));
    assert.deepEqual(tiles, []);
    await screen.go(`${look}&basemap=pmtiles`);
    assert.ok(tiles.includes(200), `it answers ${tiles}`);
    assert.notDeepEqual(await colourAt(page, await pixelOf(page, at)), plain);
    await page.screenshot({path: path.join(OUT, 'basemap-file-1280.png')});
  },
);

const none = {
  name: 'basemap: without one the page offers none and asks nobody',
  play: async ({browser, base, plan}) => {
    const screen = await openScreen(browser, base);
    await screen.go(`?plan=${plan.id}&basemap=xyz&lang=en`);
    await screen.page.getByRole('button', {name: 'Layers and themes'}).click();
    await screen.page.getByRole('group', {name: 'Layers shown'}).waitFor();
    assert.equal(await screen.page.getByLabel('Basemap').count(), 0);
    assert.equal((await fetch(`${base}/`)).headers.get('content-security-policy'), STRICT);
    assert.deepEqual(screen.faults, []);
    await screen.close();
  },
};

export const grounds = [none, switched, onWall, fails, national, fromFile];
