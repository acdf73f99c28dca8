import * as api from '../api/client';
import {address, ApiError, get, refusal} from '../api/client';
import type {Note} from '../api/notes';
import type {Grid, GridRef, Plan, Position} from '../api/types';

export interface House {
  id: number;
  ref: string;
  lon: number | null;
  lat: number | null;
  address?: string;
  resident: number;
}

/** What the service lets the leader see, or that it does not. */
export type Allowed<T> = T | 'forbidden';

/** Houses listed at most; a grid has some hundreds, a whole village would not fit a phone. */
export const MOST_HOUSES = 500;

async function unlessForbidden<T>(asked: Promise<T>): Promise<Allowed<T>> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return 'forbidden';
    throw error;
  }
}

/** The grid of a code in a plan, null where the plan has none. */
export async function gridOfCode(plan: Plan, code: string, signal: AbortSignal): Promise<Grid | null> {
  const found = await api.byCode(plan.id, code, signal);
  return found && api.grid(plan.id, found.id, undefined, signal);
}

/** The households of a grid and of all under it, as far as the scope may see them and up to a number. */
export const houses = (plan: Plan, grid: Grid, signal: AbortSignal): Promise<Allowed<House[]>> =>
  unlessForbidden(
    (async () => {
      const list: House[] = [];
      const open: number[] = [grid.id];
      for (let id = open.pop(); id !== undefined && list.length < MOST_HOUSES; id = open.pop()) {
        const here = await get<{households: House[]}>('/v1/households', {territory: plan.territory.id, grid: id, limit: MOST_HOUSES}, signal);
        list.push(...here.households);
        const below = await get<{grids: GridRef[]}>(`/v1/plans/${plan.id}/grids`, {parent: id, kind: 'general', limit: 100}, signal);
        open.push(...below.grids.map((g) => g.id));
      }
      return list.slice(0, MOST_HOUSES);
    })(),
  );

/** What was noted on a grid, the newest first. */
export const notes = (plan: Plan, grid: Grid, signal: AbortSignal): Promise<Allowed<Note[]>> =>
  unlessForbidden(
    get<{comments: Note[]}>('/v1/comments', {territory: plan.territory.id, grid: grid.id, limit: 200}, signal).then((a) => a.comments.reverse()),
  );

export interface Draft {
  readonly text: string;
  readonly author: string;
  readonly sketch: GeoJSON.Geometry | null;
}

/** Leaves a correction; the same ref twice is left once, so that a lost answer does no harm. */
export async function leave(plan: Plan, grid: Grid, ref: string, {text, author, sketch}: Draft): Promise<void> {
  let response: Response;
  try {
    response = await fetch(address('/v1/comments', {territory: plan.territory.id}), {
      method: 'POST',
      headers: {Accept: 'application/json', 'Content-Type': 'application/json', 'Idempotency-Key': ref},
      body: JSON.stringify({ref, grid: grid.id, kind: 'correction', text, ...(author && {author}), ...(sketch && {sketch})}),
    });
  } catch (cause) {
    throw new ApiError(0, cause instanceof Error ? cause.message : String(cause));
  }
  if (!response.ok) throw await refusal(response);
}

/** Where a house stands, null without a place. */
export const placeOfHouse = ({lon, lat}: House): Position | null => (lon === null || lat === null ? null : [lon, lat]);
