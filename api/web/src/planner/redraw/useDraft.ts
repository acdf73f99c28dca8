import {useEffect, useRef, useState} from 'preact/hooks';
import {ApiError} from '../../api/client';
import * as drafts from '../../api/drafts';
import type {Edited, EditEntry, History, Published} from '../../api/edited';
import type {Plan, PlanState} from '../../api/types';
import type {Edit} from '../model/tools';
import {useRemote, type Remote} from '../remote';

/** What is done to a draft, and what the service answered last. */
export interface Draft {
  readonly history: Remote<History>;
  /** The last edit, undo or redo of this page. */
  readonly answer: Edited | null;
  readonly published: Published | null;
  /** Why the last act was refused. */
  readonly refusal: ApiError | null;
  /** The edit that was refused. */
  readonly tried: Edit | null;
  /** The newest revision of the plan that this page has seen or was told of. */
  readonly newest: number;
  readonly sending: boolean;
  /** An edit that may not have arrived: it is sent again under the same key. */
  readonly unsent: boolean;
  /** The newest edit of somebody else since the draft was opened here. */
  readonly others: EditEntry | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Sends an edit drawn at a revision. */
  edit(edit: Edit, base: number): Promise<Outcome>;
  undo(): Promise<Outcome>;
  /** Takes the last edit back as it stood at a revision, the newest if none is given; returns the revision that made, null if it was refused. */
  undoFrom(base?: number): Promise<number | null>;
  redo(): Promise<Outcome>;
  /** Makes a draft of the plan on the screen and opens it. */
  make(name: string): Promise<Outcome>;
  goTo(step: {to: PlanState; effective?: string; reason?: string}): Promise<Outcome>;
  /** The refusal was read. */
  forget(): void;
}

/** What became of an act; unsent is what got no answer. */
export type Outcome = 'done' | 'refused' | 'unsent';

/** What somebody else did is known by the revisions that are not this page's own. */
interface Own {
  plan: number | null;
  opened: number;
  revisions: Set<number>;
}

/** Edits that come with a draft or with a rebase: undoing ends there. */
const CARRIED = ['rebase', 'carry'];

export function useDraft(plan: Plan | null, revision: number, tell: {opened: (plan: number) => void; changed: () => void}): Draft {
  const [answer, setAnswer] = useState<Edited | null>(null);
  const [published, setPublished] = useState<Published | null>(null);
  const [unsent, setUnsent] = useState<{text: string; key: string} | null>(null);
  const [tried, setTried] = useState<Edit | null>(null);
  const {refusal, sending, told, run, forget} = useRun(tell.changed);
  const own = useOwn(plan, () => [setAnswer(null), setPublished(null), setUnsent(null), setTried(null), forget()]);
  const id = plan?.id ?? 0;
  const newest = Math.max(plan?.revision ?? 0, answer?.revision ?? 0, told);
  const history = useRemote(plan ? `history/${id}` : null, Math.max(revision, newest), (signal) => drafts.history(id, signal));
  const took = (done: Edited) => {
    own.revisions.add(done.revision);
    setAnswer(done);
    setUnsent(null);
    setTried(null);
  };
  const turn = (what: 'undo' | 'redo') => run(() => drafts.turn(id, what, {key: drafts.newKey(), base: newest}), took);
  const edits = history.value?.plan === id ? history.value.edits.filter((e) => !CARRIED.includes(e.op)) : [];
  return {
    history,
    answer,
    published,
    refusal,
    tried,
    newest,
    sending,
    unsent: unsent !== null && refusal?.status === 0,
    others: edits.find((e) => e.revision > own.opened && !own.revisions.has(e.revision)) ?? null,
    canUndo: plan?.state === 'draft' && edits.some((e) => !e.undone),
    canRedo: plan?.state === 'draft' && edits.some((e) => e.undone),
    edit: (edit, base) => {
      const text = JSON.stringify([id, edit]);
      const key = unsent?.text === text ? unsent.key : drafts.newKey();
      setUnsent({text, key});
      setTried(edit);
      return run(() => drafts.postEdit(id, edit, {key, base}), took);
    },
    undo: () => turn('undo'),
    undoFrom: async (base = newest) => {
      let made: number | null = null;
      await run(
        () => drafts.turn(id, 'undo', {key: drafts.newKey(), base}),
        (done) => {
          made = done.revision;
          took(done);
        },
      );
      return made;
    },
    redo: () => turn('redo'),
    make: (name) => run(() => drafts.makeDraft(plan?.territory.id ?? 0, id, name), (made) => tell.opened(made.id)),
    goTo: (step) => run(() => drafts.goTo(id, step), (done) => setPublished(done.plan.state === 'in_force' ? done : null)),
    forget,
  };
}

/** Does one act and keeps why it was refused, and of which revision a stale one was told. */
function useRun(changed: () => void) {
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [sending, setSending] = useState(false);
  const [told, setTold] = useState(0);
  const run = async <T>(act: () => Promise<T>, done: (value: T) => void): Promise<Outcome> => {
    setSending(true);
    try {
      const value = await act();
      setRefusal(null);
      done(value);
      changed();
      return 'done';
    } catch (cause) {
      const error = cause instanceof ApiError ? cause : new ApiError(0, String(cause));
      setRefusal(error);
      if (error.status === 412) setTold(error.problem.changed?.revision ?? 0);
      return error.status > 0 ? 'refused' : 'unsent';
    } finally {
      setSending(false);
    }
  };
  return {refusal, sending, told, run, forget: () => setRefusal(null)};
}

/** What this page did to the plan; another plan begins anew. */
function useOwn(plan: Plan | null, reset: () => void): Own {
  const own = useRef<Own>({plan: null, opened: 0, revisions: new Set()});
  if (plan && own.current.plan !== plan.id) own.current = {plan: plan.id, opened: plan.revision, revisions: new Set()};
  useEffect(reset, [plan?.id]);
  return own.current;
}
