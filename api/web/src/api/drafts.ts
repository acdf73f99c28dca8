import type {Place} from '../planner/model/people';
import type {Edit} from '../planner/model/tools';
import type {DrawnGrid} from '../planner/model/ground';
import {address, ApiError, refusal} from './client';
import type {Diff, Edited, History, Published} from './edited';
import type {Bounds, PlanState, PlanSummary} from './types';

interface Answer<T> {
  readonly body: T;
  /** Revision of the territory that the answer shows or made. */
  readonly revision: number;
}

async function send<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw new ApiError(0, cause instanceof Error ? cause.message : String(cause));
  }
  if (!response.ok) throw await refusal(response);
  return {body: (await response.json()) as T, revision: Number(response.headers.get('Gridmap-Revision'))};
}

/** A write: done once however often it is sent under the same key, and refused where what it touches was changed since `base`. */
interface Write {
  readonly key: string;
  readonly base?: number;
}

const post = <T>(path: string, {key, base}: Write, body?: unknown) =>
  send<T>(path, {
    method: 'POST',
    headers: {
      Accept: 'application/json',
      'Idempotency-Key': key,
      ...(base !== undefined && {'If-Match': `"${base}"`}),
      ...(body !== undefined && {'Content-Type': 'application/json'}),
    },
    ...(body !== undefined && {body: JSON.stringify(body)}),
  });

/** A key for one write; crypto.randomUUID is not there on plain HTTP in an office network. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16).padStart(8, '0')).join('');

const edits = (plan: number, what: string) => address(`/v1/plans/${plan}/${what}`, {geometry: 'after'});

export const makeDraft = (territory: number, from: number, name: string) =>
  post<PlanSummary>('/v1/plans', {key: newKey()}, {territory, from, name}).then((a) => a.body);

export const postEdit = (plan: number, edit: Edit, write: Write) => post<Edited>(edits(plan, 'edits'), write, edit).then((a) => a.body);

/** Takes the last edit back, or does again what was taken back last. */
export const turn = (plan: number, what: 'undo' | 'redo', write: Write) => post<Edited>(edits(plan, what), write).then((a) => a.body);

export const goTo = (plan: number, step: {to: PlanState; effective?: string; reason?: string}) =>
  post<Published>(`/v1/plans/${plan}/state`, {key: newKey()}, step).then((a) => a.body);

export const history = (plan: number, signal: AbortSignal) =>
  send<History>(address(`/v1/plans/${plan}/edits`, {limit: 50}), {signal}).then((a) => a.body);

/** Grids of a tier in a box with their ground, as many as the limit allows, and how many there are. */
export const drawnGrids = (
  plan: number,
  query: {tier: string; bounds: Bounds; limit: number; revision: number | undefined},
  signal: AbortSignal,
): Promise<Answer<{grids: DrawnGrid[]; total: number}>> => {
  const {tier, bounds, limit, revision} = query;
  const asked = {tier, bbox: bounds.map((n) => n.toFixed(7)).join(','), kind: 'general', drawn: 'true', geometry: 'full', limit, min_revision: revision};
  return send(address(`/v1/plans/${plan}/grids`, asked), {signal, headers: {Accept: 'application/json'}});
};

/** Where people live in a box: households where this person may see them, else counts by cell. */
export const people = (plan: number, bounds: Bounds, signal: AbortSignal) =>
  send<{exact: boolean; places: Place[]}>(address(`/v1/plans/${plan}/people`, {bbox: bounds.map((n) => n.toFixed(7)).join(',')}), {signal}).then((a) => a.body);

/** What a plan does otherwise than another, or than itself at an earlier revision; with the ground of both. */
export const diff = (plan: number, against: {against: number} | {against_revision: number}, signal: AbortSignal) =>
  send<Diff>(address(`/v1/plans/${plan}/diff`, {...against, geometry: 'full'}), {signal}).then((a) => a.body);

type Area = GeoJSON.Polygon | GeoJSON.MultiPolygon;

/** The ground of one grid, null where it is not drawn. */
export const groundOfGrid = (plan: number, id: number, signal: AbortSignal) =>
  send<{geometry?: Area | null}>(`/v1/plans/${plan}/grids/${id}`, {signal}).then((a) => a.body.geometry ?? null);

/** Compounds of a territory with their ground; the first 999. */
export const compoundsOf = (territory: number, signal: AbortSignal) =>
  send<{compounds: {code: string; boundary?: Area}[]}>(address('/v1/compounds', {territory, limit: 999}), {signal}).then((a) => a.body.compounds);
