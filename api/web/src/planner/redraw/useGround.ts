import {useEffect, useRef, useState} from 'preact/hooks';
import * as drafts from '../../api/drafts';
import type {Bounds, Plan} from '../../api/types';
import {groundOf, type Ground} from '../model/ground';
import {settled} from '../model/people';
import type {View} from '../session';
import {whenFree, type DeskStore} from './store';

/** The most grids that are laid out on the desk at once: more could not be told apart on any screen. */
export const MOST_GRIDS = 400;

/** How long after ground did not come it is asked for again. */
const AGAIN_MS = 3000;

/** How far the ground on the desk reaches: all of what is in view, too much of it, none. */
export type Reach = 'none' | 'whole' | 'cut';

interface Asked {
  readonly plan: Plan | null;
  readonly tier: string | null;
  /** Whether there is a tool in the hand. */
  readonly wanted: boolean;
  readonly view: View | null;
  readonly revision: number;
  readonly bounds: () => Bounds | null;
}

/** Lays the grids in view on the desk, and again when the view or the plan has moved; while a border is in the hand it waits. */
export function useGround(store: DeskStore, {plan, tier, wanted, view, revision, bounds}: Asked): Reach {
  const [reach, setReach] = useState<Reach>('none');
  const [failures, setFailures] = useState(0);
  const laid = useRef('');
  // Ground of before the last edit is not drawn on: the service would call it stale.
  const old = () => (store.desk().ground?.revision ?? 0) < revision;
  useEffect(() => {
    const box = bounds();
    if (!wanted || !plan || !tier || !box) {
      store.act({do: 'ground', ground: null});
      return setReach('none');
    }
    const of = `${plan.id}/${tier}`;
    if (laid.current !== of) store.act({do: 'ground', ground: null}); // nobody draws on the grids of another tier
    laid.current = of;
    if (old()) setReach('none');
    const control = new AbortController();
    let again = 0;
    const asked = {tier, bounds: box, limit: MOST_GRIDS, revision: revision || undefined};
    drafts.drawnGrids(plan.id, asked, control.signal).then(
      ({body, revision: read}) =>
        whenFree(store, control.signal, () => {
          const ground = groundOf(read, body.grids);
          store.act({do: 'ground', ground});
          void settle(store, plan.id, ground, control.signal);
          setReach(body.total > body.grids.length ? 'cut' : 'whole');
        }),
      () => {
        if (control.signal.aborted) return;
        setReach('none');
        again = window.setTimeout(() => setFailures(failures + 1), AGAIN_MS);
      },
    );
    return () => {
      control.abort();
      clearTimeout(again);
    };
  }, [wanted, plan?.id, tier, view?.lon, view?.lat, view?.zoom, revision, failures]);
  return old() ? 'none' : reach; // at once, not only when the effect has run
}

/** Asks who lives on the ground; without an answer there are no live counts, and the service counts at release. */
async function settle(store: DeskStore, plan: number, {vertices}: Ground, signal: AbortSignal) {
  if (vertices.length === 0) return;
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon, lat] of vertices) [west, south, east, north] = [Math.min(west, lon), Math.min(south, lat), Math.max(east, lon), Math.max(north, lat)];
  try {
    const {exact, places} = await drafts.people(plan, [west, south, east, north], signal);
    if (!signal.aborted) store.act({do: 'people', people: settled(exact, places)});
  } catch {
    if (!signal.aborted) store.act({do: 'people', people: null});
  }
}
