import {ApiError, refusal} from './client';
import {newKey} from './drafts';
import type {Bounds, Name} from './types';

/** What became of one row of an import, or one change of its ground. */
export interface ImportRow {
  fate: 'kept' | 'repaired' | 'refused';
  what: string;
  file?: string;
  feature?: number;
  line?: number;
  code?: string;
  name?: Name;
  field?: string;
  reason?: string;
  message?: {zh: string; en: string};
  grids?: string[];
  to?: string;
  area_m2?: number;
  width_m?: number;
  bounds: Bounds | null;
  geometry: GeoJSON.Geometry | null;
}

export interface ImportReport {
  dry_run: boolean;
  plan?: number;
  crs: string;
  bounds: Bounds | null;
  kept: number;
  repaired: number;
  refused: number;
  vertices_inserted: number;
  tiers: {tier: string; grids: number; undrawn: number}[];
  households: number;
  records: Record<string, number>;
  rows: ImportRow[];
}

/** Sends the files; with dry nothing is written. */
export async function sendImport(form: FormData, dry: boolean, signal: AbortSignal): Promise<ImportReport> {
  let response: Response;
  try {
    response = await fetch(`/v1/imports?dry_run=${dry}`, {method: 'POST', body: form, signal, headers: {Accept: 'application/json', 'Idempotency-Key': newKey()}});
  } catch (cause) {
    signal.throwIfAborted();
    throw new ApiError(0, cause instanceof Error ? cause.message : String(cause));
  }
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as ImportReport;
}
