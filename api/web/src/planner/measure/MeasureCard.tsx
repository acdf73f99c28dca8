import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';
import type {Basemap} from '../../api/basemaps';
import type {Key} from '../../i18n/dictionary';
import {useWords} from '../../i18n/context';
import type {Words} from '../../i18n/words';
import {palettes, shades} from '../../map/palette';
import {IconButton, unreachable} from '../parts';
import {LAYERS, type Action, type Session} from '../session';
import {histogram, METHODS, type Class, type Classed} from './classes';
import {formOf, measureNamed, MEASURES, metricOf, type Measure} from './measures';
import type {Measured} from './useMeasure';

interface Props {
  session: Session;
  dispatch: (action: Action) => void;
  measured: Measured;
  /** What the map may lie on. */
  basemaps: readonly Basemap[];
}

/** On a phone the card would cover the whole map: it opens when it is asked for. */
const NARROW = '(max-width: 760px)';

/** What a measure is called. */
export function measureName(measure: Measure, {t}: Words): string {
  return metricOf(measure) ?? t(`measure.${measure}` as Key);
}

/** A value of a measure as it is written. */
export function valueText(measure: Measure, value: number, {number, cut, percent}: Words): string {
  const form = formOf(measure);
  return form === 'count' ? number(value) : form === 'percent' ? percent(value) : cut(value);
}

/** What the map is coloured by, with legend and histogram, and which layers lie on it. */
export function MeasureCard({session, dispatch, measured, basemaps}: Props) {
  const {t} = useWords();
  const [open, setOpen] = useState(session.measure !== null && !matchMedia(NARROW).matches);
  if (!open) {
    return (
      <button type="button" class="button measure-open" aria-expanded={false} onClick={() => setOpen(true)}>
        {t('measure.layers')}
      </button>
    );
  }
  return (
    <section class="measure-card" aria-label={t('measure.layers')}>
      <header>
        <h2>{t('measure.layers')}</h2>
        <IconButton icon="close" label={t('measure.close')} onClick={() => setOpen(false)} />
      </header>
      <Choice session={session} dispatch={dispatch} measured={measured} />
      {session.measure && <Legend session={session} dispatch={dispatch} measured={measured} measure={session.measure} />}
      {basemaps.length > 0 && <BasemapChoice basemaps={basemaps} session={session} dispatch={dispatch} />}
      <div class="measure-layers" role="group" aria-label={t('measure.shown')}>
        {LAYERS.map((layer) => (
          <label key={layer}>
            <input type="checkbox" checked={!session.off.includes(layer)} onChange={() => dispatch({do: 'layer', layer})} /> {t(`layer.${layer}`)}
          </label>
        ))}
      </div>
    </section>
  );
}

/** What the map lies on: none, or one of those the service was given. */
function BasemapChoice({basemaps, session, dispatch}: Omit<Props, 'measured'>) {
  const {t, name} = useWords();
  const known = basemaps.some((b) => b.id === session.basemap);
  return (
    <label class="measure-basemap">
      {t('basemap.label')}
      <select class="field" value={known ? (session.basemap ?? '') : ''} onChange={(e) => dispatch({do: 'basemap', id: e.currentTarget.value || null})}>
        <option value="">{t('basemap.none')}</option>
        {basemaps.map((b) => <option key={b.id} value={b.id}>{name(b.name)}</option>)}
      </select>
    </label>
  );
}

