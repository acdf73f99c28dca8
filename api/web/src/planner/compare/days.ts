import type {EditEntry} from '../../api/edited';
import type {PlanSummary} from '../../api/types';
import {standing} from './difference';

const DAY_MS = 86_400_000;
/** China counts its days eight hours ahead of UTC, without summer time. */
const AHEAD_MS = 8 * 3_600_000;

/** The civil day in China of a moment, such as 2025-06-30. */
export const dayOf = (moment: string | Date): string => new Date(new Date(moment).getTime() + AHEAD_MS).toISOString().slice(0, 10);

/** How many days the second lies behind the first. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

export const daysAfter = (day: string, n: number): string => new Date(Date.parse(day) + n * DAY_MS).toISOString().slice(0, 10);

/** The first day of which there is anything to tell: an edit, or a plan in force; never behind today. */
export function firstDay(edits: readonly EditEntry[], plans: readonly PlanSummary[], today: string): string {
  const days = [...standing(edits).map((e) => dayOf(e.at)), ...plans.flatMap((p) => p.effective ?? [])];
  return [...days.filter((day) => day < today), today].sort()[0] ?? today;
}

/** The revision at which a plan stood when a day ended; null where no standing edit was made later. */
export function revisionOn(edits: readonly EditEntry[], day: string): number | null {
  const stops = standing(edits);
  const later = stops.find((e) => dayOf(e.at) > day);
  if (!later) return null;
  return stops[stops.indexOf(later) - 1]?.revision ?? later.revision - 1;
}

/** The plan that was, or is, in force on a day. */
export function inForceOn(plans: readonly PlanSummary[], day: string): PlanSummary | null {
  const begun = plans.filter((p) => (p.state === 'in_force' || p.state === 'retired') && p.effective !== undefined && p.effective <= day);
  return begun.sort((a, b) => ((a.effective ?? '') < (b.effective ?? '') ? 1 : -1) || b.id - a.id)[0] ?? null;
}
