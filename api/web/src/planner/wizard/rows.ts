import type {ImportReport, ImportRow} from '../../api/imports';
import type {Bounds, Finding, Severity} from '../../api/types';

/** Rows of an import, laid on the map in the place of findings. */
export interface Rows {
  readonly findings: readonly Finding[];
  readonly chosen: Finding | null;
  readonly choose: (id: string) => void;
}

export const FATES = ['refused', 'repaired', 'kept'] as const;
export type Fate = (typeof FATES)[number];

/** The mark of each fate: the same colours and shapes as severities. */
export const MARKS: Record<Fate, Severity> = {refused: 'error', repaired: 'warning', kept: 'info'};

export const idOf = (index: number) => `row-${index}`;

/** Where a row is on the map: its ground, else a point, or the box around it where that is larger. */
export function placeOf({geometry, bounds}: Pick<ImportRow, 'geometry' | 'bounds'>): GeoJSON.Geometry | null {
  if (geometry) return geometry;
  if (!bounds) return null;
  const [west, south, east, north] = bounds;
  return {type: 'Point', coordinates: [(west + east) / 2, (south + north) / 2]};
}

/** The rows with a place, as the map shows findings. */
export function findingsOf(report: ImportReport, hidden: readonly Fate[]): Finding[] {
  return report.rows.flatMap((row, i) => {
    const geometry = placeOf(row);
    if (!geometry || hidden.includes(row.fate)) return [];
    const text = row.reason ?? row.what;
    return [{id: idOf(i), rule: row.what, severity: MARKS[row.fate], subject: {type: 'row', ...(row.code && {code: row.code})}, geometry, message: row.message ?? {zh: text, en: text}}];
  });
}

/** What to bring into view for a row; a point needs ground around it. */
export function viewOf({bounds}: Pick<ImportRow, 'bounds'>): Bounds | null {
  if (!bounds) return null;
  const [west, south, east, north] = bounds;
  const spare = Math.max(0, LEAST_DEGREES - Math.max(east - west, north - south)) / 2;
  return [west - spare, south - spare, east + spare, north + spare];
}

/** About a hundred metres. */
const LEAST_DEGREES = 0.001;
