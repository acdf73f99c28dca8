import {useEffect, useRef, useState} from 'preact/hooks';
import {basemaps, type Basemap} from '../api/basemaps';
import * as api from '../api/client';
import {concerns, type RevisionEvent} from '../api/events';
import {gridOf, standing, type Standing} from '../api/standing';
import type {Grid, GridRef, Plan, TerritoryEntry} from '../api/types';
import {useRemote, type Remote} from '../planner/remote';
import {follow, type Told} from './feed';
import {patience, type Link} from './link';
import type {View} from './view';

/** What the service knows of what the wall shows. */
export interface WallData {
  readonly territory: TerritoryEntry | null;
  readonly plan: Plan | null;
  /** The newest that came, also of another unit while the one asked for is on its way. */
  readonly standing: Standing | null;
  /** The chain of grids at a place, or over a unit without parts, each with who leads and serves there. */
  readonly chain: readonly Grid[] | null;
  /** The place asked about lies in no grid. */
  readonly nowhere: boolean;
  /** The basemap that the view names, where the service has it. */
  readonly basemap: Basemap | null;
  readonly link: Link | null;
  /** The last change told of. */
  readonly last: RevisionEvent | null;
  readonly empty: boolean;
  /** The unit is not, or no more, in the plan. */
  readonly unknown: boolean;
  /** What the service answers instead of what was asked for. */
  readonly refusal: api.ApiError | null;
}

/** Asks for what the view shows, again whenever it changes, and for ever where the service is out of reach. */
export function useWallData(view: View, onEvent: (event: RevisionEvent) => void): WallData {
  const [link, setLink] = useState<Link | null>(null);
  const [last, setLast] = useState<RevisionEvent | null>(null);
  const revision = useSettled(link?.heard ?? 0);
  const territories = useInsistent('territories', revision, api.territories);
  const territory = choose(territories.value, view.territory);
  const planId = view.plan ?? territory?.plan?.id ?? null;
  useFeed(territory, {
    link: setLink,
    revision: (event) => {
      if (!concerns(event, planId ?? 0)) return;
      // Of a plan that is no more in force nothing is asked for: the one in its place is on its way.
      if (view.plan !== null || event.in_force === undefined || event.in_force === planId) onEvent(event);
      if (event.op !== undefined) setLast(event);
    },
  });
  const plan = useInsistent(planId === null ? null : `plan/${planId}`, revision, (signal) => api.plan(planId ?? 0, revision || undefined, signal));
  const now = `${revision} ${useTurns(DAY_LOOK_MS)}`;
  const stands = useInsistent(planId === null ? null : `standing/${planId}/${view.unit}`, now, (signal) => standing(planId ?? 0, view.unit, revision, signal));
  const unknown = isUnknownUnit(stands.error);
  const held = useLastOf(stands.value);
  const place = useChain(planId, view, held, now);
  const basemap = useBasemap(view.basemap);
  const refusal = refusalOf([territories, plan, stands].map((r) => r.error), unknown);
  return {territory, plan: plan.value ?? null, standing: held, ...place, basemap, link, last, empty: territories.value !== null && !territory, unknown, refusal};
}

/** Follows a territory as long as it is the one shown; what is told is told to the newest of those who asked. */
function useFeed(territory: TerritoryEntry | null, tell: Told) {
  const newest = useRef(tell);
  newest.current = tell;
  useEffect(() => {
    if (!territory) return;
    return follow(territory.id, territory.revision, {
      link: (link) => newest.current.link(link),
      revision: (event) => newest.current.revision(event),
    });
  }, [territory?.id]);
}

/** The basemap of an id, null where the service has none such. */
function useBasemap(id: string | null): Basemap | null {
  const grounds = useInsistent(id === null ? null : 'basemaps', 0, basemaps);
  return grounds.value?.find((b) => b.id === id) ?? null;
}

/** Whether the service refuses because the plan has no such unit; whatever else it refuses is another matter. */
export const isUnknownUnit = (error: Error | null): boolean => error instanceof api.ApiError && error.status === 400 && error.problem.field === 'unit';

/** The first refusal among what was asked for; who got no answer at all knows that from the contact. */
export const refusalOf = (errors: readonly (Error | null)[], unknown: boolean): api.ApiError | null =>
  unknown ? null : (errors.find((e): e is api.ApiError => e instanceof api.ApiError && e.status > 0) ?? null);

/** The territory asked for, else the first that has a plan in force. */
function choose(all: readonly TerritoryEntry[] | null, id: number | null): TerritoryEntry | null {
  return all?.find((t) => (id === null ? t.plan !== null : t.id === id)) ?? null;
}

/** Who is in charge where somebody asked, or over a unit that has no parts. */
function useChain(plan: number | null, {at, unit}: View, shown: Standing | null, now: string): Pick<WallData, 'chain' | 'nowhere'> {
  const located = useInsistent(plan === null || !at ? null : `at/${plan}/${at?.join()}`, now, (signal) => api.locate(plan ?? 0, at ?? [0, 0], signal));
  const leaf = !at && shown && shown.places.length === 0 && shown.unit.code === unit ? shown.chain : null;
  const refs: readonly GridRef[] | null = at ? (located.value?.chain ?? null) : leaf;
  const overlays = (at && located.value?.overlays) || [];
  const all = refs && [...refs, ...overlays];
  const grids = useInsistent(!all || all.length === 0 ? null : `chain/${plan}/${all.map((g) => g.id).join()}`, now, (signal) =>
    Promise.all((all ?? []).map((g) => gridOf(plan ?? 0, g.id, signal))),
  );
  return {chain: grids.value, nowhere: Boolean(at && located.value?.chain.length === 0)};
}

/** Keeps the last value while the next one is on its way: a wall is never empty between two. */
function useLastOf<T>(value: T | null): T | null {
  const held = useRef<T | null>(null);
  if (value !== null) held.current = value;
  return held.current;
}

/** As useRemote, and again by itself when the answer does not come. */
function useInsistent<T>(key: string | null, version: number | string, load: (signal: AbortSignal) => Promise<T>): Remote<T> {
  const remote = useRemote(key, version, load);
  const tries = useRef(0);
  useEffect(() => {
    if (!remote.error) {
      tries.current = 0;
      return;
    }
    const timer = setTimeout(remote.retry, patience(++tries.current, Math.random()));
    return () => clearTimeout(timer);
  }, [remote.error]);
  return remote;
}

/** Posts begin and end with the day, though nobody changes anything: who is in charge is asked for anew so often, milliseconds. */
const DAY_LOOK_MS = 300_000;

/** How many times so many milliseconds have passed. */
function useTurns(ms: number): number {
  const [turns, setTurns] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurns((n) => n + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return turns;
}

/** How long figures wait for a quiet moment under a storm of changes, and at most, milliseconds. */
const QUIET_MS = 150;
const PATIENCE_MS = 1000;

/** A value that changes in bursts, once it has settled, or every second meanwhile. */
function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  const since = useRef(0);
  useEffect(() => {
    if (value === settled) return;
    since.current ||= Date.now();
    const wait = Math.max(0, Math.min(QUIET_MS, since.current + PATIENCE_MS - Date.now()));
    const timer = setTimeout(() => {
      since.current = 0;
      setSettled(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
