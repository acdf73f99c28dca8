import {useEffect, useMemo, useState} from 'preact/hooks';
import {ApiError} from '../api/client';
import {WordsContext, useWords} from '../i18n/context';
import {LANGS} from '../i18n/dictionary';
import {words} from '../i18n/words';
import {Awaited} from '../planner/parts';
import {useRemote} from '../planner/remote';
import {Board} from './Board';
import {publicGrid, type PageRef, type PublicAnswer} from './data';
import {GridPage} from './GridPage';
import {useSystemTheme} from '../theme';
import {LanguageSwitch} from './LanguageSwitch';
import {formatView, parseView, type View} from './view';

/** The public page of a grid and its notice board: what the address names. */
export function App() {
  const [view, setView] = useState(() => parseView(location.pathname, location.search, navigator.language.startsWith('zh') ? 'zh-CN' : 'en'));
  useEffect(() => history.replaceState(null, '', formatView(view)), [view]);
  const speech = useMemo(() => words(view.lang), [view.lang]);
  useSystemTheme();
  const answer = useRemote(`${view.code} ${view.territory ?? ''}`, 0, (signal) => publicGrid(view.code, view.territory, signal));
  const page = answer.value?.state === 'in_force' ? answer.value : null;
  useEffect(() => {
    document.documentElement.lang = view.lang;
    document.title = page ? speech.t('public.title', {name: speech.name(page.grid.name)}) : speech.t('app.title');
  }, [view.lang, page]);
  const unknown = answer.error instanceof ApiError && answer.error.status === 404;
  return (
    <WordsContext.Provider value={speech}>
      {page && view.board ? (
        <Board page={page} view={view} onView={setView} />
      ) : (
        <div class="public">
          <header class="public-top">
            <span>{page ? speech.name(page.territory.name) : speech.t('app.title')}</span>
            <LanguageSwitch lang={view.lang} onLang={(lang) => setView({...view, lang})} />
          </header>
          <main class="public-main">
            {unknown ? <Unknown code={view.code} /> : <Awaited remote={answer}>{(value) => <Answer answer={value} view={view} />}</Awaited>}
          </main>
        </div>
      )}
    </WordsContext.Provider>
  );
}

function Answer({answer, view}: {answer: PublicAnswer; view: View}) {
  const {t, name} = useWords();
  switch (answer.state) {
    case 'in_force':
      return <GridPage page={answer} view={view} />;
    case 'retired':
      return (
        <section class="public-notice">
          <h1>{t('public.retired', {name: name(answer.grid.name), code: answer.grid.code})}</h1>
          <p>{t(answer.successors.length > 0 ? 'public.retiredBy' : 'public.retiredNone')}</p>
          <Pages pages={answer.successors} view={view} />
        </section>
      );
    case 'several':
      return (
        <section class="public-notice">
          <h1>{t('public.several', {code: view.code})}</h1>
          <Pages pages={answer.choices} view={view} />
        </section>
      );
  }
}

function Pages({pages, view}: {pages: readonly PageRef[]; view: View}) {
  const {name} = useWords();
  return (
    <ul class="public-pages">
      {pages.map((p) => (
        <li key={p.territory.code + p.code}>
          <a href={formatView({...view, code: p.code, territory: p.territory.code})}>
            {name(p.territory.name)} · {name(p.name)}
          </a>{' '}
          <span class="code">{p.code}</span>
        </li>
      ))}
    </ul>
  );
}

/** Nobody knows which language a stranger with a wrong code reads: this page speaks all. */
function Unknown({code}: {code: string}) {
  const {lang} = useWords();
  const ordered = [lang, ...LANGS.filter((l) => l !== lang)];
  return (
    <>
      {ordered.map((l, i) => {
        const {t} = words(l);
        const Title = i === 0 ? 'h1' : 'h2';
        return (
          <section key={l} class="public-notice" lang={l}>
            <Title>{t('public.unknown', {code})}</Title>
            <p>{t('public.unknownHint')}</p>
          </section>
        );
      })}
    </>
  );
}
