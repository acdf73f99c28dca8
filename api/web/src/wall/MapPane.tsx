import {useEffect, useRef, useState} from 'preact/hooks';
import {useWords} from '../i18n/context';
import type {WallData} from './data';
import {legendOf} from './scene';
import type {Action, Wall} from './steps';
import {createWallMap, frameOf, type WallMap} from './wallmap';

interface Props {
  data: WallData;
  wall: Wall;
  act: (action: Action) => void;
  onMap: (map: WallMap | null) => void;
}

/** The map of the unit, and what its colours mean. */
export function MapPane({data: {plan, standing, basemap, link}, wall, act, onMap}: Props) {
  const {t, lang, number, cut} = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<WallMap | null>(null);
  const [busy, setBusy] = useState(true);
  const [unable, setUnable] = useState(false);
  const {rank, at} = wall.view;
  useEffect(() => {
    let made: WallMap | null = null;
    try {
      if (box.current) made = createWallMap(box.current, {ask: (place) => act({do: 'ask', at: place}), busy: setBusy});
    } catch (cause) {
      console.warn('no map:', cause);
    }
    setMap(made);
    onMap(made);
    if (!made) {
      setUnable(true);
      setBusy(false);
    }
    return () => {
      onMap(null);
      made?.remove();
    };
  }, []);
  useEffect(() => map?.name(t('wall.map')), [map, lang]);

  const scale = useScale();
  useEffect(() => {
    if (map && plan && standing?.plan === plan.id) map.show({origin: location.origin, plan, standing, rank, lang, scale, focus: wall.focus, at, basemap});
  }, [map, plan, standing, rank, lang, scale, wall.focus, at, basemap]);
  useFrame(map, standing && frameOf(standing.unit.bounds, standing.places.map((p) => p.bounds)), standing?.unit.code ?? null, scale);
  const live = link?.live ?? false;
  useEffect(() => {
    if (live) map?.refresh(); // tiles that did not come while the service was away
  }, [map, live]);

  const behind = !unable && standing !== null && standing.plan !== plan?.id; // the panels are there before the plan that the map needs as well
  return (
    <main class="wall-map" aria-label={t('wall.map')} aria-busy={busy || behind}>
      <div class="wall-ground">
        <div class="map-box" ref={box} />
        {unable && <p class="wall-unable" role="alert">{t('map.unable')}</p>}
        {basemap?.attribution && <p class="map-credit">{basemap.attribution}</p>}
      </div>
      {standing && standing.places.length > 0 && (
        <div class="wall-legend">
          <p>{t(`rank.${rank}`)}</p>
          <ul>
            {legendOf({standing, rank}).map(({colour, from}) => (
              <li key={colour}>
                <svg viewBox="0 0 2 1" aria-hidden="true"><rect width="2" height="1" fill={colour} /></svg>
                {from === null ? t('wall.fewer') : t('wall.from', {from: rank === 'load' ? cut(from) : number(from)})}
              </li>
            ))}
          </ul>
        </div>
      )}
    </main>
  );
}

/** Shows a unit whole when it is chosen; while it is shown, an edit does not move the map. */
function useFrame(map: WallMap | null, bounds: [number, number, number, number] | null, unit: string | null, scale: number) {
  const framed = useRef<string | null>(null);
  useEffect(() => {
    if (!map || !bounds || unit === null) return;
    map.resize(); // the legend may have more lines, or none
    if (framed.current === null) map.frame(bounds, 0.05);
    else map.fit(bounds, 0.05);
    framed.current = unit;
  }, [map, unit, scale, bounds === null]);
}

/** How much larger than at 1920 x 1080 the page is set. */
function useScale(): number {
  const read = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
  const [scale, setScale] = useState(read);
  useEffect(() => {
    const update = () => setScale(read());
    update();
    addEventListener('resize', update);
    return () => removeEventListener('resize', update);
  }, []);
  return scale;
}
