import type {Diff, EditEntry} from '../../api/edited';
import type {Name} from '../../api/types';
import {ownEdits} from '../model/turns';

export type Kind = 'added' | 'retired' | 'changed';

/** A grid that one side has otherwise than the other. */
export interface DiffRow {
  readonly kind: Kind;
  readonly id: number;
  readonly code: string;
  readonly name: Name;
  readonly tier: string;
  /** Ground that came, went or did both, square metres. */
  readonly areaM2: number;
  /** Null where the grid is not. */
  readonly before: number | null;
  readonly after: number | null;
  /** What else is said of it: name, parent, kind … */
  readonly fields: readonly string[];
  readonly was: GeoJSON.Geometry | null;
  readonly is: GeoJSON.Geometry | null;
}

const ORDER: Record<Kind, number> = {added: 0, retired: 1, changed: 2};

/** Whether all that differs are vertices that a neighbour's border brought: nobody would call that a change. */
const onlyVertices = ({fields, area_m2: m2}: Diff['changed'][number]): boolean => fields.length === 1 && fields[0] === 'boundary' && m2 < 1;

/** The grids of a tier that differ: new ones, then those that went, then those that changed, each by code. */
export function diffRows(diff: Diff, tier: string | null): DiffRow[] {
  const households = new Map(diff.effects.counts.map((c) => [c.grid.id, c]));
  const ground = new Map<number, number>();
  for (const {from, to, area_m2: m2} of diff.moved) for (const end of [from, to]) if (end) ground.set(end.id, (ground.get(end.id) ?? 0) + m2);
  const row = (kind: Kind, was: Diff['added'][number] | null, is: Diff['added'][number] | null, areaM2?: number, fields: readonly string[] = []): DiffRow | [] => {
    const grid = is ?? was;
    if (!grid) return [];
    const {id, code, name} = grid;
    const count = households.get(id);
    return {
      kind, id, code, name, tier: grid.tier, fields, areaM2: areaM2 ?? ground.get(id) ?? 0,
      before: count?.before?.households ?? null, after: count?.after?.households ?? null,
      was: was?.geometry ?? null, is: is?.geometry ?? null,
    };
  };
  const rows = [
    ...diff.added.map((g) => row('added', null, g)),
    ...diff.retired.map((g) => row('retired', g, null)),
    ...diff.changed.filter((c) => !onlyVertices(c)).map((c) => row('changed', c.before, c.after, c.area_m2, c.fields)),
  ].flat();
  return rows
    .filter((r) => tier === null || r.tier === tier)
    .sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}

/** What passed to other grids of the tier: households, persons and ground. */
export function passed(diff: Diff, tier: string): {households: number; persons: number; areaM2: number} {
  const sum = {households: 0, persons: 0, areaM2: 0};
  for (const m of diff.moved.filter((m) => m.tier === tier)) {
    sum.households += m.households;
    sum.persons += m.persons;
    sum.areaM2 += m.area_m2;
  }
  return sum;
}

/** What the map shows of the difference: ground as it is, and as it was where it is otherwise. */
export function differenceOf(rows: readonly DiffRow[]): GeoJSON.FeatureCollection {
  const feature = (r: DiffRow, part: Kind | 'was', geometry: GeoJSON.Geometry): GeoJSON.Feature => ({type: 'Feature', id: r.id, properties: {part}, geometry});
  return {
    type: 'FeatureCollection',
    features: rows.flatMap((r) => [
      ...(r.is ? [feature(r, r.kind, r.is)] : []),
      ...(r.was ? [feature(r, r.kind === 'retired' ? 'retired' : 'was', r.was)] : []),
    ]),
  };
}

/** The edits of a plan that stand, the oldest first: the places a history slider stops at. */
export const standing = (edits: readonly EditEntry[]): EditEntry[] =>
  ownEdits(edits).filter((e) => !e.undone).sort((a, b) => a.revision - b.revision);

/** How many times undo goes back to a revision. */
export const undosTo = (edits: readonly EditEntry[], revision: number): number => standing(edits).filter((e) => e.revision > revision).length;
