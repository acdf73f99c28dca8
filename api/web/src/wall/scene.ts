import type {ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification} from 'maplibre-gl';
import type {Basemap} from '../api/basemaps';
import type {RevisionEvent} from '../api/events';
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

const NOTHING: GeoJSON.FeatureCollection = {type: 'FeatureCollection', features: []};

/** The classes of the map, from few to many: one hue, so that the order is seen by lightness alone. */
export const RAMP: readonly string[] = ['#16222c', '#1d3547', '#254b63', '#2f6482', '#3c7fa3'];
const UNKNOWN = '#1b2126';

const colours = palettes.dark;
export const FONTS = ['gridmap Bold', 'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei'];

/**
 * The whole map as one value. Sources and layers that show the ground bear the plan's number, so that no tile of one
 * plan is ever taken for one of another; `under` is the plan shown before, which stays below until this one is drawn. Pure.
 */
export function wallStyle(scene: WallScene, under: WallScene | null = null): StyleSpecification {
  return {
    version: 8,
    sources: {...basemapSources(scene), ...(under && groundSources(under)), ...groundSources(scene), ...sources(scene)},
    layers: [
      {id: 'ground', type: 'background', paint: {'background-color': colours.ground}},
      ...basemapLayers({...scene, theme: 'dark'}),
      ...(under ? groundLayers(under) : []),
      ...groundLayers(scene),
      ...marks(scene),
    ],
  };
}

const groundLayers = (scene: WallScene): LayerSpecification[] =>
  [...fills(scene), ...outlines(scene), ...unit(scene), ...labels(scene)].map((layer) => ({...layer, id: ofPlan(scene, layer.id)}));

/** The name of a source or layer of a plan's own. */
const ofPlan = ({plan}: Pick<WallScene, 'plan'>, name: string) => `${name}@${plan.id}`;

/** The colours of the classes and from where on each begins. */
export function legendOf({standing, rank}: Pick<WallScene, 'standing' | 'rank'>): {colour: string; from: number | null}[] {
  const breaks = breaksOf(standing.places, rank);
  return [null, ...breaks].map((from, i) => ({colour: RAMP[shade(i, breaks.length + 1)] ?? UNKNOWN, from}));
}

/** Few classes take the ends of the ramp, so that they are told apart. */
const shade = (k: number, classes: number) => (classes === 1 ? 1 : Math.round((k * (CLASSES - 1)) / (classes - 1)));

/** What a part without a figure has for a shade. */
const NO_FIGURE = -1;

/** The shade of each part by id: its number in the ramp, or NO_FIGURE. Pure. */
export function shadesOf({standing, rank}: Pick<WallScene, 'standing' | 'rank'>): Map<number, number> {
  const breaks = breaksOf(standing.places, rank);
  return new Map(
    standing.places.map((p) => {
      const figure = figureOf(p, rank);
      return [p.id, figure === null ? NO_FIGURE : shade(classOf(figure, breaks), breaks.length + 1)];
    }),
  );
}

/** The colour of a shade; ground that is no part of the unit has none. */
export const colourOf = (given: number | undefined): string => (given === undefined ? colours.land : (RAMP[given] ?? UNKNOWN));

/** The tiers whose parts are coloured, each with the source of its ground. */
export const shadedTiers = (scene: WallScene): {tier: string; source: string}[] =>
  shownTiers(scene)
    .filter((tier) => scene.standing.places.some((p) => p.tier === tier.code))
    .map((tier) => ({tier: tier.code, source: at(scene, tier).source}));

const at = (scene: Pick<WallScene, 'plan'>, {code}: Pick<Tier, 'code'>) => ({source: ofPlan(scene, `tier-${code}`), 'source-layer': code});

/** The tiers of which the wall shows borders: from the territory down to the parts of the unit. */
function shownTiers({plan, standing}: WallScene): Tier[] {
  const ranks = standing.places.map((p) => plan.tiers.find((t) => t.code === p.tier)?.rank ?? 0);
  const last = Math.max(standing.unit.rank, ...ranks);
  return plan.tiers.filter((t) => t.rank <= last && isDrawn(t)).sort((a, b) => a.rank - b.rank);
}

/** Whether a source of the map may look different after an event: outlines of a tier do where it has a grid that was redrawn, names where any has changed. */
export function mayShow(scene: WallScene, source: string, {grids = [], grids_left_out}: RevisionEvent): boolean {
  if (grids_left_out || source === ofPlan(scene, 'labels')) return true;
  return grids.some((g) => g.redrawn && source === at(scene, {code: g.tier}).source);
}

function groundSources(scene: WallScene): Record<string, SourceSpecification> {
  const {origin, plan} = scene;
  const tiled = (layer: string): SourceSpecification => ({
    type: 'vector',
    tiles: [`${origin}/tiles/${plan.id}/${layer}/{z}/{x}/{y}.mvt`],
    ...(plan.bounds && {bounds: plan.bounds}),
    maxzoom: 16,
  });
  return {
    [ofPlan(scene, 'labels')]: tiled('labels'),
    ...Object.fromEntries(plan.tiers.filter(isDrawn).map((t) => [at(scene, t).source, tiled(t.code)])),
  };
}

