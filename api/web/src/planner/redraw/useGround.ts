import {useEffect, useState} from 'preact/hooks';
import * as drafts from '../../api/drafts';
import type {Bounds, Plan} from '../../api/types';
import {groundOf} from '../model/ground';
import type {View} from '../session';
import type {DeskStore} from './store';

/** The most grids that are laid out on the desk at once: more could not be told apart on any screen. */
export const MOST_GRIDS = 400;

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

/** Lays the grids in view on the desk, and again when the view or the plan has moved; not while a border is in the hand. */
export function useGround(store: DeskStore, {plan, tier, wanted, view, revision, bounds}: Asked): Reach {
  const [reach, setReach] = useState<Reach>('none');
  useEffect(() => {
    const box = bounds();
    if (!wanted || !plan || !tier || !box) {
      store.act({do: 'ground', ground: null});
      return setReach('none');
    }
    // Ground of before the last edit is not drawn on: the service would call it stale.
    if ((store.desk().ground?.revision ?? 0) < revision) setReach('none');
    const control = new AbortController();
    const asked = {tier, bounds: box, limit: MOST_GRIDS, revision: revision || undefined};
    drafts.drawnGrids(plan.id, asked, control.signal).then(
      ({body, revision: read}) => {
        if (control.signal.aborted || store.desk().grab) return;
        store.act({do: 'ground', ground: groundOf(read, body.grids)});
        setReach(body.total > body.grids.length ? 'cut' : 'whole');
      },
      () => !control.signal.aborted && setReach('none'),
    );
    return () => control.abort();
  }, [wanted, plan?.id, tier, view?.lon, view?.lat, view?.zoom, revision]);
  return reach;
}
