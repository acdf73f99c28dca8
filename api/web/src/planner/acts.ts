import {useRef, useState} from 'preact/hooks';
import * as api from '../api/client';
import type {Finding, Grid, GridRef, Plan, Position} from '../api/types';
import type {GridMap} from '../map/map';
import {boundsOf} from './findings';
import {gridAtTier, LINKED, type Action, type Session} from './session';

/** What a person can do that needs an answer of the service before the session changes. */
export interface Acts {
  /** The last place pointed at lies in no grid. */
  readonly missed: boolean;
  /** The dedicated grids at the last place pointed at. */
  readonly overlays: readonly GridRef[];
  /** Why the last of these acts came to nothing. */
  readonly error: Error | null;
  pick(at: Position): void;
  select(grid: GridRef | null): void;
  /** Selects a grid and brings it into view. */
  goTo(grid: Pick<GridRef, 'id'>): void;
  goToCode(code: string): void;
  /** Brings a place into view, as if it had been pointed at. */
  goToPlace(at: Position): void;
  showFinding(finding: Finding | undefined): void;
}

interface Place {
  missed: boolean;
  overlays: readonly GridRef[];
}

/** Close enough to see a gap of some metres, far enough to see whose border it lies on. */
const FINDING_ZOOM = 16;

const NOWHERE: Place = {missed: false, overlays: []};

export function useActs(
  session: Session,
  dispatch: (action: Action) => void,
  plan: Plan | null,
  map: () => GridMap | null,
): Acts {
  const [place, setPlace] = useState<Place>(NOWHERE);
  const [error, setError] = useState<Error | null>(null);
  const run = useLatest(setError);
  const tiers = plan?.tiers ?? [];

  const fit = (grid: Grid) => grid.bounds && map()?.fit(grid.bounds, 0.15);
  const select = (grid: GridRef | null) => {
    setPlace(NOWHERE);
    dispatch({do: 'select', grid, tiers});
  };
  const go = async (id: number, signal: AbortSignal) => {
    if (!plan) return;
    const grid = await api.grid(plan.id, id, undefined, signal);
    select(grid);
    fit(grid);
  };
  const pick = (at: Position) =>
    run(async (signal) => {
      if (!plan) return;
      const found = await api.locate(plan.id, at, signal);
      const grid = gridAtTier(found.chain, session.tier, tiers);
      dispatch({do: 'select', grid, tiers});
      if (!grid || !LINKED.includes(session.tab)) dispatch({do: 'tab', tab: 'grid'});
      setPlace({missed: !grid, overlays: found.overlays});
    });
  return {
    ...place,
    error,
    select,
    pick,
    goToPlace: ([lon, lat]) => {
      map()?.jump({lon, lat, zoom: Math.max(session.view?.zoom ?? 0, FINDING_ZOOM)});
      pick([lon, lat]);
    },
    goTo: ({id}) => run((signal) => go(id, signal)),
    goToCode: (code) =>
      run(async (signal) => {
        if (!plan) return;
        const grid = await api.byCode(plan.id, code, signal);
        if (grid) await go(grid.id, signal);
      }),
    showFinding: (finding) =>
      run(async (signal) => {
        if (!plan || !finding) return;
        const ground = finding.geometry && finding.geometry.type !== 'Point' ? boundsOf(finding.geometry) : null;
        const id = !ground && hasGrid(finding) ? finding.subject.id : undefined;
        const grid = id === undefined ? null : await api.grid(plan.id, id, undefined, signal);
        dispatch({do: 'finding', finding, subject: grid, tiers});
        const bounds = ground ?? grid?.bounds ?? (finding.geometry ? boundsOf(finding.geometry) : null);
        if (bounds) map()?.fit(bounds, 0.3, FINDING_ZOOM);
      }),
  };
}

/** Findings about a grid or a division name a node of the plan; the others name a household or a person. */
const hasGrid = ({subject}: Finding) => subject.type === 'grid' || subject.type === 'division';

/** Runs one thing at a time: what was begun before is given up, what fails is told. */
function useLatest(tell: (error: Error | null) => void) {
  const current = useRef<AbortController | null>(null);
  return (act: (signal: AbortSignal) => Promise<void>) => {
    current.current?.abort();
    const control = (current.current = new AbortController());
    act(control.signal).then(
      () => tell(null),
      (cause: unknown) => {
        if (!control.signal.aborted) tell(cause instanceof Error ? cause : new Error(String(cause)));
      },
    );
  };
}
