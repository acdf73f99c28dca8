import {useEffect, useState} from 'preact/hooks';
import * as api from '../api/client';
import {concerns, followRevisions, type RevisionEvent, type Visitor} from '../api/events';
import type {Grid, Plan, Report, TerritoryEntry} from '../api/types';
import {useRemote, type Remote} from './remote';
import type {Session} from './session';

/** What the service knows of the open plan. */
export interface PlanData {
  readonly plan: Remote<Plan>;
  readonly report: Remote<Report>;
  readonly grid: Remote<Grid>;
  /** The territory the plan divides, with the time of its last change. */
  readonly territory: TerritoryEntry | null;
  /** The newest revision of the territory that was heard of, 0 before any. */
  readonly revision: number;
  /** Changes are heard of as they happen. */
  readonly live: boolean;
  /** Who has the plan open, oneself among them. */
  readonly present: readonly Visitor[];
}

/** Asks for the plan, its check and the selected grid, and again whenever the territory changes. */
export function usePlanData({plan: id, grid: gridId, day}: Session): PlanData {
  const [first, setFirst] = useState<Plan | null>(null);
  const {heard, live, present} = useRevision(first);
  const least = heard > 0 && first?.id === id ? heard : undefined;
  const ask = <T>(key: string | null, load: (signal: AbortSignal) => Promise<T>) => useRemote(key, heard, load);

  const plan = ask(id === null ? null : `plan/${id}`, (signal) => api.plan(id ?? 0, least, signal));
  const open = plan.value?.id ?? null;
  useEffect(() => {
    if (plan.value && plan.value.id !== first?.id) setFirst(plan.value);
  }, [plan.value]);
  const asOf = day ?? undefined;
  const report = ask(open === null ? null : `check/${open}/${day}`, (signal) => api.check(open ?? 0, least, signal, asOf));
  const grid = ask(open === null || gridId === null ? null : `grid/${open}/${gridId}/${day}`, (signal) =>
    api.grid(open ?? 0, gridId ?? 0, least, signal, asOf),
  );
  const territories = ask(open === null ? null : 'territories', api.territories);
  const territory = territories.value?.find((t) => t.id === plan.value?.territory.id) ?? null;
  return {plan, report, grid, territory, revision: Math.max(heard, plan.value?.territory_revision ?? 0), live, present};
}

/** The revision of a plan's territory as it moves on after the plan was first read; 0 until it does. */
function useRevision(plan: Plan | null): {heard: number; live: boolean; present: readonly Visitor[]} {
  const [heard, setHeard] = useState(0);
  const [live, setLive] = useState(true);
  const [present, setPresent] = useState<readonly Visitor[]>([]);
  useEffect(() => {
    if (!plan) return;
    setHeard(0);
    setPresent([]);
    const tell = {
      revision: (event: RevisionEvent) => void (concerns(event, plan.id) && setHeard(event.revision)),
      connected: setLive,
      present: setPresent,
    };
    return followRevisions(plan.territory.id, plan.territory_revision, tell, plan.id);
  }, [plan]);
  return {heard, live, present};
}
