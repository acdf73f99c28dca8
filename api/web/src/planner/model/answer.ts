import type {CountChange, Edited, Moved, PostChange} from '../../api/edited';
import type {Name, Severity} from '../../api/types';

/** A grid as the balance shows it: what it holds now against the band of its tier. */
export interface BalanceRow {
  readonly change: CountChange;
  readonly name: Name | null;
  /** How far outside the band, as a share of the bound it breaks in millionths; 0 within. */
  readonly off: number;
}

/** The grids of a tier that hold more or less than before, the one farthest outside its band first. */
export function balance({effects, grids}: Edited, tier: string): BalanceRow[] {
  return effects.counts
    .filter((c) => c.tier === tier)
    .map((change) => ({change, name: nameOf(grids, change.grid.id), off: offBand(change)}))
    .sort((a, b) => b.off - a.off || (a.change.grid.code ?? '').localeCompare(b.change.grid.code ?? ''));
}

function nameOf(grids: Edited['grids'], id: number): Name | null {
  const found = grids.find((g) => g.id === id);
  return (found?.after ?? found?.before)?.name ?? null;
}

function offBand({band, persons_cap, after}: CountChange): number {
  if (!after) return 0;
  const {households, persons_resident: persons} = after;
  const share = (by: number, bound: number) => (by > 0 && bound > 0 ? Math.trunc((by * 1e6) / bound) : 0);
  const over = band.max > 0 ? share(households - band.max, band.max) : 0;
  return Math.max(share(band.min - households, band.min), over, share(persons - persons_cap, persons_cap));
}

/** What passed between grids of the tier, most households first; ground without people last. */
export function movedIn({moved}: Edited, tier: string): Moved[] {
  return moved.filter((m) => m.tier === tier).sort((a, b) => b.households - a.households || b.area_m2 - a.area_m2);
}

/** How many households and persons passed between grids of the tier. */
export function sumMoved({moved}: Edited, tier: string): {households: number; persons: number} {
  const rows = moved.filter((m) => m.tier === tier);
  return {households: rows.reduce((sum, m) => sum + m.households, 0), persons: rows.reduce((sum, m) => sum + m.persons, 0)};
}

/** Posts that need a person's eye first: undecided, then lost, then those who serve more or fewer people. */
export function postsOf({effects}: Edited): PostChange[] {
  const order = {lost: 1, gained: 2, grown: 3, shrunk: 4} as const;
  const rank = (p: PostChange) => (p.undecided ? 0 : order[p.fate]);
  return [...effects.posts].sort((a, b) => rank(a) - rank(b) || a.worker.id - b.worker.id);
}

/** The worst severity among findings; null where there is none. */
export function worstOf(findings: readonly {severity: Severity}[]): Severity | null {
  return (['error', 'warning', 'info'] as const).find((s) => findings.some((f) => f.severity === s)) ?? null;
}
