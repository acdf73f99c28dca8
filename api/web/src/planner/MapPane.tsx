import {useEffect, useRef, useState} from 'preact/hooks';
import type {Finding, GridRef, Plan, Position} from '../api/types';
import {useWords} from '../i18n/context';
import {createMap, type GridMap} from '../map/map';
import {IconButton} from './parts';
import type {Session, View} from './session';

interface Props {
  plan: Plan | null;
  /** The revision of the territory, 0 while unknown. */
  revision: number;
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
  const latest = useRef(props);
  latest.current = props;
  const scale = useRootScale();
  const opened = useFirstView(map, plan, session.view);

  useEffect(() => {
    if (!box.current) return;
    const made = createMap(box.current, session.theme, {
      pick: (at) => latest.current.onPick(at),
      finding: (id) => latest.current.onFinding(id),
      busy: setBusy,
      look: (view) => opened.current !== null && latest.current.onLook(view),
    });
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

  useRefresh(map, plan, props.revision);

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

/** Asks for tiles again when the territory has moved on to another revision. */
function useRefresh(map: GridMap | null, plan: Plan | null, revision: number) {
  const seen = useRef({plan: 0, revision: 0});
  useEffect(() => {
    if (!map || !plan || revision === 0) return;
    const {current} = seen;
    if (current.plan === plan.id && current.revision > 0 && current.revision !== revision) map.refresh();
    seen.current = {plan: plan.id, revision};
  }, [map, plan, revision]);
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
