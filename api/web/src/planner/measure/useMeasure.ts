import {useMemo} from 'preact/hooks';
import * as api from '../../api/client';
import type {FigureClasses, FigureUnit, MetricRecord, Plan} from '../../api/types';
import type {Thematic} from '../../map/thematic';
import {useRemote, type Remote} from '../remote';
import type {Session} from '../session';
import {classed, type Classed} from './classes';
import {figureOf, metricNames} from './measures';

/** The grids of the drawn tier and how they stand to each other. */
export interface Measured {
  /** Every grid with what is always listed; asked for while the list is open. */
  readonly figures: Remote<FigureUnit[]>;
  readonly answer: Remote<FigureClasses>;
  /** The chosen measure in classes; null while none is there. */
  readonly classed: Classed | null;
  readonly thematic: Thematic | null;
  /** The metrics that were imported, by name. */
  readonly metrics: readonly string[];
}

const NONE: readonly MetricRecord[] = [];

/** Asks for the figures of the drawn tier while the map or the list needs them. */
export function useMeasure(session: Session, plan: Plan | null, revision: number): Measured {
  const {tier, measure, method, klass, tab, day} = session;
  const asOf = day ?? undefined;
  const id = plan?.id ?? 0;
  const least = revision > 0 ? revision : undefined;
  const there = plan !== null && tier !== null;
  const figures = useRemote(there && tab === 'list' ? `figures/${id}/${tier}/${day}` : null, revision, (signal) => api.figures(id, tier ?? '', least, signal, asOf));
  const answer = useRemote(there && measure ? `classes/${id}/${tier}/${measure}/${method}/${day}` : null, revision, (signal) =>
    api.figureClasses(id, figureOf(measure ?? 'households'), {tier: tier ?? '', method, min_revision: least, as_of: asOf}, signal),
  );
  const inClasses = useMemo(() => answer.value && classed(answer.value), [answer.value]);
  const thematic = useMemo(
    () => (tier && inClasses ? {tier, classes: inClasses.byId, count: inClasses.classes.length, only: klass} : null),
    [tier, inClasses, klass],
  );
  const territory = plan?.territory.id ?? 0;
  const records = useRemote(plan && measure ? `metrics/${territory}` : null, revision, (signal) => api.metrics(territory, signal)).value ?? NONE;
  const metrics = useMemo(() => metricNames(records), [records]);
  return {figures, answer, classed: inClasses, thematic, metrics};
}
