import {useCallback, useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {basemaps, type Basemap} from '../api/basemaps';
import type {TerritoryEntry} from '../api/types';
import {useWords} from '../i18n/context';
import type {GridMap} from '../map/map';
import {useActs} from './acts';
import {useMend} from './checks/useMend';
import {usePlanData} from './data';
import {shownFindings} from './findings';
import {useCompare} from './compare/useCompare';
import {Header} from './Header';
import {Later} from './Later';
import {MapPane} from './MapPane';
import {MeasureCard} from './measure/MeasureCard';
import {useMeasure} from './measure/useMeasure';
import {useNotes} from './notes/useNotes';
import {Panels} from './Panels';
import {Awaited, Notice} from './parts';
import {Strip} from './redraw/lazy';
import {ToolBar} from './redraw/ToolBar';
import {useRedraw} from './redraw/useRedraw';
import {useRemote, type Remote} from './remote';
import type {Action, Session} from './session';
import {ImportWizard} from './wizard/lazy';
import type {Rows} from './wizard/rows';

interface Props {
  territories: Remote<TerritoryEntry[]>;
  session: Session;
  dispatch: (action: Action) => void;
}

/** Header, map and panels of the open plan. */
export function Workplace({territories, session, dispatch}: Props) {
  const {t} = useWords();
  const data = usePlanData(session);
  const plan = data.plan.value;
  const report = data.report.value;
  useEffect(() => {
    if (plan) dispatch({do: 'tiers', tiers: plan.tiers});
  }, [plan]);

  const held = useRef<GridMap | null>(null);
  const map = useCallback(() => held.current, []);
  const onMap = useCallback((made: GridMap | null) => void (held.current = made), []);
  const acts = useActs(session, dispatch, plan, map);
  const redraw = useRedraw({session, dispatch, plan, revision: data.revision, map, plansChanged: territories.retry});
  const shown = useMemo(() => shownFindings(report?.findings ?? [], session), [report, session.hidden, session.filter]);
  const measured = useMeasure(session, plan, data.revision);
  const mend = useMend({plan, report, plans: data.territory?.plans ?? [], redraw, dispatch, plansChanged: territories.retry});
  const [rows, setRows] = useState<Rows | null>(null);
  const compare = useCompare(session, plan, data.revision, data.territory);
  const notes = useNotes(session, plan, data.revision);
  const grounds = useRemote(plan ? 'basemaps' : null, 0, basemaps).value ?? NONE;
  const basemap = grounds.find((b) => b.id === session.basemap) ?? null;
  const finding = (id: string | null) => report?.findings.find((f) => f.id === id);

  return (
    <div class="page">
      <a class="skip" href="#panel">{t('app.skip')}</a>
      <Header territories={territories.value ?? []} data={data} session={session} dispatch={dispatch} onGrid={acts.goTo} onPlace={acts.goToPlace} />
      <MapPane
        plan={plan}
        revision={data.revision}
        live={data.live}
        session={session}
        selected={session.grid === null ? null : data.grid.value}
        findings={rows?.findings ?? shown}
        finding={rows ? rows.chosen : (finding(session.finding) ?? null)}
        thematic={measured.thematic}
        difference={compare.difference}
        notes={notes.marks}
        basemap={basemap}
        hand={redraw.onMap}
        onPick={acts.pick}
        onFinding={(id) => (rows ? rows.choose(id) : acts.showFinding(finding(id)))}
        onLook={(view) => dispatch({do: 'look', view})}
        onMap={onMap}
      >
        {plan && (
          <ToolBar redraw={redraw} plan={plan}>
            <Strip redraw={redraw} plan={plan} tier={session.tier} present={data.present} onOpen={() => dispatch({do: 'tab', tab: 'redraw'})} />
          </ToolBar>
        )}
        {compare.swipe && compare.other && 'plan' in compare.other && (
          <Later load={loadSwipe} props={{other: compare.other.plan, revision: data.revision, session, basemap, map}} />
        )}
        {plan && <MeasureCard session={session} dispatch={dispatch} measured={measured} basemaps={grounds} />}
      </MapPane>
      {plan ? (
        <Panels plan={plan} data={data} session={session} dispatch={dispatch} acts={acts} map={map} redraw={redraw} measured={measured} compare={compare} notes={notes} mend={mend} plansChanged={territories.retry} onRows={setRows} />
      ) : (
        <aside class="side" id="panel">
          <Awaited remote={territories}>
            {(all) =>
              all.length === 0 ? (
                <>
                  <Notice title={t('load.empty')}>{t('load.emptyHint')}</Notice>
                  <ImportWizard map={map} onRows={setRows} onOpen={(made) => dispatch({do: 'open', plan: made})} plansChanged={territories.retry} />
                </>
              ) : (
                <Awaited remote={data.plan}>{() => null}</Awaited>
              )
            }
          </Awaited>
        </aside>
      )}
      {acts.error && <p class="toast" role="alert">{acts.error.message}</p>}
    </div>
  );
}

const NONE: readonly Basemap[] = [];

const loadSwipe = () => import('./compare/Swipe');
