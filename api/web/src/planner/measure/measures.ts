import type {MetricRecord} from '../../api/types';

/** What grids are compared by on the map and in the list; `metric:` before the name of one that was imported. */
export const MEASURES = ['households', 'residents', 'per10k', 'vacancy', 'load', 'compactness', 'density', 'findings'] as const;
export type Measure = (typeof MEASURES)[number] | `metric:${string}`;

/** How a value is written: as a count, with two decimals, or as a share of a hundred. */
export type Form = 'count' | 'decimal' | 'percent';

/** What the service calls each, and how it is written. */
const figures: Record<(typeof MEASURES)[number], {name: string; form: Form}> = {
  households: {name: 'households', form: 'count'},
  residents: {name: 'persons_resident', form: 'count'},
  per10k: {name: 'workers_per_10k', form: 'decimal'},
  vacancy: {name: 'vacancy_pct', form: 'percent'},
  load: {name: 'load_per_worker', form: 'decimal'},
  compactness: {name: 'polsby_popper', form: 'decimal'},
  density: {name: 'residents_per_km2', form: 'decimal'},
  findings: {name: 'findings', form: 'count'},
};

const ours = (m: Measure) => (Object.hasOwn(figures, m) ? figures[m as (typeof MEASURES)[number]] : null);

/** The name of an imported metric, null for a measure of the house. */
export const metricOf = (m: Measure): string | null => (m.startsWith('metric:') ? m.slice('metric:'.length) : null);

/** What the service calls a measure. */
export const figureOf = (m: Measure): string => ours(m)?.name ?? m;

export const formOf = (m: Measure): Form => ours(m)?.form ?? 'decimal';

/** Reads a measure from the address. */
export function measureNamed(text: string | null): Measure | null {
  if (text?.startsWith('metric:') && text.length > 'metric:'.length) return text as Measure;
  return MEASURES.find((m) => m === text) ?? null;
}

/** The names of the metrics, in their order. */
export function metricNames(metrics: readonly MetricRecord[]): string[] {
  return [...new Set(metrics.map((m) => m.name))].sort((a, b) => a.localeCompare(b));
}
