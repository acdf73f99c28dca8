import type {Name} from '../api/types';
import {dictionaries, isKey, type Key, type Lang} from './dictionary';

type Values = Record<string, string | number>;

/** Everything a component needs to speak one language: words, numbers, dates. */
export interface Words {
  readonly lang: Lang;
  /**
   * The text of key with {names} filled in; numbers are written in the
   * language's way. Where a text has two forms, `n` chooses.
   */
  t(key: Key, values?: Values): string;
  /** The text of a key built from data, or the fallback if the page has no word for it. */
  known(key: string, fallback: string): string;
  /** The name in this language, or in Chinese where there is no other. */
  name(name: Name): string;
  number(n: number): string;
  /** At most two decimals, cut: 99.999 is never shown as 100, nor 17.999 as 18. */
  cut(n: number): string;
  percent(n: number): string;
  /** Square metres; from 1 km² on in square kilometres. */
  area(m2: number): string;
  /** A civil day such as 2025-06-30. */
  date(day: string): string;
  /** A moment in China's time zone. */
  time(moment: string | Date): string;
  /** How long ago, in the largest unit that fits. */
  age(moment: string | Date, now: Date): string;
}

const ZONE = 'Asia/Shanghai';

/** Cuts to decimals, away from the noise of binary fractions (17.76 stays 17.76). */
export function truncate(n: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.trunc(Number((n * scale).toPrecision(15))) / scale;
}

/** Seconds in a unit, largest first. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

export function words(lang: Lang): Words {
  const dictionary = dictionaries[lang];
  const plain = new Intl.NumberFormat(lang);
  const twoDecimals = new Intl.NumberFormat(lang, {maximumFractionDigits: 2});
  const plural = new Intl.PluralRules(lang);
  const day = new Intl.DateTimeFormat(lang, {dateStyle: 'medium', timeZone: 'UTC'});
  const moment = new Intl.DateTimeFormat(lang, {dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: ZONE});
  const relative = new Intl.RelativeTimeFormat(lang, {numeric: 'auto'});
  const fill = (text: string, values: Values) => {
    const [one, many = one] = text.split('|') as [string, string?];
    const n = values['n'];
    const form = typeof n === 'number' && plural.select(n) === 'one' ? one : many;
    return form.replace(/\{(\w+)\}/g, (hole, key: string) => {
      const value = values[key];
      return value === undefined ? hole : typeof value === 'number' ? plain.format(value) : value;
    });
  };
  const cut = (n: number) => twoDecimals.format(truncate(n, 2));
  return {
    lang,
    t: (key, values = {}) => fill(dictionary[key], values),
    known: (key, fallback) => (isKey(key) ? fill(dictionary[key], {}) : fallback),
    name: (name) => (lang === 'en' && name.en ? name.en : name.zh),
    number: (n) => plain.format(n),
    cut,
    percent: (n) => `${cut(n)} %`,
    area: (m2) => (m2 >= 1e6 ? `${cut(m2 / 1e6)} km²` : `${plain.format(Math.trunc(m2))} m²`),
    date: (text) => {
      const at = new Date(`${text}T00:00:00Z`);
      return Number.isNaN(at.getTime()) ? text : day.format(at);
    },
    time: (at) => moment.format(new Date(at)),
    age: (at, now) => {
      const seconds = Math.min(0, (new Date(at).getTime() - now.getTime()) / 1000);
      const [unit, size] = UNITS.find(([, s]) => -seconds >= s) ?? ['second', 1];
      return relative.format(Math.ceil(seconds / size), unit);
    },
  };
}
