import type {GridRef, Position} from '../api/types';
import type {Lang} from '../i18n/dictionary';
import {RANKS, type Rank, type View} from './view';

/** What a wall shows, and the part that the next Enter goes into. */
export interface Wall {
  readonly view: View;
  /** Code of the part pointed at by the arrow keys. */
  readonly focus: string | null;
  /** The rotation waits until this moment, since somebody is at the keys. */
  readonly heldUntil: number;
}

export type Action =
  /** Points at the next part in the ranking, or the one before. */
  | {do: 'point'; by: 1 | -1; ranked: readonly string[]}
  | {do: 'enter'}
  /** Goes up: from a place asked about, or from a unit to the one above it; at the top it lets go of the part pointed at. */
  | {do: 'back'; above: string | null}
  | {do: 'unit'; unit: string | null}
  | {do: 'ask'; at: Position | null}
  | {do: 'rank'; rank: Rank}
  | {do: 'turn'; by: 1 | -1}
  | {do: 'rotate'}
  | {do: 'language'; lang: Lang}
  /** The rotation goes on. */
  | {do: 'advance'; unit: string | null};

/** How long the rotation waits after somebody touched a key, milliseconds. */
export const HOLD_MS = 60_000;
/** Seconds at a unit where the rotation is switched on by key. */
const USUAL_ROTATION = 20;

/** What the wall becomes when somebody does something, or the rotation goes on. Pure. */
export function step(wall: Wall, action: Action, now: number): Wall {
  const {view} = wall;
  if (action.do === 'advance') return {...wall, view: {...view, unit: action.unit, at: null}, focus: null};
  const held = {...wall, heldUntil: now + HOLD_MS};
  switch (action.do) {
    case 'point':
      return {...held, focus: beside(wall.focus, action.by, action.ranked)};
    case 'enter':
      return wall.focus === null ? held : {...held, view: {...view, unit: wall.focus, at: null}, focus: null};
    case 'back':
      if (view.at) return {...held, view: {...view, at: null}};
      return {...held, view: {...view, unit: action.above}, focus: view.unit};
    case 'unit':
      return {...held, view: {...view, unit: action.unit, at: null}, focus: null};
    case 'ask':
      return {...held, view: {...view, at: action.at}};
    case 'rank':
      return {...held, view: {...view, rank: action.rank}};
    case 'turn':
      return {...held, view: {...view, rank: beside(view.rank, action.by, RANKS) ?? view.rank}};
    case 'rotate':
      return {...wall, view: {...view, rotate: view.rotate > 0 ? 0 : USUAL_ROTATION}, heldUntil: 0};
    case 'language':
      return {...held, view: {...view, lang: action.lang}};
  }
}

/** The one after, or before, in a ring; the first, or the last, when none is chosen. */
function beside<T>(one: T | null, by: 1 | -1, ring: readonly T[]): T | null {
  const at = one === null ? -1 : ring.indexOf(one);
  if (at < 0) return ring.at(by > 0 ? 0 : -1) ?? null;
  return ring[(at + by + ring.length) % ring.length] ?? null;
}

/**
 * The unit above one, null for the whole territory, by the chain of the unit that is shown: which may be the one
 * before, while the next is on its way, so that a key pressed twice in haste goes up twice. Pure.
 */
export function aboveOf(unit: string | null, shown: readonly Pick<GridRef, 'code'>[]): string | null {
  const at = shown.findIndex((g) => g.code === unit);
  const above = unit === null ? 0 : at < 0 ? shown.length - 1 : at - 1;
  return above > 0 ? (shown[above]?.code ?? null) : null;
}

/** What a key of a keyboard or a remote control means. */
export type Meaning = 'previous' | 'next' | 'enter' | 'back' | 'left' | 'right' | 'home' | 'rotate' | 'language';

const KEYS: Record<string, Meaning> = {
  ArrowUp: 'previous',
  ArrowDown: 'next',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Enter: 'enter',
  Backspace: 'back',
  Escape: 'back',
  BrowserBack: 'back',
  GoBack: 'back',
  Home: 'home',
  BrowserHome: 'home',
  r: 'rotate',
  MediaPlayPause: 'rotate',
  l: 'language',
};

/** What a key means, undefined for others. */
export const meaningOf = (key: string): Meaning | undefined => KEYS[key.length === 1 ? key.toLowerCase() : key];
