import type {Bounds, Finding, Position, Severity, UnitReport} from '../api/types';
import {SEVERITIES, type Session} from './session';

/** How many findings there are of each severity. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts = {error: 0, warning: 0, info: 0};
  for (const f of findings) counts[f.severity]++;
  return counts;
}

/**
 * The findings the person wants to see, worst first, otherwise in the check's
 * own order. The text is looked for in rule, subject and both messages.
 */
export function shownFindings(findings: readonly Finding[], {hidden, filter}: Pick<Session, 'hidden' | 'filter'>): Finding[] {
  const text = filter.trim().toLowerCase();
  const matches = (f: Finding) =>
    !text ||
    [f.rule, f.subject.code, f.subject.name, f.message.zh, f.message.en].some((s) => s?.toLowerCase().includes(text));
  return findings
    .filter((f) => !hidden.includes(f.severity) && matches(f))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Every position of a geometry, in order. */
function* positions(geometry: GeoJSON.Geometry): Generator<GeoJSON.Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const g of geometry.geometries) yield* positions(g);
    return;
  }
  const walk = function* (node: unknown): Generator<GeoJSON.Position> {
    if (!Array.isArray(node)) return;
    if (typeof node[0] === 'number') yield node as GeoJSON.Position;
    else for (const child of node) yield* walk(child);
  };
  yield* walk(geometry.coordinates);
}

/** The box around a geometry; null if it has no position. */
export function boundsOf(geometry: GeoJSON.Geometry): Bounds | null {
  let box: Bounds | null = null;
  for (const [lon = 0, lat = 0] of positions(geometry)) {
    box = box
      ? [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)]
      : [lon, lat, lon, lat];
  }
  return box;
}

/** Where a finding's mark stands: the middle of its box, which for slivers and points lies on it or beside it. */
export function markOf(geometry: GeoJSON.Geometry): Position | null {
  const box = boundsOf(geometry);
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

/** Whether a unit's figures count people who serve, rather than facilities or those who reach one. */
export function countsStaff(unit: UnitReport): boolean {
  return unit.counts === 'workers' || unit.counts === 'full_posts';
}
