import type {Fault} from './edited';
import type {Balance, FigureClasses, FigureUnit, Grid, GridRef, MetricRecord, Located, Plan, Position, Report, Staff, TerritoryEntry} from './types';

/** The part of a refusal (RFC 9457) that a planner is told. */
export interface Problem {
  /** Its kind, such as /problems/stale. */
  readonly type?: string;
  /** The part of the request at fault. */
  readonly field?: string;
  readonly reason?: string;
  /** Why not, in both languages. */
  readonly message?: {zh: string; en: string};
  /** What is wrong, and where. */
  readonly findings?: GeoJSON.FeatureCollection<GeoJSON.Geometry | null, Fault>;
  /** What was done since, where an edit is stale. */
  readonly changed?: {revision: number; since: {revision: number; by: string; op: string}[]};
}

/** What the service says when it refuses, or what we say for it when it cannot be reached. */
export class ApiError extends Error {
  constructor(
    /** 0 when no answer came at all. */
    readonly status: number,
    readonly title: string,
    readonly detail = '',
    readonly problem: Problem = {},
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }
}

type Query = Record<string, string | number | undefined>;

/** Joins a path and its query; undefined values are left out. */
export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter((e): e is [string, string | number] => e[1] !== undefined);
  const text = new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString();
  return text ? `${path}?${text}` : path;
}

/** Reads a refusal; a body that is no problem document still gives an error with its status. */
export async function refusal(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const {title, detail} = (body ?? {}) as {title?: unknown; detail?: unknown};
  return new ApiError(
    response.status,
    typeof title === 'string' ? title : response.statusText || `HTTP ${response.status}`,
    typeof detail === 'string' ? detail : '',
    typeof body === 'object' && body ? (body as Problem) : {},
  );
}

/** Asks for JSON; a refusal, and no answer at all, become an ApiError. */
export async function get<T>(path: string, query: Query, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address(path, query), {signal, headers: {Accept: 'application/json'}});
  } catch (cause) {
    signal.throwIfAborted();
    throw new ApiError(0, cause instanceof Error ? cause.message : String(cause));
  }
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

export const territories = (signal: AbortSignal) =>
  get<{territories: TerritoryEntry[]}>('/v1/territories', {}, signal).then((a) => a.territories);

/** The plan, no older than the revision if one is given. */
export const plan = (id: number, revision: number | undefined, signal: AbortSignal) =>
  get<Plan>(`/v1/plans/${id}`, {min_revision: revision}, signal);

/** The day asked about; without one it is today. */
type AsOf = string | undefined;

export const grid = (plan: number, id: number, revision: number | undefined, signal: AbortSignal, as_of?: AsOf) =>
  get<Grid>(`/v1/plans/${plan}/grids/${id}`, {geometry: 'none', min_revision: revision, as_of}, signal);

/** Grids whose code begins with, or whose name holds, the text. */
export const search = (plan: number, text: string, limit: number, signal: AbortSignal) =>
  get<{grids: GridRef[]}>(`/v1/plans/${plan}/grids`, {q: text, limit}, signal).then((a) => a.grids);

/** Grids in which somebody serves whose name or number is looked for, with who it is. */
export const searchWorker = (plan: number, worker: string, limit: number, signal: AbortSignal) =>
  get<{grids: (GridRef & {serving: Staff[]})[]}>(`/v1/plans/${plan}/grids`, {worker, limit}, signal).then((a) => a.grids);

/** How the grids of a tier stand to its band, so many of the worst. */
export const balance = (plan: number, query: {tier: string; limit: number; min_revision: number | undefined}, signal: AbortSignal) =>
  get<Balance>(`/v1/plans/${plan}/balance`, query, signal);

/** The grid with exactly this code, if the plan has one. */
export const byCode = (plan: number, code: string, signal: AbortSignal) =>
  get<{grids: GridRef[]}>(`/v1/plans/${plan}/grids`, {code, limit: 1}, signal).then((a) => a.grids[0] ?? null);

export const locate = (plan: number, [lon, lat]: Position, signal: AbortSignal) =>
  get<Located>('/v1/locate', {plan, lon: lon.toFixed(7), lat: lat.toFixed(7)}, signal);

export const check = (plan: number, revision: number | undefined, signal: AbortSignal, as_of?: AsOf) =>
  get<Report>(`/v1/plans/${plan}/check`, {min_revision: revision, as_of}, signal);

/** What the grids of a tier are compared by. */
export const figures = (plan: number, tier: string, revision: number | undefined, signal: AbortSignal, as_of?: AsOf) =>
  get<{units: FigureUnit[]}>(`/v1/plans/${plan}/figures`, {tier, min_revision: revision, as_of}, signal).then((a) => a.units);

/** One figure of all grids of a tier, in classes. */
export const figureClasses = (plan: number, figure: string, query: {tier: string; method: string; min_revision: number | undefined; as_of: AsOf}, signal: AbortSignal) =>
  get<FigureClasses>(`/v1/plans/${plan}/figures/${encodeURIComponent(figure)}/classes`, query, signal);

/** Pages of a list are at most so many; who has more asks a narrower question. */
const MOST_PAGES = 40;

/** A whole list, page after page; `member` is what the answer calls it. */
export async function pages<Member extends string, T>(path: string, query: Query, member: Member, signal: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined = address(path, {...query, limit: 999});
  for (let page = 0; next && page < MOST_PAGES; page++) {
    const answer: {[key in Member]: T[]} & {next?: string} = await get(next, {}, signal);
    all.push(...answer[member]);
    next = answer.next;
  }
  return all;
}

/** All metrics of a territory. */
export const metrics = (territory: number, signal: AbortSignal) => pages<'metrics', MetricRecord>('/v1/metrics', {territory}, 'metrics', signal);
