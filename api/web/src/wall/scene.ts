import type {ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification} from 'maplibre-gl';
import type {Basemap} from '../api/basemaps';
import type {Standing} from '../api/standing';
import type {Plan, Position, Tier} from '../api/types';
import type {Lang} from '../i18n/dictionary';
import {basemapLayers, basemapSources, OVER} from '../map/basemap';
import {palettes} from '../map/palette';
import {isDrawn} from '../map/scene';
import {breaksOf, CLASSES, classOf, figureOf} from './ranking';
import type {Rank} from './view';

/** All that decides how the wall's map looks, apart from where it looks. */
export interface WallScene {
  readonly origin: string;
  readonly plan: Plan;
  readonly standing: Standing;
  readonly rank: Rank;
  readonly lang: Lang;
  /** Size of labels and lines against a screen of 1920 x 1080. */
  readonly scale: number;
  readonly focus: string | null;
  readonly at: Position | null;
  /** What lies under the grids; null leaves them on plain ground. */
  readonly basemap: Basemap | null;
}

/** The source of what events have told and tiles may not show yet. */
export const FRESH = 'fresh';
const NOTHING: GeoJSON.FeatureCollection = {type: 'FeatureCollection', features: []};

/** The classes of the map, from few to many: one hue, so that the order is seen by lightness alone. */
export const RAMP: readonly string[] = ['#16222c', '#1d3547', '#254b63', '#2f6482', '#3c7fa3'];
const UNKNOWN = '#1b2126';

const colours = palettes.dark;
const FONTS = ['gridmap Bold', 'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei'];

/** The whole map as one value, with what events have told lately. Pure. */
export function wallStyle(scene: WallScene, told: GeoJSON.FeatureCollection = NOTHING): StyleSpecification {
  return {
    version: 8,
    sources: {...basemapSources(scene), ...sources(scene, told)},
    layers: [
      {id: 'ground', type: 'background', paint: {'background-color': colours.ground}},
      ...basemapLayers({...scene, theme: 'dark'}),
      ...fills(scene),
      ...outlines(scene),
      ...fresh(scene),
      ...unit(scene),
      ...labels(scene),
      ...marks(scene),
    ],
  };
}

/** The colours of the classes and from where on each begins. */
export function legendOf({standing, rank}: Pick<WallScene, 'standing' | 'rank'>): {colour: string; from: number | null}[] {
  const breaks = breaksOf(standing.places, rank);
  return [null, ...breaks].map((from, i) => ({colour: shade(i, breaks.length + 1), from}));
}

/** Few classes take the ends of the ramp, so that they are told apart. */
const shade = (k: number, classes: number) => RAMP[classes === 1 ? 1 : Math.round((k * (CLASSES - 1)) / (classes - 1))] ?? UNKNOWN;

const at = ({code}: Pick<Tier, 'code'>) => ({source: `tier-${code}`, 'source-layer': code});

/** The tiers of which the wall shows borders: from the territory down to the parts of the unit. */
function shownTiers({plan, standing}: WallScene): Tier[] {
  const ranks = standing.places.map((p) => plan.tiers.find((t) => t.code === p.tier)?.rank ?? 0);
  const last = Math.max(standing.unit.rank, ...ranks);
  return plan.tiers.filter((t) => t.rank <= last && isDrawn(t)).sort((a, b) => a.rank - b.rank);
}

export const tilesUrl = (origin: string, plan: number, layer: string) => `${origin}/tiles/${plan}/${layer}/{z}/{x}/{y}.mvt`;

function sources(scene: WallScene, told: GeoJSON.FeatureCollection): Record<string, SourceSpecification> {
  const {origin, plan} = scene;
  const tiled = (layer: string): SourceSpecification => ({
    type: 'vector',
    tiles: [tilesUrl(origin, plan.id, layer)],
    ...(plan.bounds && {bounds: plan.bounds}),
    maxzoom: 16,
  });
  return {
    labels: tiled('labels'),
    ...Object.fromEntries(plan.tiers.filter(isDrawn).map((t) => [`tier-${t.code}`, tiled(t.code)])),
    [FRESH]: {type: 'geojson', data: told},
    alarms: {type: 'geojson', data: alarmPoints(scene)},
    asked: {type: 'geojson', data: scene.at ? {type: 'Point', coordinates: [...scene.at]} : NOTHING},
  };
}

function alarmPoints({standing}: WallScene): GeoJSON.FeatureCollection {
  const features = standing.alarms.flatMap((alarm): GeoJSON.Feature[] =>
    alarm.at ? [{type: 'Feature', properties: {kind: alarm.kind}, geometry: {type: 'Point', coordinates: alarm.at}}] : [],
  );
  return {type: 'FeatureCollection', features};
}

