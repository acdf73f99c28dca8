import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const START_MS = 180_000; // the first start makes a database and loads a county

/**
 * A running gridmap: the one GRIDMAP_URL names, or a demo of its own on a free
 * port with all it keeps in a temporary folder.
 * @param {string} county
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function gridmap(county) {
  if (process.env.GRIDMAP_URL) {
    return {url: process.env.GRIDMAP_URL.replace(/\/$/, ''), stop: async () => {}};
  }
  const binary = process.env.GRIDMAP_BIN ?? path.join(ROOT, 'bin', 'gridmap');
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build, or set GRIDMAP_BIN or GRIDMAP_URL`);
  const data = mkdtempSync(path.join(tmpdir(), 'gridmap-browser-'));
  // A demo that is given a database uses that one; this one must be its own.
  const {GRIDMAP_DATABASE_URL: _, ...env} = process.env;
  const args = ['demo', '--county', county, '--listen', '127.0.0.1:0', '--data', data];
  const child = spawn(binary, args, {env, stdio: ['ignore', 'pipe', 'pipe']});
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(late);
    rmSync(data, {recursive: true, force: true});
  };
  try {
    return {url: await address(child, ended), stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the line in which the demo says where it is. */
function address(child, ended) {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the demo did not start in time:\n${said}`)), START_MS);
    ended.then((code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
    const listen = (chunk) => {
      said += chunk;
      const found = /gridmap is at (http:\/\/127\.0\.0\.1:\d+)/.exec(said);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', (chunk) => (said += chunk));
  });
}
