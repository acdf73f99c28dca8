import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import type {Plan} from '../api/types';
import type {Palette} from './palette';
import {DEDICATED, tiersDownTo, type Scene} from './scene';

/** Fonts found on the machine: labels are drawn by the browser, no glyph is fetched. */
export const FONTS: readonly string[] = ['Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei'];
/** MapLibre reads the weight from the first name; the browser skips it as unknown and takes the next. */
const BOLD = ['gridmap Bold', ...FONTS];

const SOURCE = {type: 'symbol', source: 'labels', 'source-layer': 'labels'} as const;

/** A unit is named from this width on its screen on, and its name steps back from the second on, pixels. */
const NAMED_FROM = 64;
const NAMED_TO = 360;

/** The zoom at which the units of a tier are, on the average, so many pixels wide. */
export function zoomForWidth(plan: Plan, count: number, pixels: number): number {
  const [west, south, east, north] = plan.bounds ?? [-180, -85, 180, 85];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180); // a degree of longitude against one of latitude
  const side = Math.sqrt((((east - west) * (north - south)) / shrink) * (0.7 / Math.max(1, count)));
  return Math.log2((pixels * 360) / (512 * side));
}

/** Names appear tier by tier as one comes closer, so that about two tiers are named at a time. */
export function labels(scene: Scene, colours: Palette): LayerSpecification[] {
  const {plan, scale} = scene;
  const text: ExpressionSpecification =
    scene.lang === 'en'
      ? ['coalesce', ['get', 'name_en'], ['get', 'name_zh'], ['get', 'code']]
      : ['coalesce', ['get', 'name_zh'], ['get', 'name_en'], ['get', 'code']];
  const halo = {'text-halo-color': colours.halo, 'text-halo-width': 1.5 * scale};
  const tiers = tiersDownTo(plan, scene.tier).filter((t) => t.rank > 0);
  const last = tiers.at(-1) ?? plan.tiers[0];
  const dedicated: LayerSpecification = {
    id: 'label-dedicated',
    ...SOURCE,
    filter: ['==', ['get', 'kind'], DEDICATED],
    minzoom: clampZoom(zoomForWidth(plan, last?.count ?? 1, NAMED_FROM * scale)),
    layout: {'text-field': text, 'text-font': [...FONTS], 'text-size': 11 * scale, 'text-max-width': 8},
    paint: {'text-color': colours.dedicated, ...halo},
  };
  const named = tiers.reverse().map((tier): LayerSpecification => {
    const own = tier.code === scene.tier;
    const place = tier.class === 'administrative' && !own; // towns and villages stand out from grids
    const size = (place ? (tier.rank === 1 ? 14 : 12.5) : own ? 11.5 : 12) * scale;
    const at = (pixels: number) => clampZoom(zoomForWidth(plan, tier.count, pixels * scale));
    return {
      id: `label-${tier.code}`,
      ...SOURCE,
      filter: ['all', ['==', ['get', 'tier'], tier.code], ['==', ['get', 'kind'], 'general']],
      minzoom: at(NAMED_FROM),
      maxzoom: own ? 24 : at(NAMED_TO),
      layout: {
        'text-field': text,
        'text-font': place ? BOLD : [...FONTS],
        'text-size': size,
        'text-max-width': 8,
        'text-padding': place ? 6 : 3,
      },
      paint: {'text-color': place ? colours.labelAbove : colours.label, ...halo},
    };
  });
  return [dedicated, ...named];
}

const clampZoom = (zoom: number) => Math.min(24, Math.max(0, zoom));
