import type {Finding, GridRef, Name, PlanState} from './types';

/**
 * What the service sends of drafts and edits, typed by hand from openapi.yaml.
 * Only what the page reads is named here.
 */

export interface CodeRef {
  id: number;
  code?: string;
}

export interface ChangedGrid {
  id: number;
  before: (GridRef & {geometry?: GeoJSON.Geometry | null}) | null;
  after: (GridRef & {geometry?: GeoJSON.Geometry | null}) | null;
}

/** What passed between two grids of a tier; null where the tier had, or has, no grid there. */
export interface Moved {
  tier: string;
  rank: number;
  from: CodeRef | null;
  to: CodeRef | null;
  area_m2: number;
  households: number;
  persons: number;
}

export interface Held {
  households: number;
  persons_resident: number;
  workers: number;
  in_band: 'under' | 'within' | 'over';
}

export interface CountChange {
  grid: CodeRef;
  tier: string;
  rank: number;
  /** Households a grid of the tier should hold; max 0 leaves it open. */
  band: {min: number; max: number};
  persons_cap: number;
  before: Held | null;
  after: Held | null;
}

export interface PostChange {
  worker: {id: number; number: string};
  assignment: number;
  grid: CodeRef;
  role: string;
  fate: 'lost' | 'gained' | 'grown' | 'shrunk';
  before: {households: number; persons_resident: number} | null;
  after: {households: number; persons_resident: number} | null;
  heir: CodeRef | null;
  undecided: boolean;
}

export interface Effects {
  as_of: string;
  counts: CountChange[];
  posts: PostChange[];
  findings: {appeared: Finding[]; appeared_total: number; gone: Finding[]; gone_total: number};
}

/** What an edit, an undo or a redo changed, and who moved. */
export interface Edited {
  plan: number;
  revision: number;
  op: string;
  by: string;
  at: string;
  grids: ChangedGrid[];
  moved: Moved[];
  effects: Effects;
}

export interface EditEntry {
  revision: number;
  at: string;
  by: string;
  op: string;
  grids: number[];
  undone: boolean;
  /** It was undone and can be done again. */
  again: boolean;
}

export interface History {
  plan: number;
  state: PlanState;
  revision: number;
  edits: EditEntry[];
  /** Where the history goes on before its last entry. */
  next?: string;
  steps: {state: PlanState; at: string; by: string; reason?: string; effective?: string}[];
}

/** What became of a plan that was taken to another state. */
export interface Published {
  plan: {id: number; state: PlanState; revision: number};
  revision: number;
  assignments_moved: number;
  households_moved: number;
}

/** What is wrong with an edit at one place, as a refusal shows it. */
export interface Fault {
  kind?: string;
  rule?: string;
  area_m2?: number;
  message?: Pick<Required<Name>, 'zh' | 'en'>;
}

type DrawnRef = GridRef & {geometry?: GeoJSON.Geometry | null};

/** What one plan, or one revision of it, has otherwise than another. */
export interface Diff {
  from: number;
  from_revision: number;
  to: number;
  to_revision: number;
  added: DrawnRef[];
  retired: DrawnRef[];
  /** `area_m2`: ground lost and gained together. */
  changed: {id: number; before: DrawnRef; after: DrawnRef; fields: string[]; area_m2: number}[];
  moved: Moved[];
  effects: Effects;
}
