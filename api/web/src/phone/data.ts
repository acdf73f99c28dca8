import * as api from '../api/client';
import {address, ApiError, get, pages, refusal} from '../api/client';
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

/** Houses that come at a time; a grid has some hundreds, a whole village has thousands and comes as it is asked for. */
const HOUSES = 500;

/** Where a list of houses goes on: further down a list, then in other grids. */
export interface Rest {
  readonly path: string | null;
  readonly grids: readonly number[];
}

/** Where the list of a grid and of all under it begins. */
export const wholeOf = (grid: Grid): Rest => ({path: null, grids: [grid.id]});

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

export interface Houses {
  readonly list: readonly House[];
  /** Where more are, null after the last. */
  readonly rest: Rest | null;
}

/** The households that come next, as far as the scope may see them: none only where there are no more. */
export const houses = (plan: Plan, from: Rest, signal: AbortSignal): Promise<Allowed<Houses>> =>
  unlessForbidden(
    (async () => {
      const list: House[] = [];
      let {path} = from;
      const open = [...from.grids];
      while (list.length < HOUSES && (path !== null || open.length > 0)) {
        const id = path === null ? open.shift() : undefined;
        if (id !== undefined) {
          path = address('/v1/households', {territory: plan.territory.id, grid: id, limit: HOUSES});
          open.unshift(...(await pages<'grids', GridRef>(`/v1/plans/${plan.id}/grids`, {parent: id, kind: 'general'}, 'grids', signal)).map((g) => g.id));
        }
        const here: {households: House[]; next?: string} = await get(path ?? '', {}, signal);
        list.push(...here.households);
        path = here.next ?? null;
      }
      return {list, rest: path === null && open.length === 0 ? null : {path, grids: open}};
    })(),
  );

/** What was noted on a grid, the newest first. */
export const notes = (plan: Plan, grid: Grid, signal: AbortSignal): Promise<Allowed<Note[]>> =>
  unlessForbidden(
    pages<'comments', Note>('/v1/comments', {territory: plan.territory.id, grid: grid.id}, 'comments', signal).then((all) => all.reverse()),
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
