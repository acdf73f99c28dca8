import {useEffect, useRef, useState} from 'preact/hooks';
import type {Plan} from '../api/types';
import {createMap, type GridMap, type MapEvents} from '../map/map';
import type {MapProps} from './MapPane';
import type {Session, View} from './session';

/** What the person must be told of the map: it lacks tiles or what should lie under them, or cannot be drawn at all. */
export type Trouble = 'none' | 'tiles' | 'basemap' | 'map';

/** Puts a map into the box for as long as the pane stands, and shows in it what the session says. */
export function useMap(props: MapProps) {
  const {plan, session, selected, findings, finding, thematic, difference, notes, basemap} = props;
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<GridMap | null>(null);
  const [busy, setBusy] = useState(true);
  const [trouble, setTrouble] = useState<Trouble>('none');
  const latest = useRef(props);
  latest.current = props;
  const opened = useFirstView(map, plan, session.view);

  useEffect(() => {
    const made = createMapOrNot(box.current, session, {
      pick: (at, reachM) => latest.current.hand.point(at, reachM) || latest.current.onPick(at),
      hover: (at, reachM) => latest.current.hand.hover(at, reachM),
      press: (at, reachM, whole) => latest.current.hand.press(at, reachM, whole),
      drag: (at, reachM) => latest.current.hand.drag(at, reachM),
      drop: () => latest.current.hand.drop(),
      cross: (at, reachM, key) => latest.current.hand.cross(at, reachM, key) || (key === 'Enter' && latest.current.onPick(at)),
      finding: (id) => latest.current.onFinding(id),
      look: (view) => opened.current !== null && latest.current.onLook(view),
      failed: (what) => setTrouble((t) => (t === 'tiles' ? t : what)),
      busy: setBusy,
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

  const scale = useRootScale();
  useEffect(() => {
    if (!map || !plan || !session.tier) return;
    const {tier, lang, theme, off} = session;
    map.show({origin: location.origin, plan, tier, lang, theme, off, scale, selected, findings, finding, thematic, difference, notes, basemap});
  }, [map, plan, session.tier, session.lang, session.theme, session.off, scale, selected, findings, finding, thematic, difference, notes, basemap]);

  const refresh = () => {
    setTrouble('none');
    map?.refresh();
  };
  useRefresh(plan, props.revision, props.live, refresh);
  return {box, map, busy, trouble, refresh};
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
function createMapOrNot(box: HTMLElement | null, {theme}: Session, events: MapEvents): GridMap | null {
  if (!box) return null;
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
export function useRootScale(): number {
  const read = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
  const [scale, setScale] = useState(read);
  useEffect(() => {
    const update = () => setScale(read());
    addEventListener('resize', update);
    return () => removeEventListener('resize', update);
  }, []);
  return scale;
}
