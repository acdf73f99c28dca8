import {get} from './client';
import type {Bounds, Counts, Grid, GridRef, Kind, Name, Position, Report, Severity} from './types';

/** What raises an alarm: nobody in charge, ground without a grid, too few people. */
export const ALARMS = ['no_leader', 'gap', 'short'] as const;
export type AlarmKind = (typeof ALARMS)[number];

export type AlarmCounts = Record<AlarmKind, number> & {
  /** People lacking by the standard that lacks most. */
  lacking: number;
};

/** A part of a unit, beside its siblings. */
export interface Place {
  id: number;
  code: string;
  name: Name;
  tier: string;
  kind: Kind;
  drawn: boolean;
  bounds: Bounds | null;
  counts: Counts & {grid_workers: number};
  alarms: AlarmCounts;
}

export interface Alarm {
  kind: AlarmKind;
  rule: string;
  severity: Severity;
  subject: {type: string; id?: number; code?: string; name?: string; name_en?: string};
  /** The part of the unit it lies in. */
  place?: number;
  lacking?: number;
  at: Position | null;
  message: {zh: string; en: string};
}

/** How a unit and each of its parts stand. */
export interface Standing {
  plan: number;
  revision: number;
  as_of: string;
  unit: GridRef & {rank: number; drawn: boolean; bounds: Bounds | null; counts: Counts};
  chain: GridRef[];
  pass: boolean;
  summary: Report['summary'];
  alarm_counts: AlarmCounts;
  places: Place[];
  alarms: Alarm[];
}

/** How a unit stands, no earlier than the revision; no code asks for the whole territory. */
export const standing = (plan: number, unit: string | null, revision: number, signal: AbortSignal) =>
  get<Standing>(`/v1/plans/${plan}/standing`, {unit: unit ?? undefined, min_revision: revision || undefined}, signal);

/** A grid with who leads and serves there. */
export const gridOf = (plan: number, id: number, signal: AbortSignal) => get<Grid>(`/v1/plans/${plan}/grids/${id}`, {geometry: 'none'}, signal);
