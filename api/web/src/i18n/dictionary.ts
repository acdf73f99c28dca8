import {en} from './en';
import {zh} from './zh';

export type Key = keyof typeof zh;
export type Dictionary = Record<Key, string>;

/** The languages of the page, as BCP 47 tags. */
export const LANGS = ['zh-CN', 'en'] as const;
export type Lang = (typeof LANGS)[number];

export const dictionaries: Record<Lang, Dictionary> = {'zh-CN': zh, en};

/** What each language calls itself, for the switch. */
export const OWN_NAME: Record<Lang, string> = {'zh-CN': '中文', en: 'English'};

/** Reports whether the page knows this key, for keys built from data (rules, states). */
export const isKey = (key: string): key is Key => Object.hasOwn(zh, key);
