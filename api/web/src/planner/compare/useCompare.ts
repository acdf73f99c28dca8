import {useEffect, useMemo, useState} from 'preact/hooks';
import * as drafts from '../../api/drafts';
import type {Diff} from '../../api/edited';
import type {Plan, PlanSummary, TerritoryEntry} from '../../api/types';
import {useRemote, type Remote} from '../remote';
import type {Session} from '../session';
import {differenceOf, diffRows, type DiffRow} from './difference';

/** With what a plan is compared: another of its territory, or itself at a revision. */
export type Other = {readonly plan: number} | {readonly revision: number};

export interface Compare {
  /** Plans to compare with. */
  readonly plans: readonly PlanSummary[];
  readonly other: Other | null;
  readonly choose: (other: Other) => void;
  readonly diff: Remote<Diff>;
  /** Grids of the drawn tier that differ. */
  readonly rows: readonly DiffRow[];
  readonly difference: GeoJSON.FeatureCollection | null;
  /** The other plan lies under the swipe. */
  readonly swipe: boolean;
  readonly setSwipe: (swipe: boolean) => void;
}

const keyOf = (other: Other) => ('plan' in other ? `plan/${other.plan}` : `revision/${other.revision}`);

/** What the open plan does otherwise than the one it is held against, while that panel is open. */
export function useCompare(session: Session, plan: Plan | null, revision: number, territory: TerritoryEntry | null): Compare {
  const [chosen, choose] = useState<Other | null>(null);
  const [swipe, setSwipe] = useState(false);
  useEffect(() => {
    choose(null);
    setSwipe(false);
  }, [plan?.id]);
  const plans = useMemo(() => (territory?.plans ?? []).filter((p) => p.id !== plan?.id && p.state !== 'discarded'), [territory, plan?.id]);
  const inForce = plans.find((p) => p.state === 'in_force') ?? plans[0];
  const other = chosen ?? (inForce ? {plan: inForce.id} : null);
  const open = session.tab === 'compare' && plan !== null && other !== null;
  const id = plan?.id ?? 0;
  const diff = useRemote(open ? `diff/${id}/${keyOf(other)}` : null, revision, (signal) =>
    drafts.diff(id, other && 'plan' in other ? {against: other.plan} : {against_revision: other?.revision ?? 0}, signal),
  );
  const rows = useMemo(() => (diff.value ? diffRows(diff.value, session.tier) : []), [diff.value, session.tier]);
  const difference = useMemo(() => (diff.value ? differenceOf(rows) : null), [rows]);
  return {plans, other, choose, diff, rows, difference, swipe: swipe && open && other !== null && 'plan' in other, setSwipe};
}
