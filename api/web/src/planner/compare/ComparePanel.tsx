import {useState} from 'preact/hooks';
import type {Diff, EditEntry} from '../../api/edited';
import type {Bounds, Plan, PlanSummary} from '../../api/types';
import {useWords} from '../../i18n/context';
import {boundsOf} from '../findings';
import {Awaited, Figure} from '../parts';
import type {Draft} from '../redraw/useDraft';
import {dayOf, daysAfter, daysBetween, firstDay, inForceOn, revisionOn} from './days';
import {passed, standing, undosTo, type DiffRow} from './difference';
import type {Compare} from './useCompare';

export interface CompareProps {
  plan: Plan;
  tier: string | null;
  compare: Compare;
  draft: Draft;
  /** Takes back so many edits, one after another, as long as none is refused; redo brings each back. */
  undo: (times: number) => void;
  /** Something is being done to the plan. */
  busy: boolean;
  onGround: (bounds: Bounds) => void;
  /** All plans of the territory, the open one among them. */
  plans: readonly PlanSummary[];
  day: string | null;
  onDay: (day: string | null) => void;
}

/** Rows shown of a long list; the rest is told by number. */
const MOST = 200;

/** What the plan does otherwise than another, or than it did before, and the way back. */
export default function ComparePanel({plan, tier, compare, draft, undo, busy, onGround, ...days}: CompareProps) {
  return (
    <div class="compare">
      <Against compare={compare} />
      <HistorySlider plan={plan} compare={compare} draft={draft} undo={undo} busy={busy} />
      <DaySlider plan={plan} compare={compare} draft={draft} {...days} />
      {compare.other && (
        <Awaited remote={compare.diff}>{(diff) => <Differences diff={diff} rows={compare.rows} tier={tier} onGround={onGround} />}</Awaited>
      )}
    </div>
  );
}

function Against({compare: {plans, other, choose, swipe, setSwipe}}: {compare: Compare}) {
  const {t} = useWords();
  const chosen = other && 'plan' in other ? other.plan : 0;
  if (plans.length === 0) return <p class="muted">{t('compare.nothing')}</p>;
  return (
    <section>
      <label class="compare-with">
        {t('compare.with')}
        <select class="field" value={chosen} onChange={(e) => choose({plan: Number(e.currentTarget.value)})}>
          {chosen === 0 && <option value={0}>{t('compare.self')}</option>}
          {plans.map((p) => <option key={p.id} value={p.id}>{p.name} · {t(`state.${p.state}`)}</option>)}
        </select>
      </label>
      {chosen > 0 && (
        <label class="compare-swipe">
          <input type="checkbox" checked={swipe} onChange={(e) => setSwipe(e.currentTarget.checked)} /> {t('compare.swipe')}
        </label>
      )}
    </section>
  );
}

/** Every edit is a stop of the slider: the map shows what was done since, and a draft can go back there. */
function HistorySlider({plan, compare: {other, choose}, draft, undo, busy}: Pick<CompareProps, 'plan' | 'compare' | 'draft' | 'undo' | 'busy'>) {
  const {t, known, time} = useWords();
  const edits = draft.history.value?.edits ?? [];
  const stops = standing(edits);
  if (stops.length === 0) return null;
  const revision = other && 'revision' in other ? other.revision : null;
  // The place before the first edit is a stop too.
  const at = revision === null ? stops.length : stops.filter((e) => e.revision <= revision).length;
  const here: EditEntry | undefined = stops[at - 1];
  const said = here ? t('compare.stop', {op: known(`op.${here.op}`, here.op), by: here.by, when: time(here.at), revision: here.revision}) : t('compare.start');
  const go = (stop: number) => choose({revision: stops[stop - 1]?.revision ?? (stops[0]?.revision ?? 1) - 1});
  const undos = revision === null ? 0 : undosTo(edits, revision);
  return (
    <section>
      <h2>{t('compare.history')}</h2>
      <Slider label={t('compare.history')} max={stops.length} at={at} said={said} go={go} />
      <p class="muted" role="status">{said}</p>
      {plan.state === 'draft' && undos > 0 && (
        <button type="button" class="button" disabled={busy} onClick={() => undo(undos)}>
          {t('compare.back', {n: undos})}
        </button>
      )}
    </section>
  );
}

