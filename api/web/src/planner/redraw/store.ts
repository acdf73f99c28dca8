import {useEffect, useState} from 'preact/hooks';
import {at, EMPTY, type Desk, type DeskAct} from '../model/desk';

/**
 * The desk, kept beside the page: a pointer that moves changes it sixty times a
 * second, and only what shows the changed part is drawn anew.
 */
export interface DeskStore {
  readonly desk: () => Desk;
  readonly act: (act: DeskAct) => Desk;
  /** Tells of every other desk; returns how to stop. */
  readonly watch: (tell: (desk: Desk) => void) => () => void;
}

export function deskStore(): DeskStore {
  let desk = EMPTY;
  const watchers = new Set<(desk: Desk) => void>();
  return {
    desk: () => desk,
    act: (act) => {
      const next = at(desk, act);
      if (next !== desk) {
        desk = next;
        for (const tell of watchers) tell(desk);
      }
      return desk;
    },
    watch: (tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
  };
}

/** Does it as soon as no border is in the hand; not after the signal. */
export function whenFree(store: DeskStore, signal: AbortSignal, act: () => void) {
  if (signal.aborted) return;
  if (!store.desk().grab) return act();
  const stop = store.watch((desk) => {
    if (desk.grab) return;
    stop();
    act();
  });
  signal.addEventListener('abort', stop);
}

/** A part of the desk, such as the tool; the component is drawn anew when that part changes. */
export function useDesk<T>(store: DeskStore, part: (desk: Desk) => T): T {
  const [value, setValue] = useState(() => part(store.desk()));
  useEffect(() => {
    setValue(() => part(store.desk()));
    return store.watch((desk) => setValue(() => part(desk)));
  }, [store]);
  return value;
}
