import {useLayoutEffect, useMemo, useRef} from 'preact/hooks';
import {useWords} from '../i18n/context';
import {pageAddress, type Post, type PublicPage} from './data';
import {GridMap} from './GridMap';
import {LanguageSwitch} from './LanguageSwitch';
import {QUIET, qrOf} from './qr';
import {formatView, READERS, SIZES, type View} from './view';

/** So many workers have room on a board; the rest stand on the page behind the code. */
const MOST_WORKERS = 4;

/** The notice board as a sheet of paper, and above it, on the screen only, what to print it on and for whom. */
export function Board({page, view, onView}: {page: PublicPage; view: View; onView: (view: View) => void}) {
  return (
    <div class="board">
      <BoardBar view={view} onView={onView} />
      <BoardSheet page={page} view={view} />
    </div>
  );
}

function BoardBar({view, onView}: {view: View; onView: (view: View) => void}) {
  const {t} = useWords();
  return (
    <header class="board-bar">
      <a class="link" href={formatView({...view, board: false})}>{t('board.back')}</a>
      <div class="switch" role="group" aria-label={t('board.size')}>
        {SIZES.map((size) => (
          <button key={size} type="button" class="switch-item" aria-pressed={size === view.size} onClick={() => onView({...view, size})}>{size}</button>
        ))}
      </div>
      <div class="switch" role="group" aria-label={t('board.for')}>
        {READERS.map((reader) => (
          <button key={reader} type="button" class="switch-item" aria-pressed={reader === view.reader} onClick={() => onView({...view, reader})}>
            {t(`board.${reader}`)}
          </button>
        ))}
      </div>
      <LanguageSwitch lang={view.lang} onLang={(lang) => onView({...view, lang})} />
      <button type="button" class="button board-print" onClick={() => print()}>{t('board.print')}</button>
    </header>
  );
}

/** Steps by which the small print may shrink, as board.css has them. */
const SHRINKS = 5;

/** Makes duties and bounds in words smaller until all stands on the sheet: paper is cut at its edge. */
function fit(sheet: HTMLElement) {
  for (let shrunk = 0; shrunk <= SHRINKS; shrunk++) {
    sheet.dataset['shrunk'] = String(shrunk);
    if (sheet.scrollHeight <= sheet.clientHeight) return;
  }
}

function BoardSheet({page, view}: {page: PublicPage; view: View}) {
  const {t, name, date} = useWords();
  const {grid, plan} = page;
  const workers = page.workers ?? [];
  const sheet = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (sheet.current) fit(sheet.current);
  }, [page, view]);
  return (
    <main class={`sheet sheet-${view.size}`} aria-label={t('board.sheet')} ref={sheet}>
      <header class="sheet-head">
        <div>
          <p class="sheet-kind">{t('board.title')}</p>
          <h1 class={name(grid.name).length > 14 ? 'sheet-long' : undefined}>{name(grid.name)}</h1>
          <p class="sheet-where">{(page.chain ?? []).map((c) => name(c.name)).join(' · ')}</p>
          {grid.owner && <p class="sheet-owner">{t('public.owner')} {grid.owner}</p>}
          <p class="sheet-code">{t('public.code')} {grid.code}</p>
        </div>
        <p class={`stamp stamp-${view.reader}`}>{t(`board.${view.reader}`)}</p>
      </header>
      <figure class="sheet-map">
        {grid.drawn ? <GridMap page={page} width={1000} height={660} /> : <p class="sheet-undrawn">{t('public.undrawn')}</p>}
        {grid.text_bounds && <figcaption class="sheet-bounds">{t('board.bounds', {text: grid.text_bounds})}</figcaption>}
        {grid.drawn && <figcaption>{t('board.schematic')}</figcaption>}
      </figure>
      <section class="sheet-people">
        {page.leader ? <BoardPerson post={page.leader} head /> : <p class="sheet-none">{t('public.noLeader')}</p>}
        {workers.slice(0, MOST_WORKERS).map((w, i) => <BoardPerson key={i} post={w} />)}
        {workers.length > MOST_WORKERS && <p class="sheet-more">{t('board.more', {n: workers.length - MOST_WORKERS})}</p>}
      </section>
      <section class="sheet-foot">
        <div class="sheet-duties">
          {page.duties && <h2>{t('public.duties')}</h2>}
          <ul>
            {(page.duties ?? []).map((d) => (
              <li key={d.role.code}><b>{name(d.role.name)}</b> {name(d.duties)}</li>
            ))}
          </ul>
        </div>
        <div class="sheet-supervision">
          <h2>{t('public.supervision')}</h2>
          {page.supervision ? (
            page.supervision.slice(0, 2).map((s, i) => (
              <p key={i}><b class="sheet-phone">{s.phone}</b><br />{name(s.role.name)}{s.of && ` · ${name(s.of.name)}`}</p>
            ))
          ) : (
            <p>{t('public.noSupervision')}</p>
          )}
        </div>
        <BoardCode page={page} view={view} />
      </section>
      <footer class="sheet-end">
        {plan.effective ? t('public.inForce', {plan: plan.name, day: date(plan.effective)}) : t('public.inForcePlain', {plan: plan.name})}
        {' · '}{t('public.asOf', {day: date(plan.as_of)})}
      </footer>
    </main>
  );
}

function BoardPerson({post, head = false}: {post: Post; head?: boolean}) {
  const {t, name} = useWords();
  return (
    <div class={head ? 'sheet-person sheet-leader' : 'sheet-person'}>
      <div class="sheet-photo" aria-hidden="true">{t('board.photo')}</div>
      <div>
        <p class="sheet-role">{name(post.role.name)}{post.of && ` · ${name(post.of.name)}`}</p>
        <p class="sheet-name">{post.name}</p>
        <p class="sheet-phone">{post.phone ?? t('public.noPhone')}</p>
      </div>
    </div>
  );
}

/** The code leads to the page in no language: whoever scans it reads their own. */
function BoardCode({page, view}: {page: PublicPage; view: View}) {
  const {t} = useWords();
  const address = pageAddress(location.origin, page.grid.code, view.territory);
  const code = useMemo(() => qrOf(address), [address]);
  const wide = code.size + 2 * QUIET;
  return (
    <div class="sheet-code-box">
      <svg class="sheet-qr" viewBox={`${-QUIET} ${-QUIET} ${wide} ${wide}`} shape-rendering="crispEdges" role="img" aria-label={`${t('board.scan')}: ${address}`}>
        <rect x={-QUIET} y={-QUIET} width={wide} height={wide} fill="#fff" />
        <path d={code.path} fill="#000" />
      </svg>
      <p>{t('board.scan')}</p>
    </div>
  );
}
