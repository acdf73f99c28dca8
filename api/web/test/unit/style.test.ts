import {validateStyleMin} from '@maplibre/maplibre-gl-style-spec';
import {describe, expect, test} from 'vitest';
import type {Plan} from '../../src/api/types';
import {LANGS} from '../../src/i18n/dictionary';
import {zoomForWidth} from '../../src/map/labels';
import {tiersDownTo, type Scene} from '../../src/map/scene';
import {emptyStyle, mapStyle} from '../../src/map/style';
import {THEMES} from '../../src/planner/session';
import {finding, grid, plan, tier} from './samples';

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
