import {useEffect, useState} from 'preact/hooks';
import type {Bounds, Plan} from '../api/types';
import {useWords} from '../i18n/context';
import type {GridMap} from '../map/map';
import type {Acts} from './acts';
import type {PlanData} from './data';
import type {Mend} from './checks/useMend';
import type {Compare} from './compare/useCompare';
import {countBySeverity} from './findings';
import {FindingsPanel} from './FindingsPanel';
import {GridPanel} from './GridPanel';
import {Later} from './Later';
import {ListPanel} from './measure/ListPanel';
import type {Measured} from './measure/useMeasure';
import type {Notes} from './notes/useNotes';
import {Awaited, SeverityMark} from './parts';
import {RedrawPanel} from './redraw/RedrawPanel';
import type {Redraw} from './redraw/useRedraw';
import {SEVERITIES, TABS, type Action, type Session, type Tab} from './session';
import {Board} from './staffing/lazy';
import {TierSwitch} from './TierSwitch';
import {Files} from './wizard/lazy';
import type {Rows} from './wizard/rows';

/** From here on the selected grid has a column of its own. */
const WIDE = '(min-width: 1600px)';

interface Props {
  plan: Plan;
  data: PlanData;
  session: Session;
  dispatch: (action: Action) => void;
  acts: Acts;
  map: () => GridMap | null;
  redraw: Redraw;
  measured: Measured;
  mend: Mend;
  /** The list of plans is to be asked for again. */
  plansChanged: () => void;
  /** Rows of an import to be shown on the map in the place of findings; null: none. */
  onRows: (rows: Rows | null) => void;
  compare: Compare;
  notes: Notes;
}

/** The panels beside the map: tiers, and one of the rail's; on a wide screen the grid apart. */
export function Panels(props: Props) {
  const {plan, session, dispatch} = props;
  const {t} = useWords();
  const wide = useMedia(WIDE);
  const tabs = TABS.filter((tab) => !wide || tab !== 'grid');
  const tab = wide && session.tab === 'grid' ? 'findings' : session.tab;
  return (
    <>
      <aside class="side" id="panel" aria-label={t('tab.label')}>
        <TabList {...props} tabs={tabs} tab={tab} />
        <TierSwitch plan={plan} tier={session.tier} onTier={(tier) => dispatch({do: 'tier', tier})} />
        <div class="tab-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} tabIndex={0}>
          <Body {...props} tab={tab} />
        </div>
      </aside>
      {wide && <aside class="side side-grid" aria-label={t('tab.grid')}><GridSide {...props} /></aside>}
    </>
  );
}

function Body(props: Props & {tab: Tab}) {
  switch (props.tab) {
    case 'grid':
      return <GridSide {...props} />;
    case 'list':
      return <ListPanel session={props.session} measured={props.measured} onGrid={props.acts.goTo} />;
    case 'findings':
      return <Findings {...props} />;
    case 'staffing':
      return <Staffing {...props} />;
    case 'files':
      return <Files plan={props.plan} tier={props.session.tier} onRows={props.onRows} map={props.map} onOpen={(plan) => props.dispatch({do: 'open', plan})} plansChanged={props.plansChanged} />;
    case 'compare':
      return <Later key="compare" load={panels.compare} props={{...aside(props), tier: props.session.tier, compare: props.compare, draft: props.redraw.draft, undo: (times) => props.redraw.turn('undo', times), busy: props.redraw.busy, plans: props.data.territory?.plans ?? [], day: props.session.day, onDay: (day) => props.dispatch({do: 'day', day})}} />;
    case 'notes':
      return <Later key="notes" load={panels.notes} props={{...aside(props), notes: props.notes, grid: props.session.grid === null ? null : props.data.grid.value, middle: () => props.map()?.middle()[0] ?? null, onGrid: props.acts.goTo}} />;
    case 'redraw':
      return <RedrawPanel plan={props.plan} redraw={props.redraw} present={props.data.present} tier={props.session.tier} onFinding={props.acts.showFinding} onGrid={props.acts.goTo} />;
  }
}

/** Panels that are not needed at first. */
const panels = {
  compare: () => import('./compare/ComparePanel'),
  notes: () => import('./notes/NotesPanel'),
};

const aside = ({plan, map}: Props) => ({plan, onGround: (bounds: Bounds) => map()?.fit(bounds, 0.25, GROUND_ZOOM)});

/** Close enough to see what lies about a place. */
const GROUND_ZOOM = 16;

function TabList({data, dispatch, tabs, tab}: Props & {tabs: readonly Tab[]; tab: Tab}) {
  const {t} = useWords();
  const move = (e: KeyboardEvent) => {
    const by = ['ArrowDown', 'ArrowRight'].includes(e.key) ? 1 : ['ArrowUp', 'ArrowLeft'].includes(e.key) ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    if (by === 0 || !next) return;
    e.preventDefault();
    dispatch({do: 'tab', tab: next});
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-orientation="vertical" aria-label={t('tab.label')} onKeyDown={move}>
      {tabs.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === tab}
          aria-controls={`panel-${name}`}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => dispatch({do: 'tab', tab: name})}
        >
          {t(`tab.${name}`)}
          {name === 'findings' && <WorstCount data={data} />}
        </button>
      ))}
    </div>
  );
}

/** The number of findings of the worst severity there is, on the tab that leads to them. */
function WorstCount({data}: {data: PlanData}) {
  const {number} = useWords();
  const counts = countBySeverity(data.report.value?.findings ?? []);
  const worst = SEVERITIES.find((s) => counts[s] > 0);
  if (!worst || worst === 'info') return null;
  return <span class="tab-count"><SeverityMark severity={worst} /> {number(counts[worst])}</span>;
}

function GridSide({plan, data, session, acts, map}: Props) {
  return (
    <GridPanel
      plan={plan}
      grid={data.grid}
      chosen={session.grid !== null}
      missed={acts.missed}
      overlays={acts.overlays}
      onGrid={acts.select}
      onZoom={(grid) => grid.bounds && map()?.fit(grid.bounds, 0.15)}
    />
  );
}

function Findings({data, session, dispatch, acts, mend}: Props) {
  return (
    <Awaited remote={data.report}>
      {(report) => (
        <FindingsPanel
          report={report}
          session={session}
          onSeverity={(severity) => dispatch({do: 'severity', severity})}
          onFilter={(text) => dispatch({do: 'filter', text})}
          onFinding={acts.showFinding}
          mend={mend}
        />
      )}
    </Awaited>
  );
}

function Staffing({plan, data, session, dispatch, acts}: Props) {
  return (
    <Awaited remote={data.report}>
      {(report) => (
        <Board
          plan={plan}
          report={report}
          revision={data.revision}
          grid={session.grid === null ? null : data.grid.value}
          onUnit={acts.goToCode}
          onTier={(tier) => dispatch({do: 'tier', tier})}
        />
      )}
    </Awaited>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const update = () => setMatches(list.matches);
    list.addEventListener('change', update);
    return () => list.removeEventListener('change', update);
  }, [query]);
  return matches;
}
