import type {ExpressionSpecification, LayerSpecification, SourceSpecification} from 'maplibre-gl';
import type {Basemap, BasemapSource} from '../api/basemaps';
import type {Lang} from '../i18n/dictionary';
import type {Theme} from '../planner/session';
import {FONTS} from './labels';
import {palettes} from './palette';

/** How the names of sources and layers of a basemap begin, so that nobody takes them for those of grids. */
export const BASEMAP = 'basemap-';

/** What a map with a basemap shows: which, and in what words and colours. */
interface Ground {
  readonly origin: string;
  readonly basemap: Basemap | null;
  readonly theme: Theme;
  readonly lang: Lang;
  readonly scale: number;
}

/** The sources of a basemap; none without one. */
export function basemapSources({origin, basemap}: Pick<Ground, 'origin' | 'basemap'>): Record<string, SourceSpecification> {
  return Object.fromEntries((basemap?.sources ?? []).map((source, i) => [BASEMAP + i, sourceOf(basemap?.kind ?? 'raster', source, origin)]));
}

function sourceOf(type: Basemap['kind'], {tiles, scheme, min_zoom, max_zoom, bounds}: BasemapSource, origin: string): SourceSpecification {
  const common = {
    tiles: tiles.map((t) => (t.startsWith('/') ? origin + t : t)),
    minzoom: min_zoom,
    maxzoom: max_zoom,
    ...(scheme && {scheme}),
    ...(bounds && {bounds}),
  };
  return type === 'raster' ? {type, tileSize: 256, ...common} : {type, ...common};
}

/** Pictures step back, so that what lies on them can be read: paler by day, darker by night. */
const PICTURE = {
  light: {'raster-saturation': -0.25, 'raster-contrast': -0.15, 'raster-brightness-min': 0.12},
  dark: {'raster-saturation': -0.35, 'raster-brightness-max': 0.5},
} as const;

/** The layers of a basemap, under everything else; none without one. */
export function basemapLayers(ground: Ground): LayerSpecification[] {
  const {basemap, theme} = ground;
  if (!basemap) return [];
  if (basemap.kind === 'vector') return vectorLayers(ground, basemap.sources[0]?.layers ?? []);
  return basemap.sources.map((_, i): LayerSpecification => ({id: BASEMAP + i, type: 'raster', source: BASEMAP + i, paint: {...PICTURE[theme], 'raster-fade-duration': 0}}));
}

/** What vector layers of any schema hold, as far as their names tell, from the bottom to the top. */
const KINDS = [
  {of: /./, fill: {light: '#eceae5', dark: '#161b1f'}, line: {light: '#b9b4ab', dark: '#3a4148'}, wide: 0.8},
  {of: /green|park|wood|forest|land_?(cover|use)|natural|grass/i, fill: {light: '#dfe9d6', dark: '#18221b'}, line: {light: '#d3dfc8', dark: '#1c2820'}, wide: 0.5},
  {of: /water|ocean|sea|lake|river|marine/i, fill: {light: '#bcd6ea', dark: '#15293a'}, line: {light: '#9fc3de', dark: '#1d3a52'}, wide: 1.2},
  {of: /building|house/i, fill: {light: '#d9d5cf', dark: '#26292c'}, line: {light: '#c6c1ba', dark: '#32363a'}, wide: 0.4},
  {of: /road|street|transport|highway|rail|path/i, fill: {light: '#e2ded7', dark: '#20262b'}, line: {light: '#a39c90', dark: '#4a525a'}, wide: 1.4},
];

/** What lies higher is what a name tells rather; any name is at least of the lowest kind. */
const kindOf = (layer: string) => KINDS.findLast((k) => k.of.test(layer));

function vectorLayers({theme, lang, scale}: Ground, names: readonly string[]): LayerSpecification[] {
  const source = `${BASEMAP}0`;
  const ordered = KINDS.flatMap((kind) => names.filter((n) => kindOf(n) === kind).map((name) => ({name, kind})));
  const is = (type: string): ExpressionSpecification => ['==', ['geometry-type'], type];
  const text: ExpressionSpecification = ['coalesce', ...(lang === 'en' ? ['name:en', 'name_en', 'name'] : ['name:zh-Hans', 'name:zh', 'name_zh', 'name']).map((n) => ['get', n]), ''] as never;
  const shapes = ordered.flatMap(({name, kind}): LayerSpecification[] => [
    {id: `${BASEMAP}fill-${name}`, type: 'fill', source, 'source-layer': name, filter: is('Polygon'), paint: {'fill-color': kind?.fill[theme] ?? ''}},
    {id: `${BASEMAP}line-${name}`, type: 'line', source, 'source-layer': name, filter: is('LineString'), paint: {'line-color': kind?.line[theme] ?? '', 'line-width': (kind?.wide ?? 1) * scale}},
  ]);
  const words = names.map((name): LayerSpecification => ({
    id: `${BASEMAP}name-${name}`,
    type: 'symbol',
    source,
    'source-layer': name,
    filter: is('Point'),
    layout: {'text-field': text, 'text-font': [...FONTS], 'text-size': 10.5 * scale, 'text-max-width': 7},
    paint: {'text-color': palettes[theme].label, 'text-halo-color': palettes[theme].halo, 'text-halo-width': scale},
  }));
  return [...shapes, ...words];
}

/** Fills let a basemap be seen through them by so much; lines on one stand on a light or dark stripe. */
export const OVER = {patch: 0.25, shade: 0.6, stripe: 0.75, stripeWidth: 2.5} as const;
