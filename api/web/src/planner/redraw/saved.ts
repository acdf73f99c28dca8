import type {Visitor} from '../../api/events';
import type {Plan} from '../../api/types';
import type {Words} from '../../i18n/words';
import type {Draft} from './useDraft';

/** Whether all that was drawn is kept, with the revision that has it. */
export function savedText(draft: Draft, drawn: boolean, plan: Plan, {t}: Words): {readonly text: string; readonly warn: boolean} {
  if (draft.sending) return {text: t('redraw.sending'), warn: false};
  if (draft.unsent) return {text: t('life.unsent'), warn: true};
  if (drawn) return {text: t('life.drawn'), warn: true};
  return {text: t('life.saved', {n: Math.max(plan.revision, draft.answer?.revision ?? 0)}), warn: false};
}

/** How many other pages have the draft open; one of all is this. */
export const othersIn = (present: readonly Visitor[]): number => Math.max(0, present.reduce((sum, p) => sum + p.pages, 0) - 1);
