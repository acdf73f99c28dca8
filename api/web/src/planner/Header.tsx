import {useEffect, useState} from 'preact/hooks';
import type {GridRef, Position, TerritoryEntry} from '../api/types';
import {useWords} from '../i18n/context';
import {LANGS, OWN_NAME} from '../i18n/dictionary';
import type {PlanData} from './data';
import {IconButton} from './parts';
import {Search} from './Search';
import type {Action, Session} from './session';

interface Props {
  territories: readonly TerritoryEntry[];
  data: PlanData;
  session: Session;
  dispatch: (action: Action) => void;
  onGrid: (grid: GridRef) => void;
  onPlace: (at: Position) => void;
}

/** What is open, how old it is, and the switches for search, language and theme. */
export function Header({territories, data, session, dispatch, onGrid, onPlace}: Props) {
  const {t} = useWords();
  const other = session.theme === 'dark' ? 'light' : 'dark';
  return (
    <header class="top">
      <h1 class="brand">{t('app.title')}</h1>
      <PlanChoice territories={territories} session={session} dispatch={dispatch} />
      <Freshness data={data} />
      {session.day && <AsOf day={session.day} onToday={() => dispatch({do: 'day', day: null})} />}
      {data.plan.value && <Search plan={data.plan.value} onGrid={onGrid} onPlace={onPlace} />}
      <div class="switches">
        <div class="segmented" role="group" aria-label={t('app.language')}>
          {LANGS.map((lang) => (
            <button
              key={lang}
              type="button"
              lang={lang}
              aria-pressed={lang === session.lang}
              onClick={() => dispatch({do: 'language', lang})}
            >
              {OWN_NAME[lang]}
            </button>
          ))}
        </div>
        <IconButton
          icon={other === 'dark' ? 'moon' : 'sun'}
          label={t('app.theme')}
          onClick={() => dispatch({do: 'theme', theme: other})}
        />
      </div>
    </header>
  );
}

function PlanChoice({territories, session, dispatch}: Pick<Props, 'territories' | 'session' | 'dispatch'>) {
  const {t, name} = useWords();
  const rows = territories.flatMap((territory) =>
    territory.plans.map((p) => ({id: p.id, text: `${name(territory.name)} · ${p.name}`, state: t(`state.${p.state}`)})),
  );
  const here = rows.find((r) => r.id === session.plan);
  if (rows.length <= 1) {
    return here ? <p class="plan-name">{here.text} <span class="badge">{here.state}</span></p> : null;
  }
  return (
    <select
      class="field plan-choice"
      aria-label={t('app.plan')}
      value={session.plan ?? ''}
      onChange={(e) => dispatch({do: 'open', plan: Number(e.currentTarget.value)})}
    >
      {rows.map((r) => <option key={r.id} value={r.id}>{r.text} · {r.state}</option>)}
    </select>
  );
}

/** The revision on the screen and the age of its data, kept true as time passes. */
function Freshness({data: {territory, revision, live}}: {data: PlanData}) {
  const {t, time, age} = useWords();
  const now = useNow(10_000);
  const at = territory?.changed_at;
  if (revision === 0) return null;
  if (!live) return <p class="fresh is-stale" role="alert">{t('status.offline', {n: revision})}</p>;
  return (
    <p class="fresh">
      <span>{t('status.revision', {n: revision})}</span>
      {at && <span class="fresh-age">{t('status.changed', {when: time(at), age: age(at, now)})}</span>}
    </p>
  );
}

/** That the page tells of another day than today, and the way back. */
function AsOf({day, onToday}: {day: string; onToday: () => void}) {
  const {t, date} = useWords();
  return (
    <p class="as-of" role="status">
      {t('day.asOf', {day: date(day)})} <button type="button" class="link" onClick={onToday}>{t('day.today')}</button>
    </p>
  );
}

function useNow(everyMs: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