function sources(scene: WallScene): Record<string, SourceSpecification> {
  return {
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

/** Parts are coloured by the state that each is given, so that other figures cut no tile anew. */
const SHADE: ExpressionSpecification = [
  'match',
  ['coalesce', ['feature-state', 'shade'], RAMP.length],
  ...RAMP.flatMap((colour, i) => [i, colour]),
  NO_FIGURE,
  UNKNOWN,
  colours.land,
] as unknown as ExpressionSpecification;

function fills(scene: WallScene): LayerSpecification[] {
  const [root] = shownTiers(scene);
  const land: LayerSpecification[] = root && !scene.basemap ? [{id: 'land', type: 'fill', ...at(scene, root), paint: {'fill-color': colours.land}}] : [];
  const shaded = shadedTiers(scene).map(
    ({tier, source}): LayerSpecification => ({id: `fill-${tier}`, type: 'fill', source, 'source-layer': tier, paint: {'fill-color': SHADE, 'fill-antialias': false, ...(scene.basemap && {'fill-opacity': OVER.shade})}}),
  );
  return [...land, ...shaded];
}

const WIDTHS = [3, 2.2, 1.6, 1.2];

/** The borders drawn, the finest tier first: those above go over it. */
export function borders(scene: WallScene): {tier: Tier; colour: string; width: number}[] {
  return shownTiers(scene)
    .reverse()
    .map((tier, i) => ({
      tier,
      colour: i === 0 ? colours.middle : colours.strong,
      width: (WIDTHS[Math.min(tier.rank, WIDTHS.length - 1)] ?? 1) * scene.scale,
    }));
}

const outlines = (scene: WallScene): LayerSpecification[] =>
  borders(scene).map(({tier, colour, width}) => ({
    id: `outline-${tier.code}`,
    type: 'line',
    ...at(scene, tier),
    layout: {'line-join': 'round'},
    paint: {'line-color': colour, 'line-width': width},
  }));

/** Ground outside the unit steps back; the unit and the part pointed at stand out. */
function unit(scene: WallScene): LayerSpecification[] {
  const {standing, plan, focus, scale} = scene;
  const tierOf = (code: string) => plan.tiers.find((t) => t.code === code && isDrawn(t));
  const layers: LayerSpecification[] = [];
  const own = tierOf(standing.unit.tier);
  if (own && standing.unit.rank > 0 && standing.unit.drawn) {
    const {id} = standing.unit;
    layers.push(
      {id: 'beside', type: 'fill', ...at(scene, own), filter: ['!=', ['id'], id], paint: {'fill-color': colours.ground, 'fill-opacity': 0.72}},
      {id: 'unit', type: 'line', ...at(scene, own), filter: ['==', ['id'], id], layout: {'line-join': 'round'}, paint: {'line-color': '#dfe8ee', 'line-width': 4 * scale}},
    );
  }
  const pointed = standing.places.find((p) => p.code === focus);
  const tier = pointed && tierOf(pointed.tier);
  if (pointed && tier) {
    const only = {...at(scene, tier), filter: ['==', ['id'], pointed.id] as ['==', ['id'], number], layout: {'line-join': 'round'} as const};
    layers.push(
      {id: 'focus-halo', type: 'line', ...only, paint: {'line-color': colours.halo, 'line-width': 10 * scale}},
      {id: 'focus', type: 'line', ...only, paint: {'line-color': '#ffffff', 'line-width': 5 * scale}},
    );
  }
  return layers;
}

/** How large names are written: the smaller the more there are, pixels. */
export const nameSize = ({standing, scale}: Pick<WallScene, 'standing' | 'scale'>): number =>
  (standing.places.length > 40 ? 19 : standing.places.length > 9 ? 23 : 27) * scale;

/** Names are broken beyond so many times their size. */
export const NAME_EMS = 7;
export const NAME_HALO = 2.5;

function labels(scene: WallScene): LayerSpecification[] {
  const {standing, lang, scale} = scene;
  // Those of the parts by what they lie in, so that one more or less of them asks for no other style.
  const named: ExpressionSpecification =
    standing.places.length > 0 ? ['all', ['==', ['get', 'parent'], standing.unit.id], ['==', ['get', 'kind'], 'general']] : ['==', ['id'], standing.unit.id];
  const text: ExpressionSpecification =
    lang === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name_zh'], ['get', 'code']] : ['coalesce', ['get', 'name_zh'], ['get', 'name_en'], ['get', 'code']];
  return [
    {
      id: 'names',
      type: 'symbol',
      source: ofPlan(scene, 'labels'),
      'source-layer': 'labels',
      filter: named,
      layout: {'text-field': text, 'text-font': FONTS, 'text-size': nameSize(scene), 'text-max-width': NAME_EMS, 'text-padding': 3 * scale, 'text-variable-anchor': ['center', 'top', 'bottom']},
      paint: {'text-color': colours.labelAbove, 'text-halo-color': colours.halo, 'text-halo-width': NAME_HALO * scale},
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
