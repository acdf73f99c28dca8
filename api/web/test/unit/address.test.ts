import {describe, expect, test} from 'vitest';
import {LANGS} from '../../src/i18n/dictionary';
import {formatAddress, parseAddress} from '../../src/planner/address';
import {METHODS} from '../../src/planner/measure/classes';
import {MEASURES} from '../../src/planner/measure/measures';
import {LAYERS, SEVERITIES, START, TABS, THEMES, type Session} from '../../src/planner/session';

const parse = (address: string, fallback?: Session) => {
  const {search, hash} = new URL(address, 'http://localhost/');
  return parseAddress(search, hash, fallback);
};

/** splitmix32: the same sessions on every run. */
function generator(seed: number) {
  return () => {
    seed = (seed + 0x9e3779b9) | 0;
    let z = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  };
}

function randomSession(random: () => number): Session {
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const maybe = <T>(value: T) => (random() < 0.5 ? null : value);
  const places = (n: number, decimals: number) => Number(n.toFixed(decimals));
  return {
    lang: pick(LANGS),
    theme: pick(THEMES),
    plan: maybe(1 + Math.floor(random() * 1e6)),
    tier: maybe(pick(['county', 'micro', '三级 & 四级'])),
    grid: maybe(1 + Math.floor(random() * 1e9)),
    finding: maybe(pick(['GEO-4/17', 'a=b&c', '户#3'])),
    tab: pick(TABS),
    measure: maybe(pick([...MEASURES, 'metric:星级 & 评分' as const])),
    method: pick(METHODS),
    klass: null,
    day: maybe(pick(['2025-06-30', '2024-02-29'])),
    off: LAYERS.filter(() => random() < 0.3),
    basemap: maybe(pick(['vec', 'pmtiles'])),
    hidden: SEVERITIES.filter(() => random() < 0.3),
    filter: pick(['', '缺口', '100 %', 'a#b?c']),
    view: maybe({
      lon: places(random() * 360 - 180, 5),
      lat: places(random() * 170 - 85, 5),
      zoom: places(random() * 20, 2),
    }),
  };
}

describe('address', () => {
  test('any session comes back from its address', () => {
    const random = generator(1);
    for (let i = 0; i < 500; i++) {
      const session = randomSession(random);
      expect(parse(formatAddress(session))).toEqual(session);
    }
  });

  test('a link made by hand', () => {
    expect(parse('/?plan=7&tier=micro&grid=12&lang=en&theme=dark&tab=findings&hide=info#12.5/38.3/111.7')).toEqual({
      ...START,
      plan: 7,
      tier: 'micro',
      grid: 12,
      lang: 'en',
      theme: 'dark',
      tab: 'findings',
      hidden: ['info'],
      view: {zoom: 12.5, lat: 38.3, lon: 111.7},
    });
  });

  test('what the address does not name comes from the browser', () => {
    const preferred: Session = {...START, lang: 'en', theme: 'dark'};
    expect(parse('/', preferred)).toEqual(preferred);
  });

  test.each([
    ['a language there is none of', '/?lang=fr'],
    ['a plan that is no number', '/?plan=abc'],
    ['a plan below one', '/?plan=-3'],
    ['a grid beyond exact numbers', '/?grid=99999999999999999999'],
    ['a severity there is none of', '/?hide=fatal'],
    ['a view of two numbers', '/#12/38'],
    ['a view that is not a number', '/#12/38/east'],
    ['a view with an empty part', '/#12//111'],
    ['a view off the earth', '/#12/95/111'],
    ['an infinite zoom', '/#Infinity/38/111'],
  ])('%s is passed over', (_, address) => {
    expect(parse(address)).toEqual(START);
  });
});
