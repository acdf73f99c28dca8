import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import type {Note} from '../api/notes';
import type {Grid, Plan} from '../api/types';
import {useWords} from '../i18n/context';
import type {Lang} from '../i18n/dictionary';
import {createMap, type GridMap} from '../map/map';
import type {Sketch} from '../map/sketch';
import {marksOf} from '../planner/notes/about';
import {IconButton} from '../planner/parts';
import type {Theme} from '../planner/session';
import type {Stroke} from './sketching';

interface PhoneMapProps {
  theme: Theme;
  plan: Plan;
  grid: Grid;
  lang: Lang;
  /** Shown on the map where they have a place. */
  notes: readonly Note[];
  sketch: Sketch;
  /** A finger draws; without it a finger moves the map. */
  drawing: boolean;
  act: (stroke: Stroke) => void;
}

/** How much larger than on a desk screen the page writes, and the map with it. */
const letterScale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** The map of one grid. */
export function PhoneMap({theme, plan, grid, lang, notes, sketch, drawing, act}: PhoneMapProps) {
  const {t, name} = useWords();
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<GridMap | null>(null);
  const now = useRef({drawing, act});
  now.current = {drawing, act};
  const [trouble, setTrouble] = useState<'tilesFailed' | 'unable' | null>(null);
  const [busy, setBusy] = useState(true);
  const scene = useMemo(
    () => ({origin: location.origin, plan, tier: grid.tier, lang, theme, scale: letterScale(), selected: grid, findings: [], finding: null, thematic: null, off: [], difference: null, basemap: null, notes: marksOf(notes)}),
    [theme, plan, grid, lang, notes],
  );
  useEffect(() => {
    if (!box.current) return;
    try {
      map.current = createMap(box.current, theme, {
        pick: () => {},
        hover: () => {},
        press: (at) => {
          if (now.current.drawing) now.current.act({do: 'press', at});
          return now.current.drawing;
        },
        drag: (at) => now.current.act({do: 'drag', at}),
        drop: () => now.current.act({do: 'drop'}),
        cross: (at) => now.current.act({do: 'add', at}),
        finding: () => {},
        look: () => {},
        failed: () => setTrouble('tilesFailed'),
        busy: setBusy,
      });
      if (grid.bounds) map.current.frame(grid.bounds);
    } catch {
      setTrouble('unable');
      setBusy(false);
    }
    return () => map.current?.remove();
  }, []);
  useEffect(() => map.current?.show(scene), [scene]);
  useEffect(() => map.current?.name(t('phone.map', {name: name(grid.name)})), [lang]);
  useEffect(() => map.current?.sketch(sketch), [sketch, busy]);
  const retry = () => {
    setTrouble(null);
    map.current?.refresh();
  };
  return (
    <section class={drawing ? 'phone-map map map-drawing' : 'phone-map map'} aria-label={t('phone.title')} aria-busy={busy}>
      <div class="map-box" ref={box} />
      <div class="phone-zoom">
        <IconButton icon="plus" label={t('map.zoomIn')} onClick={() => map.current?.zoom(1)} />
        <IconButton icon="minus" label={t('map.zoomOut')} onClick={() => map.current?.zoom(-1)} />
        <IconButton icon="whole" label={t('map.whole')} onClick={() => grid.bounds && map.current?.frame(grid.bounds)} />
      </div>
      {trouble && (
        <p class="phone-trouble" role="alert">
          {t(`map.${trouble}`)}{' '}
          {trouble === 'tilesFailed' && <button type="button" class="button" onClick={retry}>{t('load.retry')}</button>}
        </p>
      )}
    </section>
  );
}
