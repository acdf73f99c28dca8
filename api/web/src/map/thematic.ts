import type {ExpressionSpecification, FillLayerSpecification, Map as MapLibre} from 'maplibre-gl';
import {shades, type Palette} from './palette';

/** Grids of one tier in classes, from little to much. */
export interface Thematic {
  readonly tier: string;
  /** The class of each grid by id, counted from 0; a grid that is not named has no value. */
  readonly classes: ReadonlyMap<number, number>;
  /** How many classes there are. */
  readonly count: number;
  /** The one class that is shown in full, null for all. */
  readonly only: number | null;
}

const CLASS: ExpressionSpecification = ['coalesce', ['feature-state', 'class'], -1];

/** Colours, as dense as said, by the state that each grid is given, so that other values ask for no tile. */
export function thematicPaint({count, only}: Thematic, colours: Palette, opacity: number): NonNullable<FillLayerSpecification['paint']> {
  const cases = shades(colours.ramp, count).flatMap((colour, i) => [i, colour]);
  return {
    'fill-color': cases.length === 0 ? colours.blank : (['match', CLASS, ...cases, colours.blank] as unknown as ExpressionSpecification),
    'fill-opacity': only === null ? opacity : ['case', ['==', CLASS, only], opacity, opacity * 0.15],
    'fill-antialias': false,
  };
}

/** Returns how to give every grid of a tier its class; grids that had one and have none now lose it. */
export function classKeeper(map: MapLibre) {
  let kept: {source: unknown; thematic: Thematic} | null = null;
  return (thematic: Thematic | null) => {
    const name = `tier-${thematic?.tier ?? ''}`;
    const source = thematic && map.getSource(name);
    if (!thematic || !source) return;
    if (kept?.source === source && kept.thematic.classes === thematic.classes) return;
    const before = kept?.source === source ? kept.thematic.classes : new Map<number, number>();
    const feature = (id: number) => ({source: name, sourceLayer: thematic.tier, id});
    for (const id of before.keys()) if (!thematic.classes.has(id)) map.removeFeatureState(feature(id), 'class');
    for (const [id, k] of thematic.classes) if (before.get(id) !== k) map.setFeatureState(feature(id), {class: k});
    kept = {source, thematic};
  };
}
