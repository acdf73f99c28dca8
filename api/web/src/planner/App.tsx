import {useEffect, useMemo, useReducer} from 'preact/hooks';
import * as api from '../api/client';
import type {TerritoryEntry} from '../api/types';
import {WordsContext} from '../i18n/context';
import {words} from '../i18n/words';
import {formatAddress, parseAddress} from './address';
import {useRemote} from './remote';
import {START, step, type Action, type Session} from './session';
import {Workplace} from './Workplace';

/** The planner's page. */
export function App() {
  const [session, dispatch] = useReducer<Session, Action, Session>(step, START, fromAddress);
  useAddressBar(session, dispatch);
  const speech = useMemo(() => words(session.lang), [session.lang]);
  useEffect(() => {
    document.documentElement.lang = session.lang;
    document.documentElement.dataset['theme'] = session.theme;
    document.title = speech.t('app.title');
  }, [session.lang, session.theme]);
  const territories = useRemote('territories', 0, api.territories);
  useEffect(() => {
    const plan = territories.value && planToOpen(territories.value);
    if (session.plan === null && plan) dispatch({do: 'open', plan});
  }, [territories.value]);
  return (
    <WordsContext.Provider value={speech}>
      <Workplace territories={territories} session={session} dispatch={dispatch} />
    </WordsContext.Provider>
  );
}

/** What the address says, and for the rest what the browser prefers. */
function fromAddress(start: Session): Session {
  const lang = navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
  const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  return parseAddress(location.search, location.hash, {...start, lang, theme});
}

/** Keeps the address equal to the session, and the session to an address typed by hand. */
function useAddressBar(session: Session, dispatch: (action: Action) => void) {
  useEffect(() => history.replaceState(null, '', formatAddress(session)), [session]);
  useEffect(() => {
    const typed = () => dispatch({do: 'restore', session: parseAddress(location.search, location.hash, session)});
    addEventListener('popstate', typed);
    return () => removeEventListener('popstate', typed);
  }, [session]);
}

/** The plan in force of the first territory that has one, else the first plan there is. */
function planToOpen(territories: readonly TerritoryEntry[]): number | null {
  const inForce = territories.find((t) => t.plan)?.plan;
  return (inForce ?? territories.flatMap((t) => t.plans)[0])?.id ?? null;
}
