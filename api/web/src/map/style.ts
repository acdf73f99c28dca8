import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl';
import type {Finding, GridRef, Plan, Tier} from '../api/types';
import type {Lang} from '../i18n/dictionary';
import {markOf} from '../planner/findings';
import type {Theme} from '../planner/session';
import {palettes, type Palette} from './palette';

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
}

/** Fonts found on the machine: labels are drawn by the browser, no glyph is fetched. */
const FONTS = ['Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei'];
/** MapLibre reads the weight from the first name; the browser skips it as unknown and takes the next. */
const BOLD = ['gridmap Bold', ...FONTS];

/** Deepest zoom tiles are cut for; beyond it the map enlarges them. */
const TILE_MAXZOOM = 16;

export const MARKS = 'finding-marks';
export const FILL = 'tier-fill';
const DEDICATED = 'dedicated';
const nowhere: FilterSpecification = ['==', ['id'], -1];

/** The source that holds the grids of a tier, or the overlays. */
export const sourceOf = (grid: Pick<GridRef, 'tier' | 'kind'>) =>
  grid.kind === 'general' ? `tier-${grid.tier}` : DEDICATED;

/** The whole map as one value; MapLibre applies the difference to the last. Pure. */
export function mapStyle(scene: Scene): StyleSpecification {
  const colours = palettes[scene.theme];
  return {
    version: 8,
    sources: sources(scene),
    layers: [
      {id: 'ground', type: 'background', paint: {'background-color': colours.ground}},
      ...fills(scene, colours),
      ...outlines(scene, colours),
      ...overlays(scene, colours),
      ...selection(scene, colours),
      ...labels(scene, colours),
      ...findings(scene, colours),
    ],
  };
}

/** What stands on the screen before a plan is there. */
export function emptyStyle(theme: Theme): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [{id: 'ground', type: 'background', paint: {'background-color': palettes[theme].ground}}],
  };
}

function tiled({origin, plan}: Scene, layer: string): SourceSpecification {
  return {
    type: 'vector',
    tiles: [`${origin}/tiles/${plan.id}/${layer}/{z}/{x}/{y}.mvt`],
    bounds: plan.bounds,
    maxzoom: TILE_MAXZOOM,
  };
}

function sources(scene: Scene): Record<string, SourceSpecification> {
  const all: Record<string, SourceSpecification> = {
    labels: tiled(scene, 'labels'),
    [DEDICATED]: tiled(scene, DEDICATED),
    marks: {type: 'geojson', data: marks(scene.findings)},
    finding: {type: 'geojson', data: ground(scene.finding)},
  };
  for (const tier of scene.plan.tiers) all[`tier-${tier.code}`] = tiled(scene, tier.code);
  return all;
}

function marks(findings: readonly Finding[]): GeoJSON.FeatureCollection {
  const features = findings.flatMap((f): GeoJSON.Feature[] => {
    const at = f.geometry ? markOf(f.geometry) : null;
    if (!at) return [];
    const properties = {finding: f.id, severity: f.severity};
    return [{type: 'Feature', geometry: {type: 'Point', coordinates: at}, properties}];
  });
  return {type: 'FeatureCollection', features};
}

function ground(finding: Finding | null): GeoJSON.FeatureCollection {
  const geometry = finding?.geometry;
  if (!finding || !geometry) return {type: 'FeatureCollection', features: []};
  return {type: 'FeatureCollection', features: [{type: 'Feature', geometry, properties: {severity: finding.severity}}]};
}

/** The drawn tier and those above it, from the territory down. */
export function tiersDownTo(plan: Plan, code: string): Tier[] {
  const rank = plan.tiers.find((t) => t.code === code)?.rank ?? 0;
  return plan.tiers.filter((t) => t.rank <= rank).sort((a, b) => a.rank - b.rank);
}

function patch(colours: Palette): ExpressionSpecification {
  const n = colours.patches.length;
  const cases = colours.patches.slice(1).flatMap((colour, i) => [i + 1, colour]);
  const key = ['%', ['coalesce', ['get', 'parent'], 0], n];
  return ['match', key, ...cases, colours.patches[0]] as unknown as ExpressionSpecification;
}

function fills(scene: Scene, colours: Palette): LayerSpecification[] {
  const root = scene.plan.tiers[0];
  const layers: LayerSpecification[] = [];
  if (root && root.code !== scene.tier) {
    const at = {source: `tier-${root.code}`, 'source-layer': root.code};
    layers.push({id: 'land', type: 'fill', ...at, paint: {'fill-color': colours.land}});
  }
  const at = {source: `tier-${scene.tier}`, 'source-layer': scene.tier};
  layers.push(
    {id: FILL, type: 'fill', ...at, paint: {'fill-color': patch(colours), 'fill-antialias': false}},
    {
      id: 'hover',
      type: 'fill',
      ...at,
      paint: {
        'fill-color': colours.hover,
        'fill-opacity': ['case', ['boolean', ['feature-state', 'hover'], false], 0.14, 0],
      },
    },
  );
  return layers;
}

