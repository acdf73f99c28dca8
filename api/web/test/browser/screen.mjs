import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The content security policy of every page without a basemap, to the letter. */
export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** When a wait for something that does not come is given up: much longer than anything takes on two busy cores under software rendering. */
const WAIT_MS = 60_000;

/** So many frames in which nothing is on its way are a page that stands still. */
const STILL_FRAMES = 4;

/** Starts the browser; without WebGL it can draw panels only. */
export const launch = ({webgl = true} = {}) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: webgl ? FLAGS : [...FLAGS.filter((f) => !/gl=|angle|swiftshader/.test(f)), '--disable-gpu', '--disable-3d-apis'],
  });

/** Makes the page as slow as SLOW and LAG ask: a story that goes on before the page has seen what it saw fails then, and not once in fifty runs. */
async function hinder(page) {
  const [slow, lag] = [Number(process.env.SLOW ?? 1), Number(process.env.LAG ?? 0)];
  if (slow <= 1 && lag <= 0) return;
  const devtools = await page.context().newCDPSession(page);
  if (slow > 1) await devtools.send('Emulation.setCPUThrottlingRate', {rate: slow});
  if (lag > 0) await devtools.send('Network.emulateNetworkConditions', {offline: false, latency: lag, downloadThroughput: -1, uploadThroughput: -1});
}

/**
 * A page that remembers all that must never happen: errors on the console,
 * uncaught errors, and requests that leave the origin.
 */
export async function openScreen(browser, base, {width = 1280, height = 800, touch = false, colours = 'light'} = {}) {
  const context = await browser.newContext({viewport: {width, height}, hasTouch: touch, reducedMotion: 'reduce', colorScheme: colours});
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  await hinder(page);
  const faults = [];
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && faults.push(`console: ${m.text()}`));
  page.on('pageerror', (e) => faults.push(`uncaught: ${e.message}`));
  page.on('request', (r) => {
    const {origin, protocol} = new URL(r.url());
    if (protocol.startsWith('http') && origin !== base) faults.push(`left the origin: ${r.url()}`);
  });
  const screen = {
    page,
    faults,
    /** Opens an address of the page and waits until panels and map stand still. */
    go: async (query) => {
      await page.goto(`${base}/${query}`);
      await page.locator('.tiers, .notice').first().waitFor();
      await screen.settle();
    },
    /** Nothing is on its way and the map has nothing left to draw, some frames long: what a click begins may begin after a frame or two. */
    settle: async () => {
      await page.evaluate(() => delete window.stillFrames);
      await page.waitForFunction((most) => {
        const still = document.querySelector('.map[aria-busy=false]') && !document.querySelector('.waiting, [data-busy=true]');
        window.stillFrames = still ? (window.stillFrames ?? 0) + 1 : 0;
        return window.stillFrames >= most;
      }, STILL_FRAMES);
    },
    /** Opens an address whose data will not come. */
    goBroken: (query) => page.goto(`${base}/${query}`),
    text: (selector) => page.locator(selector).innerText(),
    close: () => context.close(),
  };
  return screen;
}

/** The map's view as the address tells it. */
export function viewOf(page) {
  const [zoom, lat, lon] = new URL(page.url()).hash.slice(1).split('/').map(Number);
  return {zoom, lat, lon};
}

/** Web Mercator, in pixels of a world of 512 at zoom 0. */
export const world = ([lon, lat], zoom) => {
  const size = 512 * 2 ** zoom;
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * size, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size];
};

/** Where on the screen the map shows a position. */
export async function pixelOf(page, at) {
  const view = viewOf(page);
  const box = await page.locator('.map-box').boundingBox();
  const [x, y] = world(at, view.zoom);
  const [cx, cy] = world([view.lon, view.lat], view.zoom);
  return {x: box.x + box.width / 2 + x - cx, y: box.y + box.height / 2 + y - cy};
}

/** The colour the screen shows at a point, as [r, g, b]. */
export async function colourAt(page, {x, y}) {
  const png = await page.screenshot({clip: {x: Math.round(x), y: Math.round(y), width: 1, height: 1}});
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const pen = new OffscreenCanvas(1, 1).getContext('2d');
    pen.drawImage(image, 0, 0);
    return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }, png.toString('base64'));
}

/** What axe-core has against the page as it stands. */
export async function accessibilityFaults(page) {
  await page.evaluate(axeSource);
  const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}: ${n.target.join(' ')}`));
}
