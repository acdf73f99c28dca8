import type {Desk} from './desk';
import type {Carving} from './tools';
import {turned, type Turn, type Turns} from './turns';

/** What a person asks to be done to a draft: an undo, a redo, or the edit that is drawn. */
export interface Wish {
  readonly what: Turn | 'finish';
  /** What the page was like then. */
  readonly asked: Asked;
}

/** What a wish was made about: when that is no longer so, it is dropped. */
export interface Asked {
  readonly plan: number | undefined;
  readonly tier: string | null;
  /** Why the last act was refused, null if it was not. */
  readonly refusal: Error | null;
  readonly desk: Desk;
  readonly carving: Carving;
}

/** What the page is like when a wish comes to its turn. */
export interface Now extends Asked {
  /** The plan can be drawn on. */
  readonly open: boolean;
  /** Something is on its way to the service. */
  readonly sending: boolean;
  /** The ground that is to be drawn on is on its way. */
  readonly groundless: boolean;
  /** Null as long as the history is not known. */
  readonly turns: Turns | null;
}

/** What becomes of the wish that is first in turn. Pure. */
export function fate({what, asked}: Wish, now: Now): 'do' | 'wait' | 'drop' {
  const refused = now.refusal !== null && now.refusal !== asked.refusal;
  if (!now.open || now.plan !== asked.plan || refused) return 'drop';
  if (what === 'finish') {
    if (now.tier !== asked.tier || now.carving !== asked.carving || !sameDrawn(asked.desk, now.desk)) return 'drop';
    return now.sending || now.groundless ? 'wait' : 'do';
  }
  if (now.sending || !now.turns) return 'wait';
  return (what === 'undo' ? now.turns.back : now.turns.forth) > 0 ? 'do' : 'drop';
}

/** The wishes with more; the same drawing is asked for once, however long Enter is held down. */
export function withMore(wishes: readonly Wish[], what: Wish['what'], asked: Asked, times = 1): readonly Wish[] {
  const last = wishes.at(-1);
  if (what === 'finish' && last?.what === 'finish' && last.asked.desk === asked.desk) return wishes;
  return [...wishes, ...Array.from({length: times}, () => ({what, asked}))];
}

/** What is left to undo and redo once all wishes are granted. */
export const turnsAfter = (turns: Turns | null, wishes: readonly Wish[]): Turns =>
  wishes.reduce((left, {what}) => turned(left, what), turns ?? {back: 0, forth: 0});

/** Whether nothing was drawn, chosen or let go of since; the ground may be another, without some of the grids chosen. */
export function nothingNew(before: Desk, now: Desk): boolean {
  const {tool, line, painted, grab, picks} = now;
  return tool === before.tool && line === before.line && painted === before.painted && grab === before.grab && picks.every((id) => before.picks.includes(id));
}

const sameDrawn = (before: Desk, now: Desk) => nothingNew(before, now) && now.picks.length === before.picks.length;
