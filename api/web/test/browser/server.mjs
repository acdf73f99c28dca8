import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const START_MS = 180_000; // the first start makes a database and loads a county

/**
 * A running gridmap: the one GRIDMAP_URL names, or a demo of its own on a free
 * port with all it keeps in a temporary folder. Of a demo of its own, `run`
 * runs the binary on the same database, and `also` starts a second service
 * on it with flags of its own.
 * @param {string} county
 */
export async function gridmap(county) {
  if (process.env.GRIDMAP_URL) {
    return {url: process.env.GRIDMAP_URL.replace(/\/$/, ''), also: null, run: null, stop: async () => {}};
  }
  const binary = process.env.GRIDMAP_BIN ?? path.join(ROOT, 'bin', 'gridmap');
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build, or set GRIDMAP_BIN or GRIDMAP_URL`);
  const data = mkdtempSync(path.join(tmpdir(), 'gridmap-browser-'));
  // A demo that is given a database uses that one; this one must be its own.
  const {GRIDMAP_DATABASE_URL: _, ...env} = process.env;
  const demo = await started(binary, ['demo', '--county', county, '--listen', '127.0.0.1:0', '--data', data], env, /gridmap is at (http:\/\/127\.0\.0\.1:\d+)/, () => rmSync(data, {recursive: true, force: true}));
  const database = databaseIn(path.join(data, 'postgres'));
  return {
    ...demo,
    also: async (...flags) => started(binary, ['serve', '--database', database, '--listen', '127.0.0.1:0', ...flags], env, /"serving","address":"(127\.0\.0\.1:\d+)"/),
    run: (...args) => finished(spawn(binary, [...args, '--database', database], {env, stdio: ['ignore', 'pipe', 'pipe']})),
  };
}

/** The address of the database of a private cluster, over its socket. */
function databaseIn(folder) {
  const host = path.join(folder, 'data');
  const [, , , port] = readFileSync(path.join(host, 'postmaster.pid'), 'utf8').split('\n');
  return `postgres://gridmap@/gridmap?${new URLSearchParams({host, port})}`;
}

/** Waits until a command ends; fails with what it said if it did not do its work. */
async function finished(child) {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${child.spawnargs.slice(1, 3).join(' ')} ended with ${code}:\n${said}`);
}

/** Starts a service and waits until it says where it is; `clean` takes away what it leaves. */
async function started(binary, args, env, where, clean = () => {}) {
  const child = spawn(binary, args, {env, stdio: ['ignore', 'pipe', 'pipe']});
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(late);
    clean();
  };
  try {
    const found = await address(child, ended, where);
    return {url: found.startsWith('http') ? found : `http://${found}`, stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the line in which a service says where it is. */
function address(child, ended, where) {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`it did not start in time:\n${said}`)), START_MS);
    ended.then((code) => reject(new Error(`it ended with ${code}:\n${said}`)));
    let known = false;
    const listen = (chunk) => {
      if (known) return;
      said += chunk;
      const found = where.exec(said);
      if (!found) return;
      known = true;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
  });
}
