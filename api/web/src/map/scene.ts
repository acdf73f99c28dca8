import type {Basemap} from '../api/basemaps';
import type {Finding, GridRef, Plan, Tier} from '../api/types';
import type {Lang} from '../i18n/dictionary';
import type {Layer, Theme} from '../planner/session';
import type {Thematic} from './thematic';

/** All that decides how the map looks, apart from where it looks. */
export interface Scene {
  readonly origin: string;
  readonly plan: Plan;
  readonly tier: string;
  readonly lang: Lang;
  readonly theme: Theme;
  /** Size of labels and lines against a desk screen: 1 there, more on a wall. */
  readonly scale: number;
  readonly selected: Pick<GridRef, 'id' | 'tier' | 'kind'> | null;
  readonly findings: readonly Finding[];
  readonly finding: Finding | null;
  /** What the grids are coloured by; null leaves them in patches. */
  readonly thematic: Thematic | null;
  /** Ground that another plan or revision has otherwise; null shows none. */
  readonly difference: GeoJSON.FeatureCollection | null;
  /** Sketches and marks of notes; null shows none. */
  readonly notes: GeoJSON.FeatureCollection | null;
  /** What lies under the grids; null leaves them on plain ground. */
  readonly basemap: Basemap | null;
  /** Layers that are not shown. */
  readonly off: readonly Layer[];
}

/** The layer of dedicated grids, and their kind. */
export const DEDICATED = 'dedicated';

/** A tier of which nothing is drawn has no tiles. */
export const isDrawn = (tier: Tier) => tier.count > tier.undrawn;

/** The chosen tier and those above it, from the territory down, as far as they are drawn. */
export function tiersDownTo(plan: Plan, code: string): Tier[] {
  const rank = plan.tiers.find((t) => t.code === code)?.rank ?? 0;
  return plan.tiers.filter((t) => t.rank <= rank && isDrawn(t)).sort((a, b) => a.rank - b.rank);
}