/** A slider from 0 to `max` that says what stands at its place. */
function Slider({label, max, at, said, go}: {label: string; max: number; at: number; said: string; go: (at: number) => void}) {
  return <input type="range" class="compare-slider" min={0} max={max} value={at} aria-label={label} aria-valuetext={said} onInput={(e) => go(Number(e.currentTarget.value))} />;
}

/**
 * A day of the past: staff, figures and findings are asked of it, and the map shows what was done since. A plan with
 * edits is held against itself as that day ended, another against the plan in force then.
 */
function DaySlider({plan, compare, draft, plans, day, onDay}: Pick<CompareProps, 'plan' | 'compare' | 'draft' | 'plans' | 'day' | 'onDay'>) {
  const {t, date} = useWords();
  const today = dayOf(new Date());
  const edits = draft.history.value?.edits ?? [];
  const first = firstDay(edits, plans, today);
  const at = day ?? today;
  const [asked, setAsked] = useState(at); // the earliest day that was asked for: the slider reaches back to it
  const least = [asked, at, first].sort()[0] ?? at;
  const then = inForceOn(plans, at);
  const go = (next: string) => {
    if (!next || next > today) return;
    onDay(next === today ? null : next);
    if (next < asked) setAsked(next);
    const revision = revisionOn(edits, next);
    const other = inForceOn(plans, next);
    if (revision !== null) compare.choose({revision});
    else if (other && other.id !== plan.id) compare.choose({plan: other.id});
  };
  return (
    <section>
      <h2>{t('day.title')}</h2>
      <Slider label={t('day.title')} max={Math.max(1, daysBetween(least, today))} at={daysBetween(least, at)} said={date(at)} go={(n) => go(daysAfter(least, n))} />
      <label class="compare-with">
        {t('day.day')}
        <input type="date" class="field" value={at} max={today} onChange={(e) => go(e.currentTarget.value)} />
      </label>
      <p class="muted" role="status">{then ? t('day.inForce', {day: date(at), plan: then.name}) : t('day.noneInForce', {day: date(at)})}</p>
    </section>
  );
}

function Differences({diff, rows, tier, onGround}: {diff: Diff; rows: readonly DiffRow[]; tier: string | null; onGround: CompareProps['onGround']}) {
  const {t, number, area} = useWords();
  const sum = passed(diff, tier ?? '');
  const findings = diff.effects.findings;
  return (
    <section>
      <dl class="figures figures-two">
        <Figure name={t('compare.households')}>{number(sum.households)}</Figure>
        <Figure name={t('compare.ground')}>{area(sum.areaM2)}</Figure>
        <Figure name={t('compare.appeared')}>{number(findings.appeared_total)}</Figure>
        <Figure name={t('compare.gone')}>{number(findings.gone_total)}</Figure>
      </dl>
      {rows.length === 0 ? <p class="muted">{t('compare.same')}</p> : <Table rows={rows} onGround={onGround} />}
    </section>
  );
}

function Table({rows, onGround}: {rows: readonly DiffRow[]; onGround: CompareProps['onGround']}) {
  const {t, name, number, area} = useWords();
  return (
    <>
      <table class="answer-table">
        <thead>
          <tr>
            <th scope="col">{t('tab.grid')}</th>
            <th scope="col" class="num">{t('grid.area')}</th>
            <th scope="col" class="num">{t('grid.households')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST).map((r) => {
            const ground = r.is ?? r.was;
            const bounds = ground && boundsOf(ground);
            return (
              <tr key={`${r.kind} ${r.id}`} data-kind={r.kind}>
                <th scope="row">
                  <span class={`badge diff-${r.kind}`}>{t(`diff.${r.kind}`)}</span>{' '}
                  {bounds ? <button type="button" class="link" onClick={() => onGround(bounds)}>{name(r.name)}</button> : name(r.name)}
                  <span class="unit-people">{r.code}</span>
                </th>
                <td class="num">{r.areaM2 > 0 ? area(r.areaM2) : '—'}</td>
                <td class="num">
                  {r.after === null ? '—' : number(r.after)}
                  <span class="unit-people">{r.before === null ? '' : t('compare.was', {n: r.before})}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > MOST && <p class="muted">{t('answer.more', {n: rows.length - MOST})}</p>}
    </>
  );
}
