import {useCallback, useEffect, useState} from 'preact/hooks';

/**
 * Something the service is asked for. `value` is the newest that arrived for
 * the same key, also while it is asked again and when that fails.
 */
export interface Remote<T> {
  readonly value: T | null;
  readonly error: Error | null;
  readonly loading: boolean;
  readonly retry: () => void;
}

interface Held<T> {
  key: string | null;
  value: T | null;
  error: Error | null;
}

/**
 * Asks the service whenever key or version changes; a null key asks for
 * nothing. Another key forgets the value, another version keeps it on the
 * screen until the new one is there. An answer that comes too late is dropped.
 */
export function useRemote<T>(
  key: string | null,
  version: number | string,
  load: (signal: AbortSignal) => Promise<T>,
): Remote<T> {
  const [held, setHeld] = useState<Held<T>>({key: null, value: null, error: null});
  const [asked, setAsked] = useState(0);
  const [loading, setLoading] = useState(false);
  useEffect(() => {
    if (key === null) return;
    const control = new AbortController();
    const done = (value: T | null, error: Error | null) => {
      if (control.signal.aborted) return;
      setHeld((h) => ({key, value: value ?? (h.key === key ? h.value : null), error}));
      setLoading(false);
    };
    setLoading(true);
    load(control.signal).then(
      (value) => done(value, null),
      (error: unknown) => done(null, error instanceof Error ? error : new Error(String(error))),
    );
    return () => control.abort();
    // load is made anew on every render; key and version say what it asks for.
  }, [key, version, asked]);
  const retry = useCallback(() => setAsked((n) => n + 1), []);
  const fresh = held.key === key;
  return {value: fresh ? held.value : null, error: fresh ? held.error : null, loading: key !== null && (loading || !fresh), retry};
}
