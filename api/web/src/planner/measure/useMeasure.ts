import {useMemo} from 'preact/hooks';
import * as api from '../../api/client';
import type {FigureUnit, Finding, MetricRecord, Plan} from '../../api/types';
import type {Thematic} from '../../map/thematic';
import {useRemote, type Remote} from '../remote';
import type {Session} from '../session';
import {classify, classOf, type Class} from './classes';
import {metricNames, metricOf, rowsOf, type Row} from './measures';

/** The grids of the drawn tier with their values, in classes. */
export interface Measured {
  readonly figures: Remote<FigureUnit[]>;
  /** Every grid; the value is null where there is none, or no measure is chosen. */
  readonly rows: readonly Row[];
  readonly classes: readonly Class[];
  readonly thematic: Thematic | null;
  /** The metrics that were imported, by name. */
  readonly metrics: readonly string[];
}

const NONE: readonly never[] = [];

/** Asks for the figures of the drawn tier while the map or the list needs them, and puts the grids into classes. */
export function useMeasure(session: Session, plan: Plan | null, revision: number, findings: readonly Finding[] = NONE): Measured {
  const {tier, measure, method, klass, tab} = session;
  const wanted = plan !== null && tier !== null && (measure !== null || tab === 'list');
  const least = revision > 0 ? revision : undefined;
  const figures = useRemote(wanted ? `figures/${plan.id}/${tier}` : null, revision, (signal) => api.figures(plan?.id ?? 0, tier ?? '', least, signal));
  const records = useMetrics(plan, revision, measure !== null);
  const shown = measure !== null && metricOf(measure) === null && measure !== 'findings' ? NONE : records;
  const told = measure === 'findings' ? findings : NONE;
  const rows = useMemo(
    () => (measure ? rowsOf(figures.value ?? NONE, measure, told, shown) : (figures.value ?? NONE).map((unit) => ({unit, value: null}))),
    [figures.value, measure, told, shown],
  );
  const classes = useMemo(() => classify(rows.flatMap(({value}) => value ?? []), method), [rows, method]);
  const byId = useMemo(
    () => new Map(rows.flatMap(({unit, value}): [number, number][] => (value === null ? [] : [[unit.id, classOf(classes, value)]]))),
    [rows, classes],
  );
  const thematic = useMemo(
    () => (tier && measure && figures.value ? {tier, classes: byId, count: classes.length, only: klass} : null),
    [tier, measure, figures.value, byId, classes, klass],
  );
  const metrics = useMemo(() => metricNames(records), [records]);
  return {figures, rows, classes, thematic, metrics};
}

/** What was imported of the territory, from the first measure on. */
function useMetrics(plan: Plan | null, revision: number, wanted: boolean): readonly MetricRecord[] {
  const territory = plan?.territory.id ?? 0;
  const metrics = useRemote(plan && wanted ? `metrics/${territory}` : null, revision, (signal) => api.metrics(territory, signal));
  return metrics.value ?? NONE;
}
