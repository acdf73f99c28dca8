import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {accessibilityFaults, openScreen, STRICT} from './screen.mjs';
import {noSidewaysScroll, OUT} from './shots.mjs';

/** Every page there is: its address, and what stands on it when it is there. */
const pagesOf = ({plan, leaf}) => ({
  planner: [`/?plan=${plan.id}&grid=${leaf.id}`, '.grid-panel'],
  wall: ['/wall?', '.wall-row'],
  grid: [`/g/${leaf.code}?`, '.gm'],
  'unknown grid': ['/g/000000?', '.public-notice'],
  board: [`/g/${leaf.code}/board?`, '.sheet .gm'],
  'leader’s page': ['/my?', '.phone-find input'],
  'leader’s grid': [`/my?grid=${leaf.code}`, '.phone-houses, .phone-card .muted'],
});

/** Inline script or style, which the policy forbids and the browser would tell of. */
const INLINE = () => [...document.querySelectorAll('script:not([src]), style')].map((e) => e.outerHTML.slice(0, 80));

/** Holds one page against all that every page must keep. */
async function visit({page, faults}, base, {name, address, ready, lang, colours}) {
  const policies = [];
  page.on('response', (r) => new URL(r.url()).pathname.match(/^\/(assets\/|v1\/|tiles\/)/) || policies.push(r.headerValue('content-security-policy')));
  await page.goto(`${base}${address}&lang=${lang}`);
  await page.locator(ready).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true], .waiting'));
  assert.deepEqual([...new Set(await Promise.all(policies))], [STRICT], `${name}: its policy`);
  assert.deepEqual(await page.evaluate(INLINE), [], `${name}: nothing inline`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), lang, `${name}: its language`);
  if (name !== 'wall') assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colours, `${name}: its theme`);
  assert.deepEqual(await accessibilityFaults(page), [], `${name}: axe-core`);
  await noSidewaysScroll(page);
  mkdirSync(OUT, {recursive: true});
  await page.screenshot({path: path.join(OUT, `page-${name.replaceAll(/\W+/g, '-')}-${lang}-${colours}.png`)});
  assert.deepEqual(faults.filter((f) => name !== 'unknown grid' || !f.includes('404')), [], name);
}

async function visitAll({browser, base, ...facts}, lang, colours) {
  for (const [name, [address, ready]] of Object.entries(pagesOf(facts))) {
    const screen = await openScreen(browser, base, {width: name.startsWith('leader') ? 390 : 1280, height: 844, colours});
    try {
      await visit(screen, base, {name, address, ready, lang, colours});
    } finally {
      await screen.close();
    }
  }
}

export const everywhere = ['zh-CN', 'en'].flatMap((lang) =>
  ['light', 'dark'].map((colours) => ({
    name: `every page stays at home, keeps its policy and is open to all: ${lang}, ${colours}`,
    play: (facts) => visitAll(facts, lang, colours),
  })),
);
