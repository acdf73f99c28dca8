import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl';
import type {Finding, Tier} from '../api/types';
import {markOf} from '../planner/findings';
import type {Layer, Theme} from '../planner/session';
import {basemapLayers, basemapSources, OVER} from './basemap';
import {DIFFERENCE, differenceLayers} from './difference';
import {labels} from './labels';
import {palettes, type Palette} from './palette';
import {DEDICATED, isDrawn, tiersDownTo, type Scene} from './scene';
import {thematicPaint} from './thematic';
import {NO_SKETCH, SKETCH, sketchLayers, type Sketch} from './sketch';

/** Deepest zoom tiles are cut for; beyond it the map enlarges them. */
const TILE_MAXZOOM = 16;

export const MARKS = 'finding-marks';

/** The whole map as one value; MapLibre applies the difference to the last. Pure. */
export function mapStyle(scene: Scene, sketch: Sketch = NO_SKETCH): StyleSpecification {
  const colours = palettes[scene.theme];
  const unless = (layer: Layer, layers: LayerSpecification[]) => (scene.off.includes(layer) ? [] : layers);
  return {
    version: 8,
    sources: {...basemapSources(scene), ...sources(scene), ...(scene.notes && {notes: {type: 'geojson' as const, data: scene.notes}}), ...(scene.difference && {[DIFFERENCE]: {type: 'geojson' as const, data: scene.difference}}), [SKETCH]: {type: 'geojson', data: sketch}},
    layers: [
      {id: 'ground', type: 'background', paint: {'background-color': colours.ground}},
      ...basemapLayers(scene),
      ...fills(scene, colours),
      ...stripes(scene, colours),
      ...outlines(scene, colours),
      ...unless('dedicated', overlays(scene, colours)),
      ...(scene.difference ? differenceLayers(colours, scene.scale) : []),
      ...selection(scene, colours),
      ...sketchLayers(colours, scene),
      ...unless('names', labels(scene, colours)),
      ...unless('findings', findings(scene, colours)),
      ...(scene.notes ? notes(scene, colours) : []),
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
    ...(plan.bounds && {bounds: plan.bounds}),
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
  for (const tier of scene.plan.tiers.filter(isDrawn)) all[`tier-${tier.code}`] = tiled(scene, tier.code);
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

function patch(colours: Palette): ExpressionSpecification {
  const n = colours.patches.length;
  const cases = colours.patches.slice(1).flatMap((colour, i) => [i + 1, colour]);
  const key = ['%', ['coalesce', ['get', 'parent'], 0], n];
  return ['match', key, ...cases, colours.patches[0]] as unknown as ExpressionSpecification;
}

/** Where a tier's own grids are found. */
const at = ({code}: Tier) => ({source: `tier-${code}`, 'source-layer': code});

/** The tiers that are filled: the chosen one, and under it those that show where it takes no ground. */
function filled(scene: Scene): Tier[] {
  const tiers = tiersDownTo(scene.plan, scene.tier);
  const whole = tiers.findLastIndex((t) => t.complete);
  return tiers.slice(Math.max(0, whole));
}

/** The layers a grid can be pointed at in, for the tiers of a plan. */
export const fillOf = (code: string) => `fill-${code}`;

function fills(scene: Scene, colours: Palette): LayerSpecification[] {
  const [root] = tiersDownTo(scene.plan, scene.tier);
  const lit: ExpressionSpecification = ['case', ['boolean', ['feature-state', 'hover'], false], 0.14, 0];
  const land: LayerSpecification[] = root && !scene.basemap
    ? [{id: 'land', type: 'fill', ...at(root), paint: {'fill-color': colours.land}}]
    : [];
  const patches = filled(scene).map(
    (tier): LayerSpecification => ({
      id: fillOf(tier.code),
      type: 'fill',
      ...at(tier),
      paint:
        scene.thematic?.tier === tier.code
          ? thematicPaint(scene.thematic, colours, scene.basemap ? OVER.shade : 1)
          : {'fill-color': patch(colours), 'fill-antialias': false, ...(scene.basemap && {'fill-opacity': OVER.patch})},
    }),
  );
  const lights = filled(scene).map(
    (tier): LayerSpecification => ({
      id: `hover-${tier.code}`,
      type: 'fill',
      ...at(tier),
      paint: {'fill-color': colours.hover, 'fill-opacity': lit},
    }),
  );
  return [...land, ...patches, ...lights];
}

/** Line widths on a desk screen from the territory down, pixels; the finest tiers share the last. */
const WIDTHS = [2.2, 1.6, 1, 0.7];

/** The width of a tier's lines at every zoom, with so many pixels more. */
function widthOf(tier: Tier, scale: number, more = 0): ExpressionSpecification {
  const width = WIDTHS[Math.min(tier.rank, WIDTHS.length - 1)] ?? 1;
  return ['interpolate', ['linear'], ['zoom'], 8, (width * 0.7 + more) * scale, 12, (width + more) * scale, 16, (width * 1.8 + more) * scale];
}

/** The higher a tier stands, the stronger its lines; it is drawn over those below it. No line on a basemap is faint. */
function outlines(scene: Scene, colours: Palette): LayerSpecification[] {
  return tiersDownTo(scene.plan, scene.tier)
    .reverse()
    .map((tier) => ({
      id: `outline-${tier.code}`,
      type: 'line',
      ...at(tier),
      layout: {'line-join': 'round'},
      paint: {
        'line-color': tier.rank <= 1 || scene.basemap ? colours.strong : tier.code === scene.tier ? colours.fine : colours.middle,
        'line-width': widthOf(tier, scene.scale),
      },
    }));
}

/** What lifts lines off a basemap. */
function stripes({plan, tier: chosen, scale, basemap}: Scene, colours: Palette): LayerSpecification[] {
  if (!basemap) return [];
  return tiersDownTo(plan, chosen).map((tier) => ({
    id: `stripe-${tier.code}`,
    type: 'line',
    ...at(tier),
    layout: {'line-join': 'round'},
    paint: {'line-color': colours.halo, 'line-opacity': OVER.stripe, 'line-width': widthOf(tier, scale, OVER.stripeWidth)},
  }));
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

/** The selected grid; nothing while none is, or while it is not drawn. */
function selection({plan, selected, scale}: Scene, colours: Palette): LayerSpecification[] {
  if (!selected) return [];
  const dedicated = selected.kind !== 'general';
  if (!dedicated && !plan.tiers.some((t) => t.code === selected.tier && isDrawn(t))) return [];
  const at = {
    source: dedicated ? DEDICATED : `tier-${selected.tier}`,
    'source-layer': dedicated ? DEDICATED : selected.tier,
    filter: ['==', ['id'], selected.id] as FilterSpecification,
  };
  const layout = {'line-join': 'round'} as const;
  return [
    {id: 'selected-fill', type: 'fill', ...at, paint: {'fill-color': colours.accent, 'fill-opacity': 0.12}},
    {id: 'selected-halo', type: 'line', ...at, layout, paint: {'line-color': colours.halo, 'line-width': 6 * scale}},
    {id: 'selected-line', type: 'line', ...at, layout, paint: {'line-color': colours.accent, 'line-width': 3 * scale}},
  ];
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

/** Notes: what was drawn, and a disc with a dot, whole while the note is open. */
function notes({scale}: Scene, colours: Palette): LayerSpecification[] {
  const settled: ExpressionSpecification = ['case', ['get', 'resolved'], 0.45, 1];
  const mark = (id: string, radius: number, colour: string): LayerSpecification => ({
    id,
    type: 'circle',
    source: 'notes',
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {'circle-radius': radius * scale, 'circle-color': colour, 'circle-opacity': settled},
  });
  return [
    {id: 'note-line', type: 'line', source: 'notes', paint: {'line-color': colours.dedicated, 'line-width': 2.5 * scale, 'line-opacity': settled}},
    mark('note-rim', 9, colours.halo),
    mark('note-mark', 7.5, colours.dedicated),
    mark('note-dot', 2.5, colours.halo),
  ];
}
