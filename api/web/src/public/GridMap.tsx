import {useMemo} from 'preact/hooks';
import {useWords} from '../i18n/context';
import type {PublicPage} from './data';
import {draw, lettered} from './drawing';

/** How many letters stand across the map, and by how much a name may be smaller before it is left out: it must be read on paper, and on a phone. */
const LETTERS = {wide: {across: 44, least: 0.55}, narrow: {across: 27, least: 0.75}};
const LINE = 1.15;

/**
 * The grid, its neighbours and the unit it lies in as vector lines, so that it
 * prints sharp at any size. Nothing where the grid is not drawn.
 */
export function GridMap({page, width, height, narrow = false}: {page: PublicPage; width: number; height: number; narrow?: boolean}) {
  const {t, name, number} = useWords();
  const drawing = useMemo(() => draw(page, width, height), [page, width, height]);
  if (!drawing) return null;
  const {scale, middle} = drawing;
  const {across, least} = LETTERS[narrow ? 'narrow' : 'wide'];
  const letter = width / across;
  const title = name(page.grid.name);
  const large = lettered(title, middle.room, letter * 1.6);
  const label = scale.metres >= 1000 ? `${number(scale.metres / 1000)} km` : `${number(scale.metres)} m`;
  return (
    <svg class="gm" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t('public.mapOf', {name: name(page.grid.name)})}>
      {drawing.within && <path class="gm-within" d={drawing.within} fill-rule="evenodd" />}
      {drawing.around.map((n) => (
        <path key={n.code} class="gm-around" d={n.path} fill-rule="evenodd" />
      ))}
      {drawing.within && <path class="gm-border" d={drawing.within} />}
      <path class="gm-own" d={drawing.own} fill-rule="evenodd" />
      {drawing.spots.map(({neighbour, x, y, room}) => {
        const fits = lettered(name(neighbour.name), room, letter);
        return fits.size < letter * least ? null : <Lines key={neighbour.code} class="gm-name" x={x} y={y} {...fits} />;
      })}
      <Lines class="gm-title" x={middle.x} y={middle.y} {...(large.size < letter ? {...large, size: letter} : large)} />
      <g class="gm-scale" transform={`translate(${width * 0.03} ${height - width * 0.03})`}>
        <path d={`M0 ${-letter / 2}V0H${scale.length}V${-letter / 2}`} />
        <text x={scale.length / 2} y={-letter * 0.75} font-size={letter * 0.8}>{label}</text>
      </g>
      <g class="gm-north" transform={`translate(${width * 0.95} ${width * 0.055})`} font-size={letter}>
        <path d={`M0 ${-letter * 1.1}L${letter * 0.55} ${letter * 0.7}L0 ${letter * 0.3}L${-letter * 0.55} ${letter * 0.7}Z`} />
        <text y={letter * 1.9}>{t('public.north')}</text>
      </g>
    </svg>
  );
}

/** A name around its place. */
function Lines({class: kind, x, y, lines, size}: {class: string; x: number; y: number; lines: readonly string[]; size: number}) {
  return (
    <text class={kind} font-size={size}>
      {lines.map((line, i) => (
        <tspan key={i} x={x} y={y + (i - (lines.length - 1) / 2) * LINE * size}>{line}</tspan>
      ))}
    </text>
  );
}
