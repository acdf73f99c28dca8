import {useMemo, useState} from 'preact/hooks';
import * as api from '../../api/notes';
import type {Note} from '../../api/notes';
import type {Plan} from '../../api/types';
import {useRemote, type Remote} from '../remote';
import type {Session} from '../session';
import {marksOf, notesOf} from './about';

export interface Notes {
  readonly list: Remote<Note[]>;
  /** Those of this page, the newest first. */
  readonly shown: readonly Note[];
  readonly marks: GeoJSON.FeatureCollection | null;
  readonly settled: boolean;
  readonly showSettled: (settled: boolean) => void;
  /** Why the last write failed. */
  readonly error: Error | null;
  /** Sends a note; tells whether it is kept. */
  add(note: api.NewNote): Promise<boolean>;
  change(id: number, change: {resolved: boolean; reply?: string}): Promise<boolean>;
}

/** Notes while their panel is open, and again whenever somebody writes one. */
export function useNotes(session: Session, plan: Plan | null, revision: number): Notes {
  const [settled, showSettled] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const territory = plan?.territory.id ?? 0;
  const open = plan !== null && session.tab === 'notes';
  const list = useRemote(open ? `notes/${territory}/${settled}` : null, revision, (signal) => api.notes(territory, settled, signal));
  const shown = useMemo(() => notesOf(list.value ?? [], plan?.id ?? 0), [list.value, plan?.id]);
  const marks = useMemo(() => (open ? marksOf(shown) : null), [open, shown]);
  const write = async (act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
      setError(null);
      list.retry();
      return true;
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
      return false;
    }
  };
  return {
    list, shown, marks, settled, showSettled, error,
    add: (note) => write(() => api.addNote(territory, note)),
    change: (id, change) => write(() => api.changeNote(territory, id, change)),
  };
}
