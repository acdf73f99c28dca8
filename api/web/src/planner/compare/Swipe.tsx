import {useEffect, useRef, useState} from 'preact/hooks';
import type {Basemap} from '../../api/basemaps';
import * as api from '../../api/client';
import {useWords} from '../../i18n/context';
import {createBeside} from '../../map/beside';
import type {GridMap} from '../../map/map';
import {useRemote} from '../remote';
import type {Session} from '../session';
import {useRootScale} from '../useMap';

export interface SwipeProps {
  /** The plan that is uncovered. */
  other: number;
  revision: number;
  session: Session;
  basemap: Basemap | null;
  map: () => GridMap | null;
}

/** Another plan on the right of a line that can be dragged or moved with the arrow keys. */
export default function Swipe({other, revision, session, basemap, map}: SwipeProps) {
  const {t} = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(50);
  const beside = useRef<ReturnType<typeof createBeside> | null>(null);
  const plan = useRemote(`beside/${other}`, revision, (signal) => api.plan(other, undefined, signal)).value;
  useEffect(() => {
    const main = map();
    if (!box.current || !main) return;
    const made = (beside.current = createBeside(box.current, session.theme));
    const stop = main.follow(made.look);
    return () => {
      stop();
      made.remove();
      beside.current = null;
    };
  }, []);
  const scale = useRootScale();
  const {tier, lang, theme, off} = session;
  useEffect(() => {
    if (!plan || !tier) return;
    const plain = {selected: null, findings: [], finding: null, thematic: null, difference: null, notes: null};
    beside.current?.show({origin: location.origin, plan, tier, lang, theme, off, scale, basemap, ...plain});
  }, [plan, tier, lang, theme, off, scale, basemap]);
  useEffect(() => {
    const shown = box.current;
    if (shown) shown.style.clipPath = `inset(0 0 0 ${share}%)`;
  }, [share]);
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (line.current) line.current.style.left = `${share}%`;
  }, [share]);
  return (
    <div class="swipe">
      <div class="swipe-map" ref={box} aria-hidden="true" inert />
      <div class="swipe-edge" ref={line}>
        <div class="swipe-line" aria-hidden="true" />
        {plan && <p class="swipe-name">{plan.name} · {t(`state.${plan.state}`)}</p>}
      </div>
      <input type="range" class="swipe-handle" min={0} max={100} value={share} aria-label={t('compare.swipeLine')} onInput={(e) => setShare(Number(e.currentTarget.value))} />
    </div>
  );
}
