import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import type {RevisionEvent} from '../../src/api/events';
import {follow} from '../../src/wall/feed';
import type {Link} from '../../src/wall/link';

/** A stream of events as the browser has it, played by hand. */
class Stream {
  static all: Stream[] = [];
  closed = false;
  private readonly listeners = new Map<string, (e: {data: string}) => void>();
  constructor(readonly url: string) {
    Stream.all.push(this);
    net.opened(this);
  }
  addEventListener(name: string, listener: (e: {data: string}) => void) {
    this.listeners.set(name, listener);
  }
  close() {
    this.closed = true;
  }
  /** Nothing comes through a stream that its reader has closed. */
  fire(name: string, data: unknown = null) {
    if (!this.closed) this.listeners.get(name)?.({data: JSON.stringify(data)});
  }
  tell(revision: number) {
    this.fire('revision', {territory: 1, plan: 7, revision, op: 'edit'});
  }
}

const open = () => Stream.all.filter((s) => !s.closed);
const sinceOf = (s: Stream) => Number(new URL(s.url, 'http://x').searchParams.get('since'));

/** How the net and the service stand. */
const net = {
  state: 'up' as 'up' | 'down' | 'frozen',
  revision: 5,
  probes: 0,
  opened(stream: Stream) {
    if (this.state === 'down') setTimeout(() => stream.fire('error'), 5);
    if (this.state === 'up') setTimeout(() => stream.fire('open'), 5);
  },
};

const SECOND = 1000;
const HOUR = 3600 * SECOND;

let links: Link[];
let told: number[];
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers({now: 0});
  Object.assign(net, {state: 'up', revision: 5, probes: 0});
  Stream.all = [];
  [links, told] = [[], []];
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('fetch', (_: string, {signal}: {signal: AbortSignal}) => {
    net.probes++;
    if (net.state === 'down') return Promise.reject(new TypeError('Failed to fetch'));
    if (net.state === 'up') return Promise.resolve(Response.json({territories: [{id: 1, revision: net.revision}]}));
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
  });
  stop = follow(1, 5, {revision: (e: RevisionEvent) => told.push(e.revision), link: (l) => links.push(l)});
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const live = () => links.at(-1)?.live;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a wall without a network', () => {
  test('goes on trying for hours, patiently and one stream at a time, and misses nothing when it is back', async () => {
    await pass(SECOND);
    open()[0]!.tell(6);
    expect([live(), told]).toEqual([true, [6]]);
    net.state = 'down';
    open()[0]!.fire('error');
    expect(live()).toBe(false);
    const tried = Stream.all.length;
    await pass(9 * HOUR);
    const tries = Stream.all.length - tried;
    expect(tries).toBeGreaterThan((9 * HOUR) / (23 * SECOND));
    expect(tries).toBeLessThan((9 * HOUR) / (14 * SECOND));
    expect(open().length).toBeLessThanOrEqual(1);
    expect(links.at(-1)).toMatchObject({live: false, heard: 6});

    net.state = 'up';
    await pass(30 * SECOND);
    expect([live(), open().length]).toEqual([true, 1]);
    expect(sinceOf(open()[0]!)).toBe(6);
    for (const revision of [6, 7, 8]) open()[0]!.tell(revision);
    expect(told).toEqual([6, 7, 8]);
    expect(links.at(-1)).toMatchObject({heard: 8, tries: 0});
  });

  test('holds no more timers after hours than before', async () => {
    await pass(SECOND);
    const before = vi.getTimerCount();
    for (let i = 0; i < 200; i++) {
      net.state = 'down';
      open()[0]?.fire('error');
      await pass(60 * SECOND);
      net.state = 'up';
      await pass(60 * SECOND);
      net.revision++;
      open()[0]!.tell(net.revision);
    }
    expect(told).toHaveLength(200);
    expect([vi.getTimerCount(), open().length]).toEqual([before, 1]);
    stop();
    expect([vi.getTimerCount(), open().length]).toEqual([0, 0]);
  });
});

describe('a line that is dead and does not say so', () => {
  test('is found out by asking, and given up when the service does not answer', async () => {
    await pass(SECOND);
    net.state = 'frozen';
    await pass(45 * SECOND);
    expect(live()).toBe(false);
    net.state = 'up';
    await pass(30 * SECOND);
    expect([live(), open().length]).toEqual([true, 1]);
  });

  test('is given up when the service knows of a revision that it did not bring', async () => {
    await pass(SECOND);
    const [first] = open();
    net.revision = 9;
    await pass(45 * SECOND);
    expect(first!.closed).toBe(true);
    expect(sinceOf(open()[0]!)).toBe(5);
    open()[0]!.tell(9);
    expect([told, live()]).toEqual([[9], true]);
  });

  test('is opened again once, though it breaks while it is asked about', async () => {
    await pass(SECOND);
    net.state = 'frozen';
    await pass(28.5 * SECOND); // the service was asked at 25 s, and until 30 s may answer
    expect(net.probes).toBe(1);
    open()[0]!.fire('error');
    await pass(4.5 * SECOND);
    expect(Stream.all).toHaveLength(2);
  });

  test('a quiet stream is asked about, and kept while nothing is missed', async () => {
    await pass(HOUR);
    expect(Stream.all).toHaveLength(1);
    expect(live()).toBe(true);
    expect(net.probes).toBeGreaterThan(100);
    expect(net.probes).toBeLessThan(200);
  });
});
