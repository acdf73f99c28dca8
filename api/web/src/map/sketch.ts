import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import type {Palette} from './palette';
import type {Scene} from './scene';

/** The source of all that is drawn and not yet sent, of what was refused, and of what the last edit changed. */
export const SKETCH = 'sketch';

/** What a feature of the sketch stands for. */
export type Part = 'cell' | 'picked' | 'area' | 'line' | 'vertex' | 'pointer' | 'changed' | 'fault' | 'fault-mark' | 'house';
export type Sketch = GeoJSON.FeatureCollection<GeoJSON.Geometry, {part: Part}>;

export const NO_SKETCH: Sketch = {type: 'FeatureCollection', features: []};

const is = (...parts: Part[]): ExpressionSpecification => ['match', ['get', 'part'], parts, true, false] as unknown as ExpressionSpecification;

/** Thin lines for what may be held, thick ones for what is; a refusal in the colour of errors and under the mark of one. */
export function sketchLayers(colours: Palette, {scale, theme}: Pick<Scene, 'scale' | 'theme'>): LayerSpecification[] {
  const source = SKETCH;
  const layout = {'line-join': 'round', 'line-cap': 'round'} as const;
  const refused: ExpressionSpecification = ['case', is('fault'), colours.severity.error, colours.accent];
  return [
    {id: 'sketch-fill', type: 'fill', source, filter: ['all', is('picked', 'area', 'fault'), ['==', ['geometry-type'], 'Polygon']], paint: {'fill-color': refused, 'fill-opacity': ['case', is('fault'), 0.35, 0.16]}},
    {id: 'sketch-ghost', type: 'line', source, filter: is('changed'), layout, paint: {'line-color': colours.accent, 'line-width': 2 * scale, 'line-dasharray': [2, 2]}},
    {id: 'sketch-halo', type: 'line', source, filter: is('line', 'cell'), layout, paint: {'line-color': colours.halo, 'line-width': 5 * scale}},
    {id: 'sketch-line', type: 'line', source, filter: is('line', 'cell', 'picked', 'fault'), layout, paint: {'line-color': refused, 'line-width': 2.5 * scale}},
    {
      id: 'sketch-vertex',
      type: 'circle',
      source,
      filter: is('vertex', 'pointer'),
      paint: {
        'circle-radius': ['case', is('vertex'), 4 * scale, 6 * scale],
        'circle-color': colours.halo,
        'circle-stroke-color': colours.accent,
        'circle-stroke-width': 2 * scale,
      },
    },
    {
      id: 'sketch-house',
      type: 'circle',
      source,
      filter: is('house'),
      paint: {'circle-radius': 4.5 * scale, 'circle-color': colours.strong, 'circle-stroke-color': colours.halo, 'circle-stroke-width': 1.5 * scale},
    },
    {
      id: 'sketch-mark',
      type: 'symbol',
      source,
      filter: is('fault-mark'),
      layout: {'icon-image': `mark-error-${theme}`, 'icon-size': 1.3 * scale, 'icon-allow-overlap': true},
    },
  ];
}
