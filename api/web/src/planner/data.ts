import {useEffect, useState} from 'preact/hooks';
import * as api from '../api/client';
import {followRevisions} from '../api/events';
import type {Grid, Plan, Report} from '../api/types';
import {useRemote, type Remote} from './remote';
import type {Session} from './session';

/** What the service knows of the open plan. */
export interface PlanData {
  readonly plan: Remote<Plan>;
  readonly report: Remote<Report>;
  readonly grid: Remote<Grid>;
  /** The newest revision of the territory that was heard of, 0 before any. */
  readonly revision: number;
  /** Changes are heard of as they happen. */
  readonly live: boolean;
}

/** Asks for the plan, its check and the selected grid, and again whenever the territory changes. */
export function usePlanData({plan: id, grid: gridId}: Session): PlanData {
  const [territory, setTerritory] = useState<number | null>(null);
  const {revision, live} = useRevision(territory);
  const least = revision > 0 ? revision : undefined;
  const plan = useRemote(id === null ? null : `plan/${id}`, revision, (signal) => api.plan(id ?? 0, least, signal));
  const open = plan.value?.id ?? null;
  useEffect(() => {
    if (plan.value) setTerritory(plan.value.territory.id);
  }, [plan.value]);
  const report = useRemote(open === null ? null : `check/${open}`, revision, (signal) => api.check(open ?? 0, least, signal));
  const grid = useRemote(
    open === null || gridId === null ? null : `grid/${open}/${gridId}`,
    revision,
    (signal) => api.grid(open ?? 0, gridId ?? 0, least, signal),
  );
  return {plan, report, grid, revision, live};
}

/** The revision of a territory as it moves on. */
function useRevision(territory: number | null): {revision: number; live: boolean} {
  const [revision, setRevision] = useState(0);
  const [live, setLive] = useState(true);
  useEffect(() => {
    if (territory === null) return;
    setRevision(0);
    return followRevisions(territory, {
      revision: (event) => setRevision(event.revision),
      connected: setLive,
    });
  }, [territory]);
  return {revision, live};
}
