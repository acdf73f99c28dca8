import {address, ApiError, refusal} from './client';
import {newKey} from './drafts';

/** What somebody said of a plan, a grid or a place. */
export interface Note {
  id: number;
  plan?: number;
  grid?: number;
  kind: 'remark' | 'correction';
  text: string;
  author: string;
  written: string;
  sketch?: GeoJSON.Geometry;
  resolved: boolean;
  resolved_at?: string;
  resolved_by?: string;
  reply?: string;
}

/** What a person writes of a note. */
export interface NewNote {
  text: string;
  plan?: number;
  grid?: number;
  sketch?: GeoJSON.Point;
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw new ApiError(0, String(cause));
  }
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

const write = <T>(method: string, path: string, body: unknown) =>
  ask<T>(path, {method, headers: {'Content-Type': 'application/json', 'Idempotency-Key': newKey()}, body: JSON.stringify(body)});

/** Notes of a territory, the newest last, those that are settled only on asking; at most 999. */
export const notes = (territory: number, settled: boolean, signal: AbortSignal) =>
  ask<{comments: Note[]}>(address('/v1/comments', {territory, limit: 999, open: settled ? undefined : 'true'}), {signal}).then((a) => a.comments);

export const addNote = (territory: number, note: NewNote) => write<Note>('POST', address('/v1/comments', {territory}), note);

export const changeNote = (territory: number, id: number, change: {resolved: boolean; reply?: string}) =>
  write<Note>('PATCH', address(`/v1/comments/${id}`, {territory}), change);
