import {describe, expect, test} from 'vitest';
import {dictionaries, LANGS} from '../../src/i18n/dictionary';
import {truncate, words} from '../../src/i18n/words';

const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('dictionaries', () => {
  const keys = Object.keys(dictionaries['zh-CN']);

  test.each(LANGS)('%s has every key and no empty text', (lang) => {
    expect(Object.keys(dictionaries[lang]).sort()).toEqual([...keys].sort());
    expect(Object.entries(dictionaries[lang]).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test.each(keys)('%s has the same holes in every language and form', (key) => {
    const texts = LANGS.flatMap((lang) => (dictionaries[lang] as Record<string, string>)[key]?.split('|') ?? []);
    const [first = '', ...others] = texts;
    for (const text of others) expect(holes(text)).toEqual(holes(first));
  });

  test('English holds no Chinese', () => {
    expect(Object.values(dictionaries.en).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
  });

  test('Chinese is written in full-width punctuation beside Chinese', () => {
    expect(Object.values(dictionaries['zh-CN']).filter((text) => /\p{Script=Han}[,;:!?()]/u.test(text))).toEqual([]);
  });
});

describe('words', () => {
  const en = words('en');
  const zh = words('zh-CN');

  test('a text with two forms follows the number', () => {
    expect(en.t('staff.shortUnits', {n: 1, people: 2})).toBe('1 unit is short, by 2 in all');
    expect(en.t('staff.shortUnits', {n: 2886, people: 4000})).toBe('2,886 units are short, by 4,000 in all');
    expect(zh.t('staff.shortUnits', {n: 1, people: 2})).toBe('1 个单位未达标，共缺 2 人');
  });

  test('a key built from data falls back when there is no word for it', () => {
    expect(zh.known('rule.GEO-4', '?')).toBe('缺口');
    expect(zh.known('rule.XYZ-1', 'XYZ-1')).toBe('XYZ-1');
    expect(zh.known('toString', 'none')).toBe('none');
  });

  test('a name without English is shown in Chinese', () => {
    expect(en.name({zh: '霁岚县'})).toBe('霁岚县');
    expect(en.name({zh: '霁岚县', en: 'Jilan'})).toBe('Jilan');
    expect(zh.name({zh: '霁岚县', en: 'Jilan'})).toBe('霁岚县');
  });

  test('decimals are cut, never rounded up to what is not reached', () => {
    expect(en.cut(17.999)).toBe('17.99');
    expect(en.percent(99.99995)).toBe('99.99 %');
    expect(en.percent(100)).toBe('100 %');
    expect(en.cut(17.76)).toBe('17.76');
    expect(truncate(0.29, 2)).toBe(0.29); // 0.29 * 100 is 28.999999999999996
  });

  test('areas turn to square kilometres at one', () => {
    expect(en.area(999_999.9)).toBe('999,999 m²');
    expect(en.area(1_000_000)).toBe('1 km²');
    expect(en.area(2_549_000_000)).toBe('2,549 km²');
  });

  test('a civil day is the same day everywhere', () => {
    expect(en.date('2025-06-30')).toBe('Jun 30, 2025');
    expect(zh.date('2025-06-30')).toBe('2025年6月30日');
    expect(en.date('soon')).toBe('soon');
  });

  test('moments are shown in China time', () => {
    expect(en.time('2025-06-30T16:30:00Z')).toBe('Jul 1, 2025, 00:30');
  });

  test('an age is told in its largest unit, and the future is now', () => {
    const now = new Date('2025-06-30T12:00:00Z');
    expect(en.age('2025-06-30T11:57:10Z', now)).toBe('2 minutes ago');
    expect(en.age('2025-06-29T11:00:00Z', now)).toBe('yesterday');
    expect(en.age('2025-06-30T12:00:30Z', now)).toBe('now');
    expect(zh.age('2025-06-30T11:57:10Z', now)).toBe('2分钟前');
  });
});

describe('every word is used', () => {
  const sources = import.meta.glob<string>('../../src/**/*.{ts,tsx}', {query: '?raw', import: 'default', eager: true});
  const code = Object.entries(sources)
    .filter(([path]) => !path.includes('/i18n/'))
    .map(([, text]) => text)
    .join('\n');
  // Keys built from data, such as `rule.${rule}`.
  const built = [...code.matchAll(/[`'](\w+\.)\$\{/g)].map(([, prefix = '']) => prefix);

  test.each(Object.keys(dictionaries['zh-CN']))('%s', (key) => {
    expect(code.includes(`'${key}'`) || built.some((prefix) => key.startsWith(prefix))).toBe(true);
  });
});
