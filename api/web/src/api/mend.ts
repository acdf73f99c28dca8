import {address, ApiError, refusal} from './client';
import {newKey} from './drafts';
import type {Report} from './types';

/** What a write of records answers. */
export interface Written {
  readonly revision: number;
}

async function write(path: string, method: 'POST' | 'DELETE', body?: unknown): Promise<Written> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {Accept: 'application/json', 'Idempotency-Key': newKey(), ...(body !== undefined && {'Content-Type': 'application/json'})},
      ...(body !== undefined && {body: JSON.stringify(body)}),
    });
  } catch (cause) {
    throw new ApiError(0, cause instanceof Error ? cause.message : String(cause));
  }
  if (!response.ok) throw await refusal(response);
  return {revision: Number(response.headers.get('Gridmap-Revision'))};
}

/** Who lets a finding stand, why, and until which day; the day itself no more. */
export interface Waiver {
  readonly finding: string;
  readonly rule: string;
  readonly by: string;
  readonly why: string;
  readonly until?: string;
}

/** Lets a finding stand; a waiver that stood for it already is replaced. */
export const waive = (territory: number, waiver: Waiver) => write(address('/v1/waivers/bulk', {territory}), 'POST', [waiver]);

/** Takes the waiver of a finding back. */
export async function unwaive(territory: number, finding: string): Promise<Written> {
  const response = await fetch(address('/v1/waivers', {territory, number: finding}), {headers: {Accept: 'application/json'}});
  if (!response.ok) throw await refusal(response);
  const {waivers} = (await response.json()) as {waivers: {id: number}[]};
  let last: Written = {revision: Number(response.headers.get('Gridmap-Revision'))};
  for (const {id} of waivers) last = await write(address(`/v1/waivers/${id}`, {territory}), 'DELETE');
  return last;
}

export const addKeeper = (territory: number, keeper: {unit_code: string; position: string; keeper: string}) =>
  write(address('/v1/responsibilities', {territory}), 'POST', keeper);

export const addPost = (territory: number, post: {grid_code: string; worker_number: string; role: string; primary: boolean}) =>
  write(address('/v1/assignments', {territory}), 'POST', post);

/** The check of a plan by rules changed for once, without its findings: what a board needs. */
export async function askUnits(plan: number, tier: string, signal: AbortSignal): Promise<Report> {
  const question = {plan, rules: {'STF-3': {tiers: [tier]}}, include: {geometry: 'none'}, max_findings: 0};
  const response = await fetch('/v1/checks', {
    method: 'POST',
    headers: {Accept: 'application/json', 'Content-Type': 'application/json'},
    body: JSON.stringify(question),
    signal,
  });
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as Report;
}