function Choice({session, dispatch, measured}: Omit<Props, 'basemaps'>) {
  const words = useWords();
  const {t} = words;
  return (
    <div class="measure-choice">
      <select
        class="field"
        aria-label={t('measure.by')}
        value={session.measure ?? ''}
        onChange={(e) => dispatch({do: 'measure', measure: measureNamed(e.currentTarget.value)})}
      >
        <option value="">{t('measure.none')}</option>
        {MEASURES.map((m) => <option key={m} value={m}>{measureName(m, words)}</option>)}
        {measured.metrics.length > 0 && (
          <optgroup label={t('measure.imported')}>
            {measured.metrics.map((m) => <option key={m} value={`metric:${m}`}>{m}</option>)}
          </optgroup>
        )}
      </select>
      {session.measure && (
        <select
          class="field"
          aria-label={t('measure.breaks')}
          value={session.method}
          onChange={(e) => dispatch({do: 'method', method: METHODS.find((m) => m === e.currentTarget.value) ?? 'quantile'})}
        >
          {METHODS.map((m) => <option key={m} value={m}>{t(`breaks.${m}`)}</option>)}
        </select>
      )}
    </div>
  );
}

function Legend({session, dispatch, measured: {answer, classed}, measure}: Omit<Props, 'basemaps'> & {measure: Measure}) {
  const words = useWords();
  const {t, number} = words;
  if (answer.error && !classed) return <p class="warn-text" role="alert">{unreachable(answer.error) ? t('load.unreachable') : answer.error.message}</p>;
  if (!classed) return <p class="waiting" role="status">{t('load.wait')}</p>;
  const {classes, blank} = classed;
  const colours = palettes[session.theme];
  const ramp = shades(colours.ramp, classes.length);
  const range = ({least, most, grade}: Class) =>
    grade ?? (least === most ? valueText(measure, least, words) : `${valueText(measure, least, words)} – ${valueText(measure, most, words)}`);
  return (
    <>
      {classes.length > 1 && <Histogram classed={classed} colours={ramp} only={session.klass} label={measureName(measure, words)} />}
      {classes.length === 0 && <p class="muted">{t('measure.empty')}</p>}
      <ul class="legend">
        {classes.map((c, i) => (
          <li key={i}>
            <button type="button" aria-pressed={session.klass === i} onClick={() => dispatch({do: 'class', klass: i})}>
              <Swatch colour={ramp[i] ?? ''} />
              <span>{range(c)}</span>
              <span class="legend-count">{number(c.count)}</span>
            </button>
          </li>
        ))}
        {blank > 0 && (
          <li class="legend-blank">
            <Swatch colour={colours.blank} />
            <span>{t('measure.blank')}</span>
            <span class="legend-count">{number(blank)}</span>
          </li>
        )}
      </ul>
    </>
  );
}

/** A colour beside its meaning; a rectangle of SVG, as the policy allows no style in markup. */
export function Swatch({colour}: {colour: string}): ComponentChildren {
  return (
    <svg class="legend-swatch" viewBox="0 0 20 14" aria-hidden="true">
      <rect x="0.5" y="0.5" width="19" height="13" rx="2" fill={colour} />
    </svg>
  );
}

const BINS = 36;
const HEIGHT = 40;

/** How many grids have how much: bars in the colours of their classes. */
function Histogram({classed, colours, only, label}: {classed: Classed; colours: string[]; only: number | null; label: string}) {
  const {t} = useWords();
  const bars = histogram(classed, BINS);
  const tallest = Math.max(1, ...bars.map(total));
  return (
    <svg class="histogram" viewBox={`0 0 ${BINS * 6} ${HEIGHT + 1}`} preserveAspectRatio="none" role="img" aria-label={t('measure.histogram', {measure: label, n: classed.values.size})}>
      {bars.flatMap((bar, b) => {
        // The root of the count keeps one grid in sight beside a thousand.
        const height = Math.sqrt(total(bar) / tallest) * HEIGHT;
        let top = HEIGHT - height;
        return bar.map((n, k) => {
          if (n === 0) return null;
          const [y, h] = [top, (height * n) / total(bar)];
          top += h;
          return <rect key={`${b} ${k}`} x={b * 6} y={y} width={5} height={h} fill={colours[k]} opacity={only === null || only === k ? 1 : 0.25} />;
        });
      })}
      <rect x="0" y={HEIGHT} width={BINS * 6} height="1" class="histogram-base" />
    </svg>
  );
}

const total = (bar: readonly number[]) => bar.reduce((sum, n) => sum + n, 0);
