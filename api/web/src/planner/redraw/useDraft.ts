import {useEffect, useRef, useState} from 'preact/hooks';
import {ApiError} from '../../api/client';
import * as drafts from '../../api/drafts';
import type {Edited, EditEntry, History, Published} from '../../api/edited';
import type {Plan, PlanState} from '../../api/types';
import type {Edit} from '../model/tools';
import {ownEdits, turned, turnsOf, type Turn, type Turns} from '../model/turns';
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
  /** What is left to undo and redo when what is on its way is done; null as long as the history was not read. */
  readonly turns: Turns | null;
  /** Sends an edit drawn at a revision. */
  edit(edit: Edit, base: number): Promise<Outcome>;
  turn(what: Turn): Promise<Outcome>;
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
  /** What this page did at each of its revisions, the first one first. */
  acts: Map<number, string>;
}

export function useDraft(plan: Plan | null, revision: number, tell: {opened: (plan: number) => void; changed: () => void}): Draft {
  const [answered, setAnswer] = useState<Edited | null>(null);
  const [published, setPublished] = useState<Published | null>(null);
  const [unsent, setUnsent] = useState<{text: string; key: string} | null>(null);
  const [tried, setTried] = useState<Edit | null>(null);
  const id = plan?.id ?? 0;
  const {refusal, doing, told, run, forget} = useRun(id, tell.changed);
  const own = useOwn(plan, () => [setAnswer(null), setPublished(null), setUnsent(null), setTried(null), forget()]);
  const answer = answered?.plan === id ? answered : null; // an answer may come when another plan is open
  const newest = Math.max(plan?.revision ?? 0, answer?.revision ?? 0, told);
  const history = useRemote(plan ? `history/${id}` : null, Math.max(revision, newest), (signal) => drafts.history(id, signal));
  const took = (done: Edited) => {
    own.acts.set(done.revision, done.op);
    setAnswer(done);
    setUnsent(null);
    setTried(null);
  };
  const read = history.value?.plan === id ? history.value : null;
  const edits = ownEdits(read?.edits ?? []);
  return {
    history,
    answer,
    published: published?.plan.id === id ? published : null,
    refusal,
    tried,
    newest,
    sending: doing !== null,
    unsent: unsent !== null && refusal?.status === 0,
    others: edits.find((e) => e.revision > own.opened && !own.acts.has(e.revision)) ?? null,
    turns: read && turnsNow(read, own, doing),
    edit: (edit, base) => {
      const text = JSON.stringify([id, edit]);
      const key = unsent?.text === text ? unsent.key : drafts.newKey();
      setUnsent({text, key});
      setTried(edit);
      return run('edit', () => drafts.postEdit(id, edit, {key, base}), took);
    },
    turn: (what) => run(what, () => drafts.turn(id, what, {key: drafts.newKey(), base: newest}), took),
    make: (name) => run('make', () => drafts.makeDraft(plan?.territory.id ?? 0, id, name), (made) => tell.opened(made.id)),
    goTo: (step) => run('step', () => drafts.goTo(id, step), (done) => setPublished(done.plan.state === 'in_force' ? done : null)),
    forget,
  };
}

/** What is on its way to the service. */
type Doing = 'edit' | Turn | 'make' | 'step';

/** What this page's own answers add to the history, and then what is on its way: the history need not be read again for that. */
function turnsNow({revision, edits, next}: History, {acts}: Own, doing: Doing | null): Turns {
  const known = Math.max(revision, edits[0]?.revision ?? 0);
  const since = [...acts].flatMap(([at, op]) => (at > known ? op : []));
  const turns = since.reduce(turned, turnsOf(edits, next !== undefined));
  return doing === null || doing === 'make' || doing === 'step' ? turns : turned(turns, doing);
}

/** Does one act on the plan and keeps why it was refused, and of which revision a stale one was told. */
function useRun(plan: number, changed: () => void) {
  const [refused, setRefused] = useState<{plan: number; error: ApiError} | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [told, setTold] = useState(0);
  const run = async <T>(what: Doing, act: () => Promise<T>, done: (value: T) => void): Promise<Outcome> => {
    setDoing(what);
    try {
      const value = await act();
      setRefused(null);
      done(value);
      changed();
      return 'done';
    } catch (cause) {
      const error = cause instanceof ApiError ? cause : new ApiError(0, String(cause));
      setRefused({plan, error});
      if (error.status === 412) setTold(error.problem.changed?.revision ?? 0);
      return error.status > 0 ? 'refused' : 'unsent';
    } finally {
      setDoing(null);
    }
  };
  return {refusal: refused?.plan === plan ? refused.error : null, doing, told, run, forget: () => setRefused(null)};
}

/** What this page did to the plan; another plan begins anew. */
function useOwn(plan: Plan | null, reset: () => void): Own {
  const own = useRef<Own>({plan: null, opened: 0, acts: new Map()});
  if (plan && own.current.plan !== plan.id) own.current = {plan: plan.id, opened: plan.revision, acts: new Map()};
  useEffect(reset, [plan?.id]);
  return own.current;
}
