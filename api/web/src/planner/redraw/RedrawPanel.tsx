import type {Visitor} from '../../api/events';
import type {Finding, GridRef, Plan} from '../../api/types';
import {useWords} from '../../i18n/context';
import {Notice} from '../parts';
import {AnswerPanel} from './AnswerPanel';
import {CarveForm} from './CarveForm';
import {DraftLife} from './DraftLife';
import {Standing} from './lazy';
import {LiveCounts} from './LiveCounts';
import {Refusal} from './Refusal';
import {useDesk} from './store';
import type {Redraw} from './useRedraw';

interface Props {
  plan: Plan;
  redraw: Redraw;
  present: readonly Visitor[];
  /** The tier on the map. */
  tier: string | null;
  onFinding: (finding: Finding) => void;
  onGrid: (grid: Pick<GridRef, 'id'>) => void;
}

/** The draft: where it stands, what was refused and why, and what the last edit did to people and posts. */
export function RedrawPanel({plan, redraw, present, tier, onFinding, onGrid}: Props) {
  const {t} = useWords();
  const {draft, store} = redraw;
  const tool = useDesk(store, (d) => d.tool);
  return (
    <div class="redraw">
      <LiveCounts store={store} />
      <DraftLife plan={plan} redraw={redraw} present={present} />
      {draft.refusal && <Refusal refusal={draft.refusal} tool={tool} onClose={draft.forget} />}
      {tool === 'carve' && <CarveForm redraw={redraw} />}
      {draft.published && (
        <section role="status">
          <h2>{t('life.done')}</h2>
          <p>{t('life.moved', {households: draft.published.households_moved, posts: draft.published.assignments_moved})}</p>
        </section>
      )}
      <Standing balanced={redraw.balanced} tier={plan.tiers.find((row) => row.code === tier)} onGrid={onGrid} />
      {draft.answer ? (
        <AnswerPanel answer={draft.answer} plan={plan} onFinding={onFinding} />
      ) : (
        plan.state === 'draft' && <Notice title={t('answer.none')}>{t('answer.noneHint')}</Notice>
      )}
    </div>
  );
}
