import type {Visitor} from '../../api/events';
import type {Plan} from '../../api/types';
import {useWords} from '../../i18n/context';
import {SeverityMark} from '../parts';
import {sumMoved, worstOf} from '../model/answer';
import {othersIn, savedText} from './saved';
import {useDesk} from './store';
import type {Redraw} from './useRedraw';

interface Props {
  redraw: Redraw;
  plan: Plan;
  tier: string | null;
  present: readonly Visitor[];
  onOpen: () => void;
}

/** What must be in sight whatever panel is open: balance, who moved, new findings, what is not saved, who else is there. */
export function Strip({redraw: {draft, store, balanced}, plan, tier, present, onOpen}: Props) {
  const words = useWords();
  const {t} = words;
  const drawn = useDesk(store, (d) => d.line.length > 0 || d.painted.length > 0 || d.grab !== null);
  const saved = savedText(draft, drawn, plan, words);
  const balance = balanced.remote?.value;
  const {answer} = draft;
  const moved = answer && sumMoved(answer, tier ?? '');
  const worst = answer && worstOf(answer.effects.findings.appeared);
  const others = othersIn(present);
  return (
    <button type="button" class="redraw-strip" onClick={onOpen} title={t('strip.label')}>
      {balance && <span data-strip="balance">{t('strip.balance', {over: balance.over + balance.crowded, under: balance.under, n: balance.grids})}</span>}
      {moved && <span data-strip="moved">{t('strip.moved', {n: moved.households, persons: moved.persons})}</span>}
      {answer && (
        <span data-strip="findings">
          {worst && <SeverityMark severity={worst} silent />} {t('strip.findings', {n: answer.effects.findings.appeared_total, gone: answer.effects.findings.gone_total})}
        </span>
      )}
      <span data-strip="saved" class={saved.warn ? 'warn-text' : ''}>{saved.text}</span>
      {others > 0 && <span data-strip="others">{t('strip.others', {n: others})}</span>}
    </button>
  );
}