function fills(scene: WallScene): LayerSpecification[] {
  const {standing, rank} = scene;
  const breaks = breaksOf(standing.places, rank);
  const [root] = shownTiers(scene);
  const land: LayerSpecification[] = root && !scene.basemap ? [{id: 'land', type: 'fill', ...at(root), paint: {'fill-color': colours.land}}] : [];
  return [
    ...land,
    ...shownTiers(scene).flatMap((tier): LayerSpecification[] => {
      const here = standing.places.filter((p) => p.tier === tier.code);
      if (here.length === 0) return [];
      const cases = here.flatMap((p) => {
        const figure = figureOf(p, rank);
        return [p.id, figure === null ? UNKNOWN : shade(classOf(figure, breaks), breaks.length + 1)];
      });
      const colour = ['match', ['id'], ...cases, colours.land] as unknown as ExpressionSpecification;
      return [{id: `fill-${tier.code}`, type: 'fill', ...at(tier), paint: {'fill-color': colour, 'fill-antialias': false, ...(scene.basemap && {'fill-opacity': OVER.shade})}}];
    }),
  ];
}

const WIDTHS = [3, 2.2, 1.6, 1.2];

function outlines(scene: WallScene): LayerSpecification[] {
  return shownTiers(scene)
    .reverse()
    .map((tier, i) => ({
      id: `outline-${tier.code}`,
      type: 'line',
      ...at(tier),
      layout: {'line-join': 'round'},
      paint: {
        'line-color': i === 0 ? colours.middle : colours.strong,
        'line-width': (WIDTHS[Math.min(tier.rank, WIDTHS.length - 1)] ?? 1) * scene.scale,
      },
    }));
}

/** What an event told: the old outline is painted over, the new one stands out for a while. */
function fresh({scale}: WallScene): LayerSpecification[] {
  const source = FRESH;
  const layout = {'line-join': 'round', 'line-cap': 'round'} as const;
  return [
    {id: 'fresh-was', type: 'fill', source, filter: ['==', ['get', 'part'], 'before'], paint: {'fill-color': colours.land}},
    {id: 'fresh-is', type: 'fill', source, filter: ['==', ['get', 'part'], 'after'], paint: {'fill-color': '#6d8f4a', 'fill-opacity': 0.55}},
    {id: 'fresh-line', type: 'line', source, filter: ['==', ['get', 'part'], 'after'], layout, paint: {'line-color': '#d8f08a', 'line-width': 3 * scale}},
  ];
}

/** Ground outside the unit steps back; the unit and the part pointed at stand out. */
function unit(scene: WallScene): LayerSpecification[] {
  const {standing, plan, focus, scale} = scene;
  const tierOf = (code: string) => plan.tiers.find((t) => t.code === code && isDrawn(t));
  const layers: LayerSpecification[] = [];
  const own = tierOf(standing.unit.tier);
  if (own && standing.unit.rank > 0 && standing.unit.drawn) {
    const {id} = standing.unit;
    layers.push(
      {id: 'beside', type: 'fill', ...at(own), filter: ['!=', ['id'], id], paint: {'fill-color': colours.ground, 'fill-opacity': 0.72}},
      {id: 'unit', type: 'line', ...at(own), filter: ['==', ['id'], id], layout: {'line-join': 'round'}, paint: {'line-color': '#dfe8ee', 'line-width': 4 * scale}},
    );
  }
  const pointed = standing.places.find((p) => p.code === focus);
  const tier = pointed && tierOf(pointed.tier);
  if (pointed && tier) {
    const only = {...at(tier), filter: ['==', ['id'], pointed.id] as ['==', ['id'], number], layout: {'line-join': 'round'} as const};
    layers.push(
      {id: 'focus-halo', type: 'line', ...only, paint: {'line-color': colours.halo, 'line-width': 10 * scale}},
      {id: 'focus', type: 'line', ...only, paint: {'line-color': '#ffffff', 'line-width': 5 * scale}},
    );
  }
  return layers;
}

function labels({standing, lang, scale}: WallScene): LayerSpecification[] {
  const ids = standing.places.length > 0 ? standing.places.map((p) => p.id) : [standing.unit.id];
  const text: ExpressionSpecification =
    lang === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name_zh'], ['get', 'code']] : ['coalesce', ['get', 'name_zh'], ['get', 'name_en'], ['get', 'code']];
  const size = (standing.places.length > 40 ? 19 : standing.places.length > 9 ? 23 : 27) * scale;
  return [
    {
      id: 'names',
      type: 'symbol',
      source: 'labels',
      'source-layer': 'labels',
      filter: ['in', ['id'], ['literal', ids]],
      layout: {'text-field': text, 'text-font': FONTS, 'text-size': size, 'text-max-width': 7, 'text-padding': 3 * scale, 'text-variable-anchor': ['center', 'top', 'bottom']},
      paint: {'text-color': colours.labelAbove, 'text-halo-color': colours.halo, 'text-halo-width': 2.5 * scale},
    },
  ];
}

function marks({scale}: WallScene): LayerSpecification[] {
  return [
    {
      id: 'alarms',
      type: 'symbol',
      source: 'alarms',
      layout: {
        'icon-image': ['concat', 'alarm-', ['get', 'kind']],
        'icon-size': 1.4 * scale,
        // Over the name, and beside the alarms of other kinds at the same place.
        'icon-offset': ['match', ['get', 'kind'], 'no_leader', ['literal', [-17, -20]], 'gap', ['literal', [0, -20]], ['literal', [17, -20]]],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
    },
    {
      id: 'asked',
      type: 'circle',
      source: 'asked',
      paint: {
        'circle-radius': 14 * scale,
        'circle-color': '#ffffff',
        'circle-opacity': 0.15,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 4 * scale,
      },
    },
  ];
}
