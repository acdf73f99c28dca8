import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import type {Plan, Position} from '../../api/types';
import type {GridMap} from '../../map/map';
import {KEYS, TOOLS, tools, type Carving, type Tool} from '../model/tools';
import type {Turn, Turns} from '../model/turns';
import {nothingNew, turnsAfter} from '../model/wishes';
import type {Action, Session} from '../session';
import {atomAt} from './atoms';
import {sketchOf} from './features';
import {deskStore, useDesk, type DeskStore} from './store';
import {useBalance, type Balanced} from './useBalance';
import {useDraft, type Draft} from './useDraft';
import {useGround, type Reach} from './useGround';
import {useWishes} from './useWishes';

/** Everything about redrawing that the page's parts need. */
export interface Redraw {
  readonly store: DeskStore;
  readonly draft: Draft;
  readonly reach: Reach;
  /** How the grids of the draft stand to their band. */
  readonly balanced: Balanced;
  readonly carving: Carving;
  readonly carve: (carving: Carving) => void;
  /** The open plan can be drawn on. */
  readonly open: boolean;
  readonly take: (tool: Tool) => void;
  /** Sends what is drawn, if it is enough for an edit. */
  readonly finish: () => void;
  /** Undoes or redoes, so many times; after what is on its way. */
  readonly turn: (what: Turn, times?: number) => void;
  /** What is left to undo and redo once all that was asked for is done. */
  readonly turns: Turns;
  /** Something is on its way, or waits for it. */
  readonly busy: boolean;
  readonly onMap: Hand;
}

/** What the hand does on the map; each returns whether the tool has taken it. */
export interface Hand {
  point(at: Position, reachM: number): boolean;
  hover(at: Position | null, reachM: number): void;
  press(at: Position, reachM: number, whole: boolean): boolean;
  drag(at: Position, reachM: number): void;
  drop(): void;
  cross(at: Position, reachM: number, key: 'Enter' | ' '): boolean;
}

interface Around {
  session: Session;
  dispatch: (action: Action) => void;
  plan: Plan | null;
  revision: number;
  map: () => GridMap | null;
  /** The list of plans is to be asked for again. */
  plansChanged: () => void;
}

export function useRedraw({session, dispatch, plan, revision, map, plansChanged}: Around): Redraw {
  const store = useMemo(deskStore, []);
  const [carving, carve] = useState<Carving>({name: '', owner: ''});
  const tool = useDesk(store, (d) => d.tool);
  const draft = useDraft(plan, revision, {
    opened: (id) => {
      dispatch({do: 'turn', plan: id});
      dispatch({do: 'tab', tab: 'redraw'});
    },
    changed: plansChanged,
  });
  const open = plan?.state === 'draft';
  const newest = Math.max(revision, draft.newest);
  const reach = useGround(store, {
    plan, tier: session.tier, wanted: open && tool !== 'look', view: session.view, revision: newest, bounds: () => map()?.bounds() ?? null,
  });
  const balanced = useBalance(plan, session.tier, newest);
  const take = (next: Tool) => {
    draft.forget();
    store.act({do: 'tool', tool: open ? next : 'look'});
    if (next !== 'look') dispatch({do: 'tab', tab: 'redraw'});
  };
  const send = () => {
    const desk = store.desk();
    const edit = tools[desk.tool].edit(desk, carving);
    if (!edit || !desk.ground) return;
    void draft.edit(edit, desk.ground.revision).then((outcome) => {
      if (outcome === 'done') carve({name: '', owner: ''});
      // A border that was refused goes back; a line stays, so that it can be mended, and so does what was not sent.
      if (nothingNew(desk, store.desk()) && (outcome === 'done' || (outcome === 'refused' && desk.grab))) store.act({do: 'clear'});
    });
  };
  const now = () => {
    const desk = store.desk();
    // Ground that only this page has changed is waited for. Where somebody else did, the service is told which ground was seen.
    const own = draft.answer?.revision === newest;
    const groundless = reach === 'none' && !desk.grab && (own || !desk.ground);
    return {plan: plan?.id, tier: session.tier, refusal: draft.refusal, desk, carving, open, sending: draft.sending, groundless, turns: draft.turns};
  };
  const {wishes, wish} = useWishes(now, (what) => (what === 'finish' ? send() : void draft.turn(what)));
  useEffect(() => {
    if (!open) store.act({do: 'tool', tool: 'look'});
  }, [open, plan?.id]);
  useEffect(() => {
    const show = () => map()?.sketch(sketchOf(store.desk(), draft));
    show();
    return store.watch(show);
  }, [draft.answer, draft.refusal]);
  const brushed = useRef<Promise<unknown>>(Promise.resolve());
  const brush = (at: Position) => {
    if (plan && session.tier) brushed.current = Promise.all([brushed.current, paintAt(store, plan, session.tier, at)]);
  };
  const finish = () => {
    const {tool: held} = store.desk();
    if (held !== 'paint') wish('finish');
    else void brushed.current.then(() => store.desk().tool === held && wish('finish')); // what was pointed at belongs to it
  };
  const hands: Redraw = {
    store, draft, reach, balanced, carving, carve, open, take, finish, turn: wish, turns: turnsAfter(draft.turns, wishes),
    busy: draft.sending || wishes.length > 0, onMap: handOf(store, finish, brush),
  };
  useKeys(hands);
  return hands;
}

