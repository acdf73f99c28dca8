import {useCallback, useEffect, useMemo, useRef, useState} from 'preact/hooks';
import type {ApiError} from '../api/client';
import type {RevisionEvent} from '../api/events';
import {useWords, WordsContext} from '../i18n/context';
import {words} from '../i18n/words';
import {AlarmTiles, Figures} from './Figures';
import {useWallData} from './data';
import {Header} from './Header';
import {MapPane} from './MapPane';
import {PlacePanel} from './PlacePanel';
import {Ranking} from './Ranking';
import {ranked} from './ranking';
import {StatusBar} from './StatusBar';
import {aboveOf, meaningOf, step, type Action, type Wall} from './steps';
import {advance, START as AT_HOME} from './tour';
import {formatView, parseView, START} from './view';
import type {WallMap} from './wallmap';

/** The wall's page: one view, all of it in the address. */
export function App() {
  const [wall, act] = useWall();
  const {view} = wall;
  const speech = useMemo(() => words(view.lang), [view.lang]);
  const map = useRef<WallMap | null>(null);
  const onEvent = useCallback((event: RevisionEvent) => map.current?.hear(event), []);
  const data = useWallData(view, onEvent);
  const {standing} = data;
  const places = useMemo(() => ranked(standing?.places ?? [], view.rank), [standing, view.rank]);
  const above = aboveOf(view.unit, standing?.chain ?? []);

  useKeys(act, places.map((p) => p.code), above);
  useRotation(wall, act, standing && standing.unit.code === (view.unit ?? standing.chain[0]?.code) ? standing.places.map((p) => p.code) : null);
  usePageOf(view.lang, view.size, speech.t('wall.title'));
  useEffect(() => {
    if (data.unknown) act({do: 'advance', unit: null}); // a unit that is merged away while it is shown
  }, [data.unknown]);

  return (
    <WordsContext.Provider value={speech}>
      <div class="wall">
        <Header data={data} view={view} act={act} />
        <MapPane data={data} wall={wall} act={act} onMap={(made) => (map.current = made)} />
        <aside class="wall-side" aria-label={speech.t('wall.figures')}>
          {data.empty && <p class="wall-empty">{view.territory === null ? speech.t('load.empty') : speech.t('wall.noTerritory', {id: String(view.territory)})}</p>}
          {data.refusal && <Refusal of={data.refusal} />}
          {standing && (
            <>
              <Figures standing={standing} plan={data.plan} />
              <AlarmTiles counts={standing.alarm_counts} />
            </>
          )}
          {data.chain || data.nowhere ? (
            <PlacePanel data={data} onClose={view.at ? () => act({do: 'ask', at: null}) : null} />
          ) : (
            standing && <Ranking places={places} tier={data.plan?.tiers.find((t) => t.code === places[0]?.tier)} wall={wall} act={act} />
          )}
        </aside>
        <StatusBar data={data} view={view} act={act} />
      </div>
    </WordsContext.Provider>
  );
}

/** What the service says instead of what was asked for. It is asked again by itself. */
function Refusal({of: {status, title, detail, problem}}: {of: ApiError}) {
  const {t, lang} = useWords();
  const message = problem.message?.[lang === 'en' ? 'en' : 'zh'];
  return (
    <p class="wall-refusal" role="alert">
      {t('wall.refused')} <span lang={message ? undefined : 'en'}>{message ?? [`${status} ${title}`, detail].filter(Boolean).join(': ')}</span>
    </p>
  );
}

/** The wall's state, kept equal to the address. */
function useWall(): [Wall, (action: Action) => void] {
  const [wall, setWall] = useState<Wall>(() => {
    const lang = navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
    return {view: parseView(location.search, {...START, lang}), focus: null, heldUntil: 0};
  });
  useEffect(() => history.replaceState(null, '', formatView(wall.view)), [wall.view]);
  const act = useCallback((action: Action) => setWall((w) => step(w, action, Date.now())), []);
  return [wall, act];
}

/** Keys of a keyboard or a remote control; those of a button in focus stay the button's. */
function useKeys(act: (action: Action) => void, codes: readonly string[], above: string | null) {
  const latest = useRef({codes, above});
  latest.current = {codes, above};
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.altKey || e.metaKey) return;
      const meaning = meaningOf(e.key);
      const onButton = e.target instanceof HTMLElement && e.target.closest('button, a');
      if (!meaning || (onButton && meaning === 'enter')) return;
      e.preventDefault();
      const {codes: list, above: up} = latest.current;
      switch (meaning) {
        case 'previous':
          return act({do: 'point', by: -1, ranked: list});
        case 'next':
          return act({do: 'point', by: 1, ranked: list});
        case 'enter':
          return act({do: 'enter'});
        case 'back':
          return act({do: 'back', above: up});
        case 'left':
          return act({do: 'turn', by: -1});
        case 'right':
          return act({do: 'turn', by: 1});
        case 'home':
          return act({do: 'unit', unit: null});
        case 'rotate':
          return act({do: 'rotate'});
        case 'language':
          return act({do: 'language', lang: document.documentElement.lang === 'en' ? 'zh-CN' : 'en'});
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [act]);
}

/** Moves on after the seconds chosen, unless somebody is at the keys; parts are null while they are on their way. */
function useRotation(wall: Wall, act: (action: Action) => void, parts: readonly string[] | null) {
  const tour = useRef(AT_HOME);
  const {unit, rotate, depth} = wall.view;
  const known = parts?.join() ?? null;
  useEffect(() => {
    if (rotate === 0 || parts === null) return;
    const wait = Math.max(rotate * 1000, wall.heldUntil - Date.now());
    const timer = setTimeout(() => {
      const next = advance(tour.current, {unit, parts}, depth);
      tour.current = next.tour;
      act({do: 'advance', unit: next.unit});
    }, wait);
    return () => clearTimeout(timer);
  }, [unit, rotate, depth, known, wall.heldUntil]);
}

/** Language, title and size of type of the document. */
function usePageOf(lang: string, size: number, title: string) {
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = title;
    document.documentElement.style.setProperty('--size', String(size / 100));
    dispatchEvent(new Event('resize')); // the map reads the size of type anew
  }, [lang, size, title]);
}
