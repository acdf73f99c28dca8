import type {EditEntry} from '../../api/edited';

/** Undo takes the last edit back, redo does again what was taken back last. */
export type Turn = 'undo' | 'redo';

/** How many edits of a draft can be taken back, and how many done again. */
export interface Turns {
  readonly back: number;
  readonly forth: number;
}

/** Edits that come with a draft or with a rebase: undoing ends there. */
const CARRIED = ['rebase', 'carry'];

/** The edits of a history that are the draft's own. */
export const ownEdits = (edits: readonly EditEntry[]) => edits.filter((e) => !CARRIED.includes(e.op));

/** What a history leaves to undo and redo; `more` says that it goes on before its last entry, nobody here knows how far. */
export function turnsOf(history: readonly EditEntry[], more: boolean): Turns {
  const edits = ownEdits(history);
  const back = more ? Number.POSITIVE_INFINITY : edits.filter((e) => !e.undone).length;
  return {back, forth: edits.filter((e) => e.again).length};
}

/** What an edit, an undo or a redo leaves: whatever is edited anew, nothing is left to be done again. */
export function turned({back, forth}: Turns, op: string): Turns {
  if (op === 'undo') return back > 0 ? {back: back - 1, forth: forth + 1} : {back, forth};
  if (op === 'redo') return forth > 0 ? {back: back + 1, forth: forth - 1} : {back, forth};
  return {back: back + 1, forth: 0};
}
