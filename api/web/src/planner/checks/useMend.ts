import {useEffect, useState} from 'preact/hooks';
import {ApiError} from '../../api/client';
import * as drafts from '../../api/drafts';
import * as mend from '../../api/mend';
import type {Finding, Plan, PlanSummary, Report} from '../../api/types';
import type {Redraw} from '../redraw/useRedraw';
import type {Action} from '../session';
import {outcomeOf, type Done, type FixEdit, type Outcome} from './fixes';

/** What can be done about findings, and what became of the last thing that was done. */
export interface Mend {
  readonly plan: Plan | null;
  /** Drafts of the territory that a fix of the plan in force can go into. */
  readonly drafts: readonly PlanSummary[];
  readonly busy: boolean;
  readonly refusal: ApiError | null;
  readonly outcome: Outcome | null;
  /** Does the edit: at once in a draft, else in the draft named, or in a new one of that name. */
  edit(finding: Finding, edit: FixEdit, into: {draft: number} | {name: string} | null): void;
  keeper(finding: Finding, keeper: {unit_code: string; position: string; keeper: string}): void;
  post(finding: Finding, post: {grid_code: string; worker_number: string; role: string; primary: boolean}): void;
  waive(finding: Finding, said: {by: string; why: string; until: string}): void;
  unwaive(finding: Finding): void;
  /** The refusal or the outcome was read. */
  forget(): void;
}

interface Around {
  plan: Plan | null;
  report: Report | null;
  plans: readonly PlanSummary[];
  redraw: Redraw;
  dispatch: (action: Action) => void;
  plansChanged: () => void;
}

/** Kept by the page, not by a panel: what became of a fix is told on the plan that it opened. */
export function useMend({plan, report, plans, redraw, dispatch, plansChanged}: Around): Mend {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const [here, setHere] = useState(false); // the last act was an edit of the draft on the screen, which keeps its refusal itself
  const id = plan?.id ?? 0;
  const territory = plan?.territory.id ?? 0;
  const forget = () => {
    setRefusal(null);
    setDone(null);
    setHere(false);
  };
  const run = (finding: Finding, what: Done['what'], act: () => Promise<{plan?: number; revision: number}>) => {
    forget();
    setBusy(true);
    act()
      .then(
        (answer) => setDone({finding: finding.id, what, plan: answer.plan ?? id, revision: answer.revision}),
        (cause: unknown) => setRefusal(cause instanceof ApiError ? cause : new ApiError(0, String(cause))),
      )
      .finally(() => setBusy(false));
  };
  const editHere = (finding: Finding, edit: FixEdit) => {
    const base = report?.plan_version ?? plan?.territory_revision ?? 0;
    forget();
    setHere(true);
    void redraw.draft.edit(edit, base).then((outcome) => {
      if (outcome === 'done') setDone({finding: finding.id, what: 'fixed', plan: id, revision: base + 1});
    });
  };
  useEffect(() => setRefusal(null), [id]);
  const shown = (opened: number) => {
    plansChanged();
    dispatch({do: 'turn', plan: opened});
  };
  return {
    plan,
    drafts: plans.filter((p) => p.state === 'draft'),
    busy: busy || redraw.draft.sending,
    refusal: refusal ?? (here ? redraw.draft.refusal : null),
    outcome: done && outcomeOf(done, id, report),
    edit: (finding, edit, into) => {
      if (into === null) return editHere(finding, edit);
      if (!plan) return;
      run(finding, 'fixed', async () => {
        const answer = await editThere(plan, edit, into);
        shown(answer.plan);
        return answer;
      });
    },
    keeper: (finding, keeper) => run(finding, 'fixed', () => mend.addKeeper(territory, keeper)),
    post: (finding, post) => run(finding, 'fixed', () => mend.addPost(territory, post)),
    waive: (finding, {by, why, until}) =>
      run(finding, 'waived', () => mend.waive(territory, {finding: finding.id, rule: finding.rule, by, why, ...(until && {until})})),
    unwaive: (finding) => run(finding, 'unwaived', () => mend.unwaive(territory, finding.id)),
    forget: () => {
      forget();
      redraw.draft.forget();
    },
  };
}

/** Edits another draft, or one made for it; a draft that was made in vain is discarded. */
async function editThere(plan: Plan, edit: FixEdit, into: {draft: number} | {name: string}) {
  const made = 'name' in into ? await drafts.makeDraft(plan.territory.id, plan.id, into.name) : null;
  const id = made?.id ?? ('draft' in into ? into.draft : 0);
  const base = made?.revision ?? plan.territory_revision;
  try {
    const {revision} = await drafts.postEdit(id, edit, {key: drafts.newKey(), base});
    return {plan: id, revision};
  } catch (cause) {
    if (made) await drafts.goTo(id, {to: 'discarded', reason: 'the fix was refused'}).catch(() => null); // it does no harm if it stays
    throw cause;
  }
}
