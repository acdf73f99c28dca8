import type {ExpressionSpecification, LayerSpecification} from 'maplibre-gl';
import type {Palette} from './palette';

/** The source of what two plans or revisions have otherwise. */
export const DIFFERENCE = 'difference';

/** New ground filled under a whole line, what went under a dotted one, borders as they were dashed: colour is never the only sign. */
export function differenceLayers(colours: Palette, scale: number): LayerSpecification[] {
  const part: ExpressionSpecification = ['get', 'part'];
  const colour: ExpressionSpecification = ['match', part, 'added', colours.accent, 'changed', colours.severity.warning, colours.severity.error];
  const at = {source: DIFFERENCE} as const;
  const line = (id: string, parts: string[], width: number, dash?: number[]): LayerSpecification => ({
    id,
    type: 'line',
    ...at,
    filter: ['in', part, ['literal', parts]],
    layout: {'line-join': 'round'},
    paint: {'line-color': colour, 'line-width': width * scale, ...(dash && {'line-dasharray': dash})},
  });
  return [
    {id: 'difference-fill', type: 'fill', ...at, filter: ['!=', part, 'was'], paint: {'fill-color': colour, 'fill-opacity': ['match', part, 'changed', 0.14, 0.3]}},
    line('difference-was', ['was'], 2, [3, 2]),
    line('difference-gone', ['retired'], 2.5, [1, 1.5]),
    line('difference-line', ['added', 'changed'], 2.2),
  ];
}
