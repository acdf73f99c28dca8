// Plays the stories in real browsers against real gridmaps and says how many
// passed. Screenshots go to test-output/ at the top of the repository.
//
// Stories of one file follow each other on one service, as they change what is
// there; files are shared out among lanes, each with a service, a database and
// a browser of its own.
//
//   GRIDMAP_URL   a running gridmap, for one lane; without it some are started (GRIDMAP_BIN)
//   CHROMIUM      the browser, /usr/bin/chromium if not set
//   ONLY          play only stories whose name holds this text
//   LANES         how many lanes; two if not set
//   SLOW, LAG     how many times slower every page's processor is, and how many milliseconds later every answer comes
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
import {last, wallPictures, walls} from './wall.mjs';

/** When a story that does not end is given up; one that does goes on as soon as it sees what it waits for. */
const STORY_MS = 240_000;

/** The longest first, so that no lane is left alone with one at the end; after `last` a service shows another plan. */
const FILES = [walls, [...stories, ...shots], compares, publics, redraws, everywhere, desks, grounds, drags, measures, last];

/** A service and a browser, and what the stories hold the page against. */
async function openLane(county) {
  const server = await gridmap(county);
  running.add(server);
  let browser;
  const close = async () => {
    await browser?.close();
    await server.stop();
    running.delete(server);
  };
  try {
    browser = await launch();
    return {facts: {browser, base: server.url, server, ...(await known(server.url))}, close};
  } catch (error) {
    await close();
    throw error;
  }
}

/** Plays a story; true if it passed. */
async function play(story, facts) {
  if (!facts.browser.isConnected()) throw new Error(`the browser is gone before: ${story.name}`);
  const began = Date.now();
  let timer;
  const late = new Promise((_, reject) => {
    const most = story.ms ?? STORY_MS;
    timer = setTimeout(() => reject(new Error(`took longer than ${most / 1000} s`)), most);
  });
  try {
    await Promise.race([story.play(facts), late]);
    console.log(`ok      ${story.name} (${Date.now() - began} ms)`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${story.name}\n${error.stack ?? error}`);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Plays files one after another as long as there are any; returns which stories passed. */
async function lane(files) {
  const {facts, close} = await openLane('mini');
  const passed = [];
  try {
    for (let file = files.shift(); file; file = files.shift()) {
      for (const story of file) passed.push(await play(story, facts));
    }
  } finally {
    await close();
  }
  return passed;
}

async function playAll() {
  const chosen = FILES.map((file) => file.filter((s) => s.name.includes(process.env.ONLY ?? ''))).filter((file) => file.length > 0);
  const lanes = process.env.GRIDMAP_URL ? 1 : Math.min(Number(process.env.LANES ?? 2), chosen.length);
  const ended = await Promise.allSettled(Array.from({length: lanes}, () => lane(chosen)));
  const broken = ended.find((e) => e.status === 'rejected');
  if (broken) throw broken.reason; // every lane has taken down by now what it started
  const passed = ended.flatMap((e) => e.value);
  const failed = passed.filter((p) => !p).length;
  console.log(`browser: ${passed.length - failed} passed, ${failed} failed`);
  return passed.length > 0 && failed === 0;
}

async function takePictures(folder) {
  const {facts, close} = await openLane('lan');
  try {
    await pictures(facts, folder);
    await wallPictures(facts, folder);
    await publicPictures(facts, folder);
  } finally {
    await close();
  }
}

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await Promise.all([...running].map((server) => server.stop()));
    process.exit(1);
  });
}
if (process.env.SCREENSHOT) await takePictures(process.env.SCREENSHOT);
else process.exitCode = (await playAll()) ? 0 : 1;
