import * as api from '../../api/client';
import {compoundsOf, groundOfGrid} from '../../api/drafts';
import type {Plan, Position} from '../../api/types';
import type {Atom} from '../model/desk';
import {groundOf} from '../model/ground';
import {cellAt} from '../model/measure';

/**
 * The ground at a place that can change hands whole: the grid one tier below
 * the drawn one, else the compound that lies there. Null where there is neither,
 * and in the grid that shall get it.
 */
export async function atomAt(plan: Plan, tier: string, at: Position, to: number): Promise<Atom | null> {
  const {signal} = new AbortController();
  const rank = (code: string) => plan.tiers.find((t) => t.code === code)?.rank ?? 0;
  const {chain} = await api.locate(plan.id, at, signal);
  if (chain.some((g) => g.id === to)) return null;
  const below = chain.find((g) => rank(g.tier) === rank(tier) + 1);
  if (below) {
    const geometry = await groundOfGrid(plan.id, below.id, signal);
    return geometry && {name: below.id, geometry};
  }
  const compounds = await compoundsOf(plan.territory.id, signal);
  const found = compounds.find(({boundary}) => boundary && lies(boundary, at));
  return found?.boundary ? {name: found.code, geometry: found.boundary} : null;
}

function lies(geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon, at: Position): boolean {
  return cellAt(groundOf(0, [{id: 1, code: '', name: {zh: ''}, tier: '', kind: 'general', geometry}]), at) !== null;
}
