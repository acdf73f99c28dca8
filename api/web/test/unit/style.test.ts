import {validateStyleMin} from '@maplibre/maplibre-gl-style-spec';
import {describe, expect, test} from 'vitest';
import type {Plan} from '../../src/api/types';
import {LANGS} from '../../src/i18n/dictionary';
import {zoomForWidth} from '../../src/map/labels';
import {palettes, shades} from '../../src/map/palette';
import {tiersDownTo, type Scene} from '../../src/map/scene';
import {emptyStyle, mapStyle} from '../../src/map/style';
import {THEMES} from '../../src/planner/session';
import {BASEMAPS, finding, grid, plan, tier} from './samples';

const gap = finding('gap', {geometry: {type: 'Polygon', coordinates: [[[111.5, 38.2], [111.6, 38.2], [111.6, 38.3], [111.5, 38.2]]]}});

const scene = (more: Partial<Scene> = {}): Scene => ({
  origin: 'http://localhost:8080',
  plan,
  tier: 'micro',
  lang: 'zh-CN',
  theme: 'light',
  scale: 1,
  selected: null,
  findings: [gap, finding('placeless')],
  finding: null,
  thematic: null,
  difference: null,
  notes: null,
  basemap: null,
  off: [],
  ...more,
});

/** What the style specification has against a style. */
const faults = (style: ReturnType<typeof mapStyle>) => validateStyleMin(style).map((e) => e.message);

const layer = (s: Scene, id: string) => mapStyle(s).layers.find((l) => l.id === id);

