// Plays the stories in a real browser against a real gridmap and says how many
// passed. Screenshots go to test-output/ at the top of the repository.
//
//   GRIDMAP_URL   a running gridmap; without it one is started (GRIDMAP_BIN)
//   CHROMIUM      the browser, /usr/bin/chromium if not set
//   ONLY          play only stories whose name holds this text
//   SCREENSHOT    a folder: write the READMEs' pictures of county lan there, and nothing else
import {gridmap} from './server.mjs';
import {known} from './known.mjs';
import {launch} from './screen.mjs';
import {compares} from './compare.mjs';
import {desks} from './desk.mjs';
import {drags} from './drag.mjs';
import {everywhere} from './everywhere.mjs';
import {grounds} from './ground.mjs';
import {measures} from './measure.mjs';
import {publicPictures, publics} from './public.mjs';
import {redraws} from './redraw.mjs';
import {pictures, shots} from './shots.mjs';
import {stories} from './stories.mjs';
import {last, walls} from './wall.mjs';

const STORY_MS = 90_000;

async function play(browser, base, facts) {
  const chosen = [...stories, ...everywhere, ...redraws, ...desks, ...drags, ...measures, ...compares, ...grounds, ...walls, ...publics, ...shots, ...last].filter((s) => s.name.includes(process.env.ONLY ?? ''));
  let failed = 0;
  for (const story of chosen) {
    if (!browser.isConnected()) throw new Error(`the browser is gone before: ${story.name}`);
    const began = Date.now();
    let timer;
    const late = new Promise((_, reject) => {
      const most = story.ms ?? STORY_MS;
      timer = setTimeout(() => reject(new Error(`took longer than ${most / 1000} s`)), most);
    });
    try {
      await Promise.race([story.play({browser, base, ...facts}), late]);
      console.log(`ok      ${story.name} (${Date.now() - began} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${story.name}\n${error.stack ?? error}`);
    } finally {
      clearTimeout(timer);
    }
  }
  console.log(`browser: ${chosen.length - failed} passed, ${failed} failed`);
  return chosen.length > 0 && failed === 0;
}

const wanted = process.env.SCREENSHOT;
const server = await gridmap(wanted ? 'lan' : 'mini');
let browser;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await server.stop();
    process.exit(1);
  });
}
try {
  browser = await launch();
  const facts = {...(await known(server.url)), server};
  if (wanted) {
    await pictures({browser, base: server.url, ...facts}, wanted);
    await publicPictures({browser, base: server.url, ...facts}, wanted);
  } else process.exitCode = (await play(browser, server.url, facts)) ? 0 : 1;
} finally {
  await browser?.close();
  await server.stop();
}
