/**
 * What the service sends, typed by hand from openapi.yaml. Only what the page
 * reads is named here; counts are whole numbers, lengths metres, areas square
 * metres, positions [longitude, latitude] in degrees.
 */

export interface Name {
  zh: string;
  en?: string;
}

export type Kind = 'general' | 'dedicated' | 'task';
export type Severity = 'error' | 'warning' | 'info';
export type PlanState = 'draft' | 'reviewed' | 'filed' | 'in_force' | 'retired' | 'discarded';
export type Bounds = [west: number, south: number, east: number, north: number];
export type Position = [lon: number, lat: number];

export interface Territory {
  id: number;
  code: string;
  name: Name;
}

export interface PlanSummary {
  id: number;
  territory: number;
  name: string;
  state: PlanState;
  effective?: string;
  revision: number;
}

export interface TerritoryEntry extends Territory {
  revision: number;
  /** When the last change was made. */
  changed_at: string;
  plan: PlanSummary | null;
  plans: PlanSummary[];
}

export interface Tier {
  /** The band of households a grid should hold; max 0 leaves it open. */
  households: {min: number; max: number};
  /** Most residents of a grid, 0 for none. */
  persons_cap: number;
  rank: number;
  code: string;
  name: Name;
  class: 'administrative' | 'grid';
  complete: boolean;
  count: number;
  undrawn: number;
}

export interface Role {
  code: string;
  name: Name;
}

export interface Plan extends Omit<PlanSummary, 'territory'> {
  territory: Territory;
  tiers: Tier[];
  overlays: Partial<Record<Kind, number>>;
  roles: Role[];
  /** Null while the territory itself is not drawn. */
  bounds: Bounds | null;
  /** The last change in the territory, such as a new post; `revision` is the last one of the plan itself. */
  territory_revision: number;
}

/** A grid as it stands in a list or in another grid's chain. */
export interface GridRef {
  id: number;
  code: string;
  name: Name;
  tier: string;
  kind: Kind;
}

/** How the grids of a tier stand to its band of households and its cap on residents, the worst first. */
export interface Balance {
  revision: number;
  tier: string;
  band: {min: number; max: number};
  persons_cap: number;
  grids: number;
  under: number;
  over: number;
  crowded: number;
  units: BalanceUnit[];
}

export interface BalanceUnit {
  id: number;
  code: string;
  name: Name;
  households: number;
  persons_resident: number;
  in_band: 'under' | 'within' | 'over';
  off_ppm: number;
}

export interface Staff {
  id: number;
  number?: string;
  name: string;
  role: string;
  primary: boolean;
  phone?: string;
  duty?: string;
  /** Code of the grid the post belongs to: a leader may be that of a grid above. */
  grid: string;
  /** Who stands in. */
  deputy?: {name: string; phone?: string};
}

export interface Counts {
  households: number;
  persons_resident: number;
  persons_registered: number;
  occupied: number;
  workers: number;
}

export interface Grid extends GridRef {
  setting?: 'urban' | 'rural';
  owner?: string;
  text_bounds?: string;
  /** Ground of a partial tier that no grid of it takes. */
  rest?: boolean;
  drawn: boolean;
  bounds: Bounds | null;
  area_m2: number;
  chain: GridRef[];
  leader: Staff | null;
  workers: Staff[];
  counts: Counts;
}

export interface Located {
  at: Position;
  revision: number;
  chain: GridRef[];
  overlays: GridRef[];
}

export interface Measure {
  value: number;
  unit: string;
  op: string;
  limit: number;
}

export interface Finding {
  id: string;
  rule: string;
  severity: Severity;
  tier?: string;
  subject: {type: string; id?: number; code?: string; name?: string; name_en?: string};
  measure?: Measure;
  geometry?: GeoJSON.Geometry | null;
  message: {zh: string; en: string};
  /** What could be done about it. */
  fixes?: Fix[];
  /** Somebody let it stand: it fails no check. */
  waived?: {by: string; why: string; until?: string};
}

/** Something that could be done about a finding; `grid` is a code. */
export interface Fix {
  do: 'assign_to' | 'assign_keeper' | 'assign_worker' | 'move_to' | 'renumber';
  /** The edit that gives the ground. */
  edit?: 'fill' | 'transfer';
  grid: string;
  shared_edge_m?: number;
  position?: string;
}

/** What is listed of a grid or a division among its like. */
export interface FigureUnit {
  id: number;
  code: string;
  name: string;
  name_en?: string;
  households: number;
  persons_resident: number;
}

/** One figure of all grids of a tier, in classes. */
export interface FigureClasses {
  classes: {from?: number; to?: number; grade?: string; count: number}[];
  /** How many grids do not have it, by why. */
  without: Record<string, number>;
  values: {id: number; value?: number; grade?: string}[];
}

/** A figure that came with an import. */
export interface MetricRecord {
  name: string;
}

export interface UnitReport {
  code: string;
  name: string;
  name_en?: string;
  tier: string;
  population: number | null; // null where the standard asks by none
  basis: 'resident' | 'registered' | 'urban_resident' | null;
  workers: number;
  counts: 'workers' | 'full_posts' | 'facilities' | 'residents';
  actual: number;
  required: number;
  short: number;
  ratio_per_10k: number | null;
  rule: string;
  status: string;
}

export interface Report {
  plan_version: number;
  as_of: string;
  pass: boolean;
  worst?: Severity;
  summary: {
    grids: Record<string, number>;
    covered_pct: number;
    households: {total: number; located: number; in_one: number; in_none: number; in_many: number};
    grids_without_worker: number;
  };
  units: UnitReport[];
  findings: Finding[];
  findings_total: number;
  not_checked: {rule: string; because: string}[];
}