describe('mapStyle', () => {
  const selections = [null, grid(5, 'village'), {...grid(6, 'primary'), kind: 'dedicated' as const}];
  const scenes = THEMES.flatMap((theme) =>
    LANGS.flatMap((lang) =>
      plan.tiers.flatMap((t) =>
        selections.map((selected) => scene({theme, lang, tier: t.code, selected, finding: gap})),
      ),
    ),
  );

  test.each(scenes.map((s) => [`${s.theme} ${s.lang} ${s.tier} ${s.selected?.kind ?? 'nothing selected'}`, s] as const))(
    'is sound: %s',
    (_, s) => {
      const style = mapStyle(s);
      expect(faults(style)).toEqual([]);
      for (const l of style.layers) {
        if (l.type !== 'background') expect(style.sources).toHaveProperty(l.source);
      }
    },
  );

  test('asks only its own origin', () => {
    const urls = JSON.stringify(mapStyle(scene())).match(/https?:\/\/[^/"]+/g) ?? [];
    expect(new Set(urls)).toEqual(new Set(['http://localhost:8080']));
    expect(mapStyle(scene()).glyphs).toBeUndefined();
    expect(mapStyle(scene()).sprite).toBeUndefined();
  });

  test('a tier of which nothing is drawn asks for no tiles', () => {
    const undrawn: Plan = {...plan, tiers: [...plan.tiers.slice(0, 4), tier(4, 'micro', {count: 9, undrawn: 9})]};
    const style = mapStyle(scene({plan: undrawn, selected: grid(3, 'micro')}));
    expect(faults(style)).toEqual([]);
    expect(Object.keys(style.sources)).not.toContain('tier-micro');
  });

  test('only findings with a place are marked', () => {
    const marks = mapStyle(scene()).sources['marks'];
    expect(marks).toMatchObject({data: {features: [{properties: {finding: 'gap', severity: 'error'}}]}});
  });

  test('names are in the language of the page', () => {
    const first = (lang: Scene['lang']) => JSON.stringify(layer(scene({lang}), 'label-micro')?.layout).indexOf('name_en');
    expect(first('en')).toBeLessThan(first('zh-CN'));
  });

  test('lines and names grow with the screen', () => {
    const width = (scale: number) => layer(scene({scale, selected: grid(5, 'village')}), 'selected-line')?.paint;
    expect(width(2)).toMatchObject({'line-width': 6});
    expect(width(1)).toMatchObject({'line-width': 3});
  });
});

test('the empty map is sound', () => {
  for (const theme of THEMES) expect(faults(emptyStyle(theme))).toEqual([]);
});

test('tiers are drawn from the territory down to the chosen one', () => {
  expect(tiersDownTo(plan, 'village').map((t) => t.code)).toEqual(['county', 'township', 'village']);
  expect(tiersDownTo(plan, 'nonsense').map((t) => t.code)).toEqual(['county']);
});

test('four times as many units are named one zoom later', () => {
  expect(zoomForWidth(plan, 400, 64) - zoomForWidth(plan, 100, 64)).toBeCloseTo(1, 9);
  expect(zoomForWidth({...plan, bounds: null}, 0, 64)).toBeLessThan(24);
});

describe('thematic maps', () => {
  const thematic = {tier: 'micro', classes: new Map([[5, 0]]), count: 3, only: null};
  const fill = (s: Scene, code: string) => layer(s, `fill-${code}`)?.paint as Record<string, unknown>;

  test.each([0, 1, 2, 5])('%i classes make a valid style, of the chosen tier only', (count) => {
    const partial = {...plan, tiers: plan.tiers.map((t) => (t.code === 'micro' ? {...t, complete: false} : t))};
    const s = scene({plan: partial, thematic: {...thematic, count, only: count > 1 ? 1 : null}});
    expect(faults(mapStyle(s))).toEqual([]);
    expect(JSON.stringify(fill(s, 'micro'))).toContain(palettes.light.blank);
    expect(JSON.stringify(fill(s, 'primary'))).not.toContain(palettes.light.blank);
    expect(fill(s, 'primary')).toBeDefined();
  });

  test('the style names no grid, so that other values ask for no tile and no new style', () => {
    const other = scene({thematic: {...thematic, classes: new Map([[5, 2], [6, 1]])}});
    expect(mapStyle(other)).toEqual(mapStyle(scene({thematic})));
  });

  test.each(THEMES)('%s: every shade is lighter or darker than the one before it, to every eye', (theme) => {
    const {ramp} = palettes[theme];
    for (const seen of EYES) {
      const light = ramp.map((colour) => lightness(colour, seen));
      const steps = light.slice(1).map((l, i) => l - light[i]!);
      expect(new Set(steps.map(Math.sign)).size).toBe(1);
      expect(Math.min(...steps.map(Math.abs))).toBeGreaterThan(7);
    }
  });

  test('few classes reach from one end of the ramp to the other', () => {
    expect(shades(['a', 'b', 'c', 'd', 'e'], 2)).toEqual(['a', 'e']);
    expect(shades(['a', 'b', 'c', 'd', 'e'], 1)).toEqual(['c']);
    expect(shades(['a', 'b', 'c', 'd', 'e'], 3)).toEqual(['a', 'c', 'e']);
  });

  test('layers can be taken off', () => {
    const ids = (off: Scene['off']) => mapStyle(scene({off})).layers.map((l) => l.id);
    expect(ids(['names', 'findings', 'dedicated']).filter((id) => /^(label|finding|dedicated)/.test(id))).toEqual([]);
    expect(ids([]).filter((id) => /^label/.test(id)).length).toBeGreaterThan(2);
  });
});

describe('a basemap', () => {
  const both = Object.values(BASEMAPS).flatMap((basemap) => THEMES.flatMap((theme) => LANGS.map((lang) => scene({basemap, theme, lang}))));
  const ids = (s: Scene) => mapStyle(s).layers.map((l) => l.id);
  const opacity = (s: Scene, id: string) => (layer(s, id)?.paint as Record<string, unknown> | undefined)?.['fill-opacity'];

  test.each(both.map((s) => [`${s.basemap?.id} ${s.theme} ${s.lang}`, s] as const))('%s: lies under all grids', (_, s) => {
    const style = mapStyle(s);
    expect(faults(style)).toEqual([]);
    for (const l of style.layers) if (l.type !== 'background') expect(style.sources).toHaveProperty(l.source);
    const [ground, ...rest] = ids(s);
    expect(ground).toBe('ground');
    const under = rest.map((id) => id.startsWith('basemap-'));
    expect(under.indexOf(false)).toBe(under.filter(Boolean).length);
    expect(under[0]).toBe(true);
  });

  test('grids let it through, and their lines stand out', () => {
    const s = scene({basemap: BASEMAPS.raster});
    expect(ids(s)).not.toContain('land');
    expect(opacity(s, 'fill-micro')).toBeLessThan(0.5);
    expect(opacity(scene(), 'fill-micro')).toBeUndefined();
    expect(ids(s).indexOf('stripe-micro')).toBeLessThan(ids(s).indexOf('outline-micro'));
    expect(ids(s).indexOf('stripe-micro')).toBeGreaterThan(0);
    const shaded = scene({basemap: BASEMAPS.raster, thematic: {tier: 'micro', classes: new Map(), count: 3, only: null}});
    expect(opacity(shaded, 'fill-micro')).toBeLessThan(1);
  });

  test('tiles of this service come from its own address, others from where they are', () => {
    expect(mapStyle(scene({basemap: BASEMAPS.vector})).sources['basemap-0']).toMatchObject({type: 'vector', tiles: ['http://localhost:8080/tiles/basemap/{z}/{x}/{y}'], maxzoom: 14});
    expect(mapStyle(scene({basemap: BASEMAPS.raster})).sources['basemap-1']).toMatchObject({type: 'raster', tiles: ['https://t0.example.org/b/{z}/{x}/{y}'], scheme: 'tms'});
  });

  test('a layer is drawn as what its name tells', () => {
    const fill = (name: string) => (layer(scene({basemap: BASEMAPS.vector}), `basemap-fill-${name}`)?.paint as Record<string, unknown>)['fill-color'];
    expect(new Set(['water', 'roads', 'buildings', 'landuse', 'mystery'].map(fill)).size).toBe(5);
    const order = ids(scene({basemap: BASEMAPS.vector}));
    expect(order.indexOf('basemap-fill-landuse')).toBeLessThan(order.indexOf('basemap-fill-water'));
    expect(order.indexOf('basemap-fill-water')).toBeLessThan(order.indexOf('basemap-line-roads'));
  });
});

describe('differences and notes', () => {
  const ground: GeoJSON.FeatureCollection = {type: 'FeatureCollection', features: [{type: 'Feature', properties: {part: 'added'}, geometry: {type: 'Point', coordinates: [111, 38]}}]};

  test.each(THEMES)('%s: lie on the map while they are asked for', (theme) => {
    const s = scene({theme, difference: ground, notes: ground});
    expect(faults(mapStyle(s))).toEqual([]);
    const ids = (of: Scene) => mapStyle(of).layers.map((l) => l.id).filter((id) => /^(difference|note)/.test(id));
    expect(ids(s)).toHaveLength(8);
    expect(ids(scene({theme}))).toEqual([]);
  });
});

/** What an eye without the red, the green or the blue cones sees of linear red, green and blue (Viénot 1999, blue: Brettel 1997); the first lacks none. */
const EYES = [
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
  [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
  [[1, 0.14461, -0.14461], [0, 0.85924, 0.14076], [0, 0.85924, 0.14076]],
];

/** CIE L* of a colour as an eye sees it. */
function lightness(colour: string, eye: number[][]): number {
  const linear = [1, 3, 5].map((i) => {
    const c = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const seen = eye.map((row) => row.reduce((sum, f, i) => sum + f * linear[i]!, 0));
  const y = 0.2126 * seen[0]! + 0.7152 * seen[1]! + 0.0722 * seen[2]!;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}
