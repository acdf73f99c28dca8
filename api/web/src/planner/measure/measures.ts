import type {FigureUnit, Finding, MetricRecord} from '../../api/types';

/** What grids are compared by on the map and in the list; `metric:` before the name of one that was imported. */
export const MEASURES = ['households', 'residents', 'per10k', 'vacancy', 'load', 'compactness', 'density', 'findings'] as const;
export type Measure = (typeof MEASURES)[number] | `metric:${string}`;

/** How a value is written: as a count, with two decimals, or as a share of a hundred. */
export type Form = 'count' | 'decimal' | 'percent';

type Figure = Exclude<(typeof MEASURES)[number], 'findings'>;

const figures: Record<Figure, {of: (u: FigureUnit) => number | null; form: Form}> = {
  households: {of: (u) => u.households, form: 'count'},
  residents: {of: (u) => u.persons_resident, form: 'count'},
  per10k: {of: (u) => u.workers_per_10k, form: 'decimal'},
  vacancy: {of: (u) => u.vacancy_pct, form: 'percent'},
  load: {of: (u) => u.load_per_worker, form: 'decimal'},
  compactness: {of: (u) => u.polsby_popper, form: 'decimal'},
  density: {of: (u) => u.residents_per_km2, form: 'decimal'},
};

const isFigure = (m: Measure): m is Figure => Object.hasOwn(figures, m);

/** The name of an imported metric, null for a measure of the house. */
export const metricOf = (m: Measure): string | null => (m.startsWith('metric:') ? m.slice('metric:'.length) : null);

/** Reads a measure from the address. */
export function measureNamed(text: string | null): Measure | null {
  if (text?.startsWith('metric:') && text.length > 'metric:'.length) return text as Measure;
  return MEASURES.find((m) => m === text) ?? null;
}

export const formOf = (m: Measure): Form => (isFigure(m) ? figures[m].form : m === 'findings' ? 'count' : 'decimal');

/** A grid with the value it has of the measure; null where there is none. */
export interface Row {
  readonly unit: FigureUnit;
  readonly value: number | null;
}

/** Every unit with its value: a figure, the number of its findings that are not waived, or what an imported metric says last. */
export function rowsOf(units: readonly FigureUnit[], measure: Measure, findings: readonly Finding[], metrics: readonly MetricRecord[]): Row[] {
  if (isFigure(measure)) return units.map((unit) => ({unit, value: figures[measure].of(unit)}));
  const told = measure === 'findings' ? countsById(findings) : latestById(metrics, metricOf(measure) ?? '');
  const none = measure === 'findings' ? 0 : null;
  return units.map((unit) => ({unit, value: told.get(unit.id) ?? none}));
}

function countsById(findings: readonly Finding[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const {subject: {id}, waived} of findings) if (id !== undefined && !waived) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Periods sort as they are written while all are years, quarters, months or days: the last wins. */
function latestById(metrics: readonly MetricRecord[], name: string): Map<number, number> {
  const latest = new Map<number, MetricRecord>();
  for (const m of metrics) {
    if (m.name === name && m.value !== undefined && m.period >= (latest.get(m.unit)?.period ?? '')) latest.set(m.unit, m);
  }
  return new Map([...latest].map(([id, m]) => [id, m.value ?? 0]));
}

/** The names of the metrics that have values, in their order. */
export function metricNames(metrics: readonly MetricRecord[]): string[] {
  return [...new Set(metrics.filter((m) => m.value !== undefined).map((m) => m.name))].sort((a, b) => a.localeCompare(b));
}
