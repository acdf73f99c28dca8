import type {Finding, Fix, Report} from '../../api/types';

/** An edit that a finding's fix asks for; grids are named by code. */
export type FixEdit =
  | {op: 'transfer'; to: string; region: GeoJSON.Polygon | GeoJSON.MultiPolygon; tolerance_m: number}
  | {op: 'fill'; to: string; region: GeoJSON.Polygon | GeoJSON.MultiPolygon}
  | {op: 'move'; grid: string; parent: string}
  | {op: 'renumber'; parent: string};

/** How a fix is carried out: by an edit of a draft, or by a record that needs a name said first. */
export type Remedy =
  | {readonly by: 'edit'; readonly edit: FixEdit}
  | {readonly by: 'keeper'; readonly unit: string; readonly position: string}
  | {readonly by: 'post'; readonly grid: string};

/** Metres within which the service puts the ground of a gap onto vertices and edges. */
const TOLERANCE_M = 1;

/** How a fix is carried out, or null where the finding does not say enough for it. */
export function remedyOf({geometry, subject}: Pick<Finding, 'geometry' | 'subject'>, fix: Fix): Remedy | null {
  switch (fix.do) {
    case 'assign_to':
      if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon') return null;
      if (fix.edit === 'fill') return {by: 'edit', edit: {op: 'fill', to: fix.grid, region: geometry}};
      return {by: 'edit', edit: {op: 'transfer', to: fix.grid, region: geometry, tolerance_m: TOLERANCE_M}};
    case 'move_to':
      return subject.code ? {by: 'edit', edit: {op: 'move', grid: subject.code, parent: fix.grid}} : null;
    case 'renumber':
      return {by: 'edit', edit: {op: 'renumber', parent: fix.grid}};
    case 'assign_keeper':
      return fix.position ? {by: 'keeper', unit: fix.grid, position: fix.position} : null;
    case 'assign_worker':
      return {by: 'post', grid: fix.grid};
    default:
      return null; // a fix of a newer service
  }
}

/** What was done about a finding, and from which revision of the territory on it should show. */
export interface Done {
  readonly finding: string;
  readonly what: 'fixed' | 'waived' | 'unwaived';
  readonly plan: number;
  readonly revision: number;
}

export type Outcome = 'waiting' | 'gone' | 'stands' | 'waived' | 'unwaived';

/** What became of a finding after something was done about it: only a check of that revision can tell. */
export function outcomeOf(done: Done, plan: number, report: Pick<Report, 'plan_version' | 'findings'> | null): Outcome {
  if (done.what !== 'fixed') return done.what;
  if (!report || plan !== done.plan || report.plan_version < done.revision) return 'waiting';
  return report.findings.some((f) => f.id === done.finding) ? 'stands' : 'gone';
}

