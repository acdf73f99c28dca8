import {useEffect, useRef, useState} from 'preact/hooks';
import type {Finding, GridRef, Plan, Position} from '../api/types';
import {useWords} from '../i18n/context';
import {createMap, type GridMap, type MapEvents} from '../map/map';
import {IconButton, Notice} from './parts';
import type {Session, View} from './session';

interface Props {
  plan: Plan | null;
  /** The revision of the territory, 0 while unknown. */
  revision: number;
  /** The service is in reach. */
  live: boolean;
  session: Session;
  selected: GridRef | null;
  findings: readonly Finding[];
  finding: Finding | null;
  onPick: (at: Position) => void;
  onFinding: (id: string) => void;
  onLook: (view: View) => void;
  /** Hands out the map once it stands, so that panels can move it. */
  onMap: (map: GridMap | null) => void;
}

/** The map and its buttons; keeps what MapLibre shows equal to what the session says. */
export function MapPane(props: Props) {
  const {plan, session, selected, findings, finding} = props;
  const {t} = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<GridMap | null>(null);
  const [busy, setBusy] = useState(true);
  const [trouble, setTrouble] = useState<'none' | 'tiles' | 'map'>('none');
  const latest = useRef(props);
  latest.current = props;
  const scale = useRootScale();
  const opened = useFirstView(map, plan, session.view);

  useEffect(() => {
    if (!box.current) return;
    const made = createMapOrNot(box.current, session, {
      pick: (at) => latest.current.onPick(at),
      finding: (id) => latest.current.onFinding(id),
      failed: () => setTrouble('tiles'),
      busy: setBusy,
      look: (view) => opened.current !== null && latest.current.onLook(view),
    });
    if (!made) {
      setTrouble('map');
      setBusy(false);
      return;
    }
    setMap(made);
    props.onMap(made);
    return () => {
      latest.current.onMap(null);
      made.remove();
    };
  }, []);

  useEffect(() => map?.name(t('app.map')), [map, session.lang]);

  useEffect(() => {
    if (!map || !plan || !session.tier) return;
    const {tier, lang, theme} = session;
    map.show({origin: location.origin, plan, tier, lang, theme, scale, selected, findings, finding});
  }, [map, plan, session.tier, session.lang, session.theme, scale, selected, findings, finding]);

  const refresh = () => {
    setTrouble('none');
    map?.refresh();
  };
  useRefresh(plan, props.revision, props.live, refresh);

  return (
    <main class="map" aria-label={t('app.title')} aria-busy={busy}>
      <div class="map-box" ref={box} />
      <div class="map-tools">
        <IconButton icon="plus" label={t('map.zoomIn')} onClick={() => map?.zoom(1)} />
        <IconButton icon="minus" label={t('map.zoomOut')} onClick={() => map?.zoom(-1)} />
        {plan?.bounds && (
          <IconButton icon="whole" label={t('map.whole')} onClick={() => plan.bounds && map?.fit(plan.bounds, 0.06)} />
        )}
      </div>
      <span class="map-cross" aria-hidden="true" />
      {trouble === 'map' && <div class="map-trouble" role="alert"><Notice title={t('map.unable')}>{t('map.unableHint')}</Notice></div>}
      {trouble === 'tiles' && (
        <p class="map-trouble map-trouble-bar" role="alert">
          {t('map.tilesFailed')}
          <button type="button" class="button" onClick={refresh}>{t('load.retry')}</button>
        </p>
      )}
    </main>
  );
}

/**
 * Opens a plan where the address says, else on the whole territory. The ref
 * returned holds the plan whose view the map shows; before that, where the map
 * looks is no one's choice.
 */
function useFirstView(map: GridMap | null, plan: Plan | null, view: View | null) {
  const opened = useRef<number | null>(null);
  useEffect(() => {
    if (!map || !plan || opened.current === plan.id) return;
    opened.current = plan.id;
    if (view) map.jump(view);
    else if (plan.bounds) map.frame(plan.bounds);
  }, [map, plan, view]);
  return opened;
}

/** The map, or null where the browser cannot draw one: the panels work without it. */
function createMapOrNot(box: HTMLElement, {theme}: Session, events: MapEvents): GridMap | null {
  try {
    return createMap(box, theme, events);
  } catch (cause) {
    console.warn('no map:', cause);
    return null;
  }
}

/** Asks for tiles again when the territory has moved on, or the service is back after it was lost. */
function useRefresh(plan: Plan | null, revision: number, live: boolean, refresh: () => void) {
  const seen = useRef({plan: 0, revision: 0, live: true});
  useEffect(() => {
    if (!plan || revision === 0) return;
    const {current: last} = seen;
    const moved = last.revision > 0 && last.revision !== revision;
    if (last.plan === plan.id && (moved || (live && !last.live))) refresh();
    seen.current = {plan: plan.id, revision, live};
  }, [plan, revision, live]);
}

/** How much larger than on a desk the page is set (theme.css enlarges it on walls). */
function useRootScale(): number {
  const read = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
  const [scale, setScale] = useState(read);
  useEffect(() => {
    const update = () => setScale(read());
    addEventListener('resize', update);
    return () => removeEventListener('resize', update);
  }, []);
  return scale;
}
