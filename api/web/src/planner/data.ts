import {useEffect, useState} from 'preact/hooks';
import * as api from '../api/client';
import type {Grid, Plan, Report} from '../api/types';
import {useRemote, type Remote} from './remote';
import type {Session} from './session';

/** How often the plan is asked for its revision, milliseconds. */
const POLL_MS = 15_000;

/** What the service knows of the open plan. */
export interface PlanData {
  readonly plan: Remote<Plan>;
  readonly report: Remote<Report>;
  readonly grid: Remote<Grid>;
}

/** Asks for the plan now and then, and for all else when its revision moves on. */
export function usePlanData({plan: id, grid: gridId}: Session): PlanData {
  const plan = useRemote(id === null ? null : `plan/${id}`, useTick(POLL_MS), (signal) => api.plan(id ?? 0, signal));
  const revision = plan.value?.revision ?? 0;
  const open = plan.value ? plan.value.id : null;
  const report = useRemote(open === null ? null : `check/${open}`, revision, (signal) => api.check(open ?? 0, signal));
  const grid = useRemote(
    open === null || gridId === null ? null : `grid/${open}/${gridId}`,
    revision,
    (signal) => api.grid(open ?? 0, gridId ?? 0, signal),
  );
  return {plan, report, grid};
}

/** A number that grows while the page is looked at. */
function useTick(everyMs: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setTick((n) => n + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return tick;
}
