import {useState} from 'preact/hooks';
import type {History} from '../../api/edited';
import type {Visitor} from '../../api/events';
import type {Plan, PlanState} from '../../api/types';
import {useWords} from '../../i18n/context';
import {othersIn, savedText} from './saved';
import {useDesk} from './store';
import type {Redraw} from './useRedraw';

/** Where a draft stands and where it can go: made, drawn on, submitted, filed, put in force, sent back. */
export function DraftLife({plan, redraw, present}: {plan: Plan; redraw: Redraw; present: readonly Visitor[]}) {
  const {t, known} = useWords();
  const {draft} = redraw;
  return (
    <section class="life">
      <p class="life-name">
        {plan.name} <span class="badge">{t(`state.${plan.state}`)}</span>
      </p>
      {plan.state === 'draft' && <Saved redraw={redraw} plan={plan} />}
      {plan.state === 'draft' && <Others present={present} />}
      {draft.others && (
        <p class="life-others" role="status">
          {t('life.others', {by: draft.others.by, op: known(`op.${draft.others.op}`, draft.others.op), revision: draft.others.revision})}
        </p>
      )}
      <Stamps steps={draft.history.value?.plan === plan.id ? draft.history.value.steps : []} />
      <Steps key={`${plan.id} ${plan.state}`} plan={plan} redraw={redraw} />
    </section>
  );
}

/** Who else has the draft open. */
function Others({present}: {present: readonly Visitor[]}) {
  const {t} = useWords();
  const n = othersIn(present);
  if (n === 0) return null;
  return <p class="life-present" role="status">{t('life.present', {n, who: present.map((p) => p.name).join(', ')})}</p>;
}

/** Who took the plan to which state, and when: a stamp for each, the last one first. */
function Stamps({steps}: {steps: History['steps']}) {
  const {t, time, date} = useWords();
  const taken = steps.slice(1).reverse();
  if (taken.length === 0) return null;
  return (
    <ol class="stamps">
      {taken.map((s) => (
        <li key={s.at} class={`stamp stamp-${s.state}`}>
          <b>{t(`state.${s.state}`)}</b>
          <span>{s.by} · {time(s.at)}</span>
          {s.effective && <span>{t('life.from', {day: date(s.effective)})}</span>}
          {s.reason && <span>{s.reason}</span>}
        </li>
      ))}
    </ol>
  );
}

/** Whether all that was drawn is kept, with the revision that has it. */
function Saved({redraw: {draft, store}, plan}: {redraw: Redraw; plan: Plan}) {
  const words = useWords();
  const drawn = useDesk(store, (d) => d.line.length > 0 || d.painted.length > 0 || d.grab !== null);
  const {text, warn} = savedText(draft, drawn, plan, words);
  return <p class={warn ? 'warn-text' : 'muted'} role="status">{text}</p>;
}

/** The steps out of each state; the service says whether one may be taken. */
function Steps({plan, redraw}: {plan: Plan; redraw: Redraw}) {
  const {t} = useWords();
  const {draft} = redraw;
  const go = (to: PlanState, more: {effective?: string; reason?: string} = {}) => void draft.goTo({to, ...more});
  switch (plan.state) {
    case 'in_force':
    case 'retired':
      return <Ask label={t('life.name')} act={t('life.make')} value={t('life.newName', {name: plan.name})} busy={draft.sending} onDone={draft.make} />;
    case 'draft':
      return (
        <div class="life-steps">
          <button type="button" class="button is-main" disabled={draft.sending} onClick={() => go('reviewed')}>{t('life.submit')}</button>
          <Ask label={t('life.reason')} act={t('life.discard')} busy={draft.sending} folded onDone={(reason) => go('discarded', {reason})} />
        </div>
      );
    case 'reviewed':
    case 'filed':
      return (
        <div class="life-steps">
          {plan.state === 'reviewed' ? (
            <button type="button" class="button is-main" disabled={draft.sending} onClick={() => go('filed')}>{t('life.file')}</button>
          ) : (
            <Ask label={t('life.effective')} act={t('life.publish')} type="date" optional busy={draft.sending} onDone={(day) => go('in_force', day ? {effective: day} : {})} />
          )}
          <Ask label={t('life.reason')} act={t('life.back')} busy={draft.sending} folded onDone={(reason) => go('draft', {reason})} />
        </div>
      );
    default:
      return null;
  }
}

interface AskProps {
  label: string;
  act: string;
  busy: boolean;
  onDone: (text: string) => void;
  value?: string;
  type?: 'text' | 'date';
  /** May be left empty. */
  optional?: boolean;
  /** Shows the field only on asking: for steps that are rare. */
  folded?: boolean;
}

/** One thing that must be said before a step is taken. */
function Ask({label, act, busy, onDone, value = '', type = 'text', optional = false, folded = false}: AskProps) {
  const [text, setText] = useState(value);
  const [open, setOpen] = useState(!folded);
  const field = {class: 'field', value: text, required: !optional, onInput: (e: {currentTarget: HTMLInputElement}) => setText(e.currentTarget.value)};
  if (!open) return <button type="button" class="button" onClick={() => setOpen(true)}>{act}</button>;
  return (
    <form
      class="redraw-form"
      onSubmit={(e) => {
        e.preventDefault();
        onDone(text.trim());
      }}
    >
      <label>
        {label}
        {type === 'date' ? <input type="date" {...field} /> : <input type="text" maxLength={200} {...field} />}
      </label>
      <button type="submit" class={folded ? 'button' : 'button is-main'} disabled={busy}>{act}</button>
    </form>
  );
}
