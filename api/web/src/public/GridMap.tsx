import {useMemo} from 'preact/hooks';
import {useWords} from '../i18n/context';
import type {PublicPage} from './data';
import {draw} from './drawing';

/** Letters of a name at a size, Chinese ones as wide as high. */
const widthOf = (text: string, size: number) => [...text].reduce((sum, c) => sum + (c > '\u2e80' ? 1 : 0.56), 0) * size;

/**
 * The grid, its neighbours and the unit it lies in as vector lines, so that it
 * prints sharp at any size. Nothing where the grid is not drawn.
 */
export function GridMap({page, width, height}: {page: PublicPage; width: number; height: number}) {
  const {t, name, number} = useWords();
  const drawing = useMemo(() => draw(page, width, height), [page, width, height]);
  if (!drawing) return null;
  const {scale, middle} = drawing;
  const letter = width / 44;
  const title = name(page.grid.name);
  const titleSize = Math.max(letter, Math.min(letter * 1.6, (letter * middle.room * 2) / widthOf(title, letter)));
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
        const text = name(neighbour.name);
        const size = Math.min(letter, (letter * room * 2.6) / widthOf(text, letter));
        return size < letter * 0.55 ? null : (
          <text key={neighbour.code} class="gm-name" x={x} y={y} font-size={size}>{text}</text>
        );
      })}
      <text class="gm-title" x={middle.x} y={middle.y} font-size={titleSize}>{title}</text>
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