/** Lines of the drawn tier are thin; the farther above it a tier stands, the stronger its lines. */
function outlines(scene: Scene, colours: Palette): LayerSpecification[] {
  const tiers = tiersDownTo(scene.plan, scene.tier);
  return tiers.reverse().map((tier, above) => {
    const width = (above === 0 ? 0.8 : 0.8 + Math.min(above, 4) * 0.45) * scene.scale;
    return {
      id: `outline-${tier.code}`,
      type: 'line',
      source: `tier-${tier.code}`,
      'source-layer': tier.code,
      layout: {'line-join': 'round'},
      paint: {
        'line-color': above === 0 && tier.rank > 0 ? colours.outline : colours.administrative,
        'line-width': ['interpolate', ['linear'], ['zoom'], 8, width * 0.7, 12, width, 16, width * 1.8],
      },
    };
  });
}

function overlays(scene: Scene, colours: Palette): LayerSpecification[] {
  const at = {source: DEDICATED, 'source-layer': DEDICATED};
  return [
    {id: 'dedicated-fill', type: 'fill', ...at, paint: {'fill-color': colours.dedicated, 'fill-opacity': 0.14}},
    {
      id: 'dedicated-line',
      type: 'line',
      ...at,
      paint: {'line-color': colours.dedicated, 'line-width': 1.2 * scene.scale, 'line-dasharray': [3, 1.5]},
    },
  ];
}

function selection(scene: Scene, colours: Palette): LayerSpecification[] {
  const {selected, scale} = scene;
  const layer = selected ? (selected.kind === 'general' ? selected.tier : DEDICATED) : scene.tier;
  const source = selected ? sourceOf(selected) : `tier-${scene.tier}`;
  const at = {
    source,
    'source-layer': layer,
    filter: selected ? (['==', ['id'], selected.id] as FilterSpecification) : nowhere,
  };
  const layout = {'line-join': 'round'} as const;
  return [
    {id: 'selected-fill', type: 'fill', ...at, paint: {'fill-color': colours.accent, 'fill-opacity': 0.16}},
    {id: 'selected-halo', type: 'line', ...at, layout, paint: {'line-color': colours.halo, 'line-width': 6 * scale}},
    {id: 'selected-line', type: 'line', ...at, layout, paint: {'line-color': colours.accent, 'line-width': 3 * scale}},
  ];
}

function labels(scene: Scene, colours: Palette): LayerSpecification[] {
  const text: ExpressionSpecification =
    scene.lang === 'en'
      ? ['coalesce', ['get', 'name_en'], ['get', 'name_zh'], ['get', 'code']]
      : ['coalesce', ['get', 'name_zh'], ['get', 'name_en'], ['get', 'code']];
  // Only the tier itself and the one above it are named: more is noise.
  const named = tiersDownTo(scene.plan, scene.tier).filter((t) => t.rank > 0).slice(-2).reverse();
  return named.reverse().map((tier): LayerSpecification => {
    const own = tier.code === scene.tier;
    const size = (own ? 11.5 : 13.5) * scene.scale;
    return {
      id: `label-${tier.code}`,
      type: 'symbol',
      source: 'labels',
      'source-layer': 'labels',
      filter: ['==', ['get', 'tier'], tier.code],
      layout: {
        'text-field': text,
        'text-font': own ? FONTS : BOLD,
        'text-size': ['interpolate', ['linear'], ['zoom'], 9, size * 0.92, 15, size * 1.25],
        'text-max-width': 7,
        'text-padding': own ? 4 : 8,
      },
      paint: {
        'text-color': own ? colours.label : colours.labelAbove,
        'text-halo-color': colours.halo,
        'text-halo-width': 1.4 * scene.scale,
        // The name of the tier above leads into the map and steps back once one looks close.
        'text-opacity': own ? 1 : ['interpolate', ['linear'], ['zoom'], 14, 1, 15.5, 0],
      },
    };
  });
}

function findings(scene: Scene, colours: Palette): LayerSpecification[] {
  const {error, warning, info} = colours.severity;
  const colour: ExpressionSpecification = ['match', ['get', 'severity'], 'error', error, 'warning', warning, info];
  return [
    {
      id: 'finding-fill',
      type: 'fill',
      source: 'finding',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: {'fill-color': colour, 'fill-opacity': 0.35},
    },
    {
      id: 'finding-line',
      type: 'line',
      source: 'finding',
      paint: {'line-color': colour, 'line-width': 2.5 * scene.scale},
    },
    {
      id: 'finding-ring',
      type: 'circle',
      source: 'marks',
      filter: ['==', ['get', 'finding'], scene.finding?.id ?? ''],
      paint: {
        'circle-radius': 15 * scene.scale,
        'circle-opacity': 0,
        'circle-stroke-color': colour,
        'circle-stroke-width': 2.5 * scene.scale,
      },
    },
    {
      id: MARKS,
      type: 'symbol',
      source: 'marks',
      layout: {
        'icon-image': ['concat', 'mark-', ['get', 'severity'], `-${scene.theme}`],
        'icon-size': 0.9 * scene.scale,
        'icon-padding': 0,
        'symbol-sort-key': ['match', ['get', 'severity'], 'error', 0, 'warning', 1, 2],
      },
    },
  ];
}
