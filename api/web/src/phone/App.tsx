import {useEffect, useMemo, useState} from 'preact/hooks';
import * as api from '../api/client';
import type {Plan, TerritoryEntry} from '../api/types';
import {WordsContext} from '../i18n/context';
import {LANGS, type Lang} from '../i18n/dictionary';
import {words} from '../i18n/words';
import {Awaited} from '../planner/parts';
import {useRemote} from '../planner/remote';
import type {Theme} from '../planner/session';
import {LanguageSwitch} from '../public/LanguageSwitch';
import {useSystemTheme} from '../theme';
import {gridOfCode} from './data';
import {Finder} from './Finder';
import {MyGrid} from './MyGrid';

/** What the address says: the territory by its code, the grid by its code. */
interface Where {
  readonly territory: string | null;
  readonly grid: string | null;
  readonly lang: Lang;
}

function parseWhere(search: string, fallback: Lang): Where {
  const query = new URLSearchParams(search);
  return {territory: query.get('in'), grid: query.get('grid'), lang: LANGS.find((l) => l === query.get('lang')) ?? fallback};
}

function formatWhere({territory, grid, lang}: Where): string {
  const query = new URLSearchParams();
  if (territory) query.set('in', territory);
  if (grid) query.set('grid', grid);
  query.set('lang', lang);
  return `?${query}`;
}

/** The grid leader's page, made for a phone: my grid, my houses, and what is wrong with the boundary. */
export function App() {
  const [where, setWhere] = useState(() => parseWhere(location.search, navigator.language.startsWith('zh') ? 'zh-CN' : 'en'));
  useEffect(() => history.replaceState(null, '', formatWhere(where)), [where]);
  const speech = useMemo(() => words(where.lang), [where.lang]);
  const theme = useSystemTheme();
  useEffect(() => {
    document.documentElement.lang = where.lang;
    document.title = speech.t('phone.title');
  }, [where.lang]);
  const territories = useRemote('territories', 0, api.territories);
  const chosen = territories.value && territoryOf(territories.value, where.territory);
  const planId = chosen?.plan?.id ?? null;
  const plan = useRemote(planId === null ? null : `plan ${planId}`, 0, (signal) => api.plan(planId ?? 0, undefined, signal));
  return (
    <WordsContext.Provider value={speech}>
      <div class="phone">
        <header class="phone-top">
          <h1>{speech.t('phone.title')}</h1>
          <LanguageSwitch lang={where.lang} onLang={(lang) => setWhere({...where, lang})} />
        </header>
        <Awaited remote={territories}>
          {(list) =>
            chosen ? (
              <Awaited remote={plan}>{(p) => <Desk theme={theme} plan={p} territories={list} where={where} onWhere={setWhere} />}</Awaited>
            ) : (
              <p class="notice">{speech.t('load.empty')}</p>
            )
          }
        </Awaited>
      </div>
    </WordsContext.Provider>
  );
}

const territoryOf = (list: readonly TerritoryEntry[], code: string | null) =>
  list.find((t) => t.code === code && t.plan) ?? list.find((t) => t.plan) ?? null;

interface DeskProps {
  theme: Theme;
  plan: Plan;
  territories: readonly TerritoryEntry[];
  where: Where;
  onWhere: (where: Where) => void;
}

function Desk({theme, plan, territories, where, onWhere}: DeskProps) {
  const code = where.grid;
  const grid = useRemote(code === null ? null : `grid ${plan.id} ${code}`, 0, (signal) => gridOfCode(plan, code ?? '', signal));
  const find = (
    <Finder
      plan={plan}
      territories={territories}
      unknown={code !== null && grid.value === null && !grid.loading && !grid.error ? code : null}
      onTerritory={(territory) => onWhere({...where, territory, grid: null})}
      onGrid={(found) => onWhere({...where, territory: plan.territory.code, grid: found})}
    />
  );
  if (code === null) return find;
  if (grid.value) return <MyGrid key={grid.value.id} theme={theme} plan={plan} grid={grid.value} lang={where.lang} onLeave={() => onWhere({...where, grid: null})} />;
  return grid.loading || grid.error ? <Awaited remote={grid}>{() => null}</Awaited> : find;
}