/** Paints the small grid or the compound at a place; nothing where there is none, or where the receiving grid lies itself. */
async function paintAt(store: DeskStore, plan: Plan, tier: string, at: Position) {
  const [to] = store.desk().picks;
  const atom = await atomAt(plan, tier, at, to ?? 0).catch(() => null);
  if (atom && store.desk().picks[0] === to) store.act({do: 'paint', atom});
}

function handOf(store: DeskStore, finish: () => void, brush: (at: Position) => void): Hand {
  const busy = () => store.desk().tool !== 'look';
  const point = (at: Position, reachM: number) => {
    const {tool, picks} = store.desk();
    if (tool === 'paint' && picks.length > 0) brush(at);
    else store.act({do: 'point', at, reachM});
  };
  return {
    point: (at, reachM) => {
      if (!busy()) return false;
      point(at, reachM);
      return true;
    },
    hover: (at, reachM) => {
      if (busy() && !store.desk().grab) store.act({do: 'hover', at, reachM});
    },
    press: (at, reachM, whole) => busy() && store.act({do: 'grab', at, reachM, whole}).grab !== null,
    drag: (at, reachM) => void store.act({do: 'drag', at, reachM}),
    drop: () => {
      const desk = store.desk();
      if (tools[desk.tool].edit(desk, {name: '', owner: ''})) finish();
      else store.act({do: 'clear'});
    },
    cross: (at, reachM, key) => {
      if (!busy()) return false;
      const {tool, grab} = store.desk();
      if (key === 'Enter') return true; // the page's own keys finish
      if (grab) store.act({do: 'drag', at, reachM});
      else if (tools[tool].grabs) store.act({do: 'grab', at, reachM: reachM * 2, whole: false});
      else point(at, reachM);
      return true;
    },
  };
}

/** Letters take tools, Enter sends, Backspace takes back a point, Escape lets go; Ctrl+Z and Ctrl+Shift+Z undo and redo. */
function useKeys(hands: Redraw) {
  const latest = useRef(hands);
  latest.current = hands;
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const {open, store} = latest.current;
      if (!open || isTyping(e.target) || e.altKey) return;
      const done = e.ctrlKey || e.metaKey ? turnBy(e, latest.current) : handBy(e, latest.current, store);
      if (done) e.preventDefault();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
}

function turnBy(e: KeyboardEvent, {turn, busy}: Redraw): boolean {
  if (e.key.toLowerCase() !== 'z') return false;
  if (!(e.repeat && busy)) turn(e.shiftKey ? 'redo' : 'undo'); // a key held down goes no farther than the eye can follow
  return true;
}

function handBy(e: KeyboardEvent, {take, finish, draft}: Redraw, store: DeskStore): boolean {
  const {tool, line, picks, painted, grab} = store.desk();
  const letter = TOOLS.find((t) => KEYS[t] === e.key.toLowerCase());
  if (letter) take(letter);
  else if (tool === 'look') return false;
  else if (e.key === 'Enter' && !(e.target instanceof HTMLButtonElement)) finish();
  else if (e.key === 'Backspace') store.act({do: 'back'});
  else if (e.key === 'Escape') {
    draft.forget();
    if (line.length > 0 || picks.length > 0 || painted.length > 0 || grab) store.act({do: 'clear'});
    else take('look');
  } else return false;
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  const text = target instanceof HTMLInputElement && !['radio', 'checkbox', 'button'].includes(target.type);
  return text || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
