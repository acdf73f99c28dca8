import type {Position} from '../api/types';
import {LANGS, type Lang} from '../i18n/dictionary';

/** What places are ranked and coloured by; never persons. */
export const RANKS = ['households', 'alarms', 'lacking', 'load'] as const;
export type Rank = (typeof RANKS)[number];

/** All that is chosen on a wall. Nothing that the service knows is kept here. */
export interface View {
  readonly lang: Lang;
  /** Id of the territory; null is the first that has a plan in force. */
  readonly territory: number | null;
  /** Id of a plan to follow, such as a draft; null is the one in force, whichever that is. */
  readonly plan: number | null;
  /** Code of the unit shown; null is the whole territory. */
  readonly unit: string | null;
  /** A place that was asked about. */
  readonly at: Position | null;
  readonly rank: Rank;
  /** Seconds that the rotation stays at a unit; 0 is no rotation. */
  readonly rotate: number;
  /** How many tiers under the territory the rotation goes down. */
  readonly depth: number;
  /** Size of type, percent. */
  readonly size: number;
  /** The basemap under the grids, by its id; null is none. */
  readonly basemap: string | null;
}

export const START: View = {
  lang: 'zh-CN',
  territory: null,
  plan: null,
  unit: null,
  at: null,
  rank: 'households',
  rotate: 0,
  depth: 1,
  size: 100,
  basemap: null,
};

const LEAST = {rotate: 3, depth: 1, size: 50};
const MOST = {rotate: 3600, depth: 5, size: 200};

/** The view that an address says; what it does not name, or names wrongly, is taken from fallback. */
export function parseView(search: string, fallback: View = START): View {
  const query = new URLSearchParams(search);
  const oneOf = <T extends string>(key: string, values: readonly T[], other: T): T => values.find((v) => v === query.get(key)) ?? other;
  const within = (key: 'rotate' | 'depth' | 'size') => {
    const n = whole(query.get(key));
    return n !== null && n >= LEAST[key] && n <= MOST[key] ? n : fallback[key];
  };
  return {
    lang: oneOf('lang', LANGS, fallback.lang),
    territory: whole(query.get('territory')) ?? fallback.territory,
    plan: whole(query.get('plan')) ?? fallback.plan,
    unit: query.get('unit') || fallback.unit,
    at: position(query.get('lon'), query.get('lat')) ?? fallback.at,
    rank: oneOf('rank', RANKS, fallback.rank),
    rotate: within('rotate'),
    depth: within('depth'),
    size: within('size'),
    basemap: query.get('basemap') || fallback.basemap,
  };
}

/** The inverse of parseView; what is as ever is not written, except the language, which else follows the browser. */
export function formatView(view: View): string {
  const query = new URLSearchParams();
  for (const key of ['territory', 'plan', 'unit', 'rank', 'rotate', 'depth', 'size', 'basemap'] as const) {
    if (view[key] !== START[key]) query.set(key, String(view[key]));
  }
  if (view.at) {
    query.set('lon', String(view.at[0]));
    query.set('lat', String(view.at[1]));
  }
  query.set('lang', view.lang);
  return `?${query.toString()}`;
}

function whole(text: string | null): number | null {
  const n = Number(text);
  return text && Number.isSafeInteger(n) && n > 0 ? n : null;
}

function position(lon: string | null, lat: string | null): Position | null {
  if (!lon?.trim() || !lat?.trim()) return null;
  const at: Position = [Number(lon), Number(lat)];
  return Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90 ? at : null;
}
