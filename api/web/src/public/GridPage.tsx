import {useWords} from '../i18n/context';
import {useMatch} from '../theme';
import type {Post, PublicPage} from './data';
import {GridMap} from './GridMap';
import {formatView, SIZES, type View} from './view';

/** The public page of a grid: where it is, who is there for it and what they do. */
export function GridPage({page, view}: {page: PublicPage; view: View}) {
  const {t, name, area, date} = useWords();
  const {grid, plan} = page;
  const narrow = useMatch('(max-width: 40rem)');
  return (
    <>
      <section class="public-head">
        <p class="muted">{(page.chain ?? []).map((c) => name(c.name)).join(' › ')}</p>
        <h1>{name(grid.name)}</h1>
        <p>
          {grid.kind && grid.kind !== 'general' ? `${t(`kind.${grid.kind}`)} · ` : grid.tier && `${name(grid.tier)} · `}
          {t('public.code')} <span class="public-code">{grid.code}</span>
          {grid.area_m2 ? ` · ${t('public.area')} ${area(grid.area_m2)}` : ''}
        </p>
      </section>
      <section class="public-map">
        {grid.drawn ? <GridMap page={page} width={1000} height={narrow ? 900 : 720} narrow={narrow} /> : <p class="public-undrawn">{t('public.undrawn')}</p>}
      </section>
      <div class="public-people">
        <section>
          <h2>{t('public.leader')}</h2>
          {page.leader ? <Person post={page.leader} /> : <p class="muted">{t('public.noLeader')}</p>}
        </section>
        <section>
          <h2>{t('public.workers')}</h2>
          {page.workers ? page.workers.map((w, i) => <Person key={i} post={w} />) : <p class="muted">{t('public.noWorkers')}</p>}
        </section>
        <section>
          <h2>{t('public.supervision')}</h2>
          {page.supervision ? page.supervision.map((s, i) => <Person key={i} post={s} />) : <p class="muted">{t('public.noSupervision')}</p>}
        </section>
        {page.duties && (
          <section>
            <h2>{t('public.duties')}</h2>
            <dl class="public-duties">
              {page.duties.map((d) => (
                <div key={d.role.code}>
                  <dt>{name(d.role.name)}</dt>
                  <dd>{name(d.duties)}</dd>
                </div>
              ))}
            </dl>
          </section>
        )}
        {(grid.text_bounds || grid.owner) && (
          <section>
            {grid.text_bounds && <h2>{t('public.bounds')}</h2>}
            {grid.text_bounds && <p>{grid.text_bounds}</p>}
            {grid.owner && <h2>{t('public.owner')}</h2>}
            {grid.owner && <p>{grid.owner}</p>}
          </section>
        )}
      </div>
      <footer class="public-foot">
        <nav aria-label={t('public.board')}>
          {SIZES.map((size) => (
            <a key={size} class="button" href={formatView({...view, board: true, size})}>{t('public.boardOf', {size})}</a>
          ))}
        </nav>
        <p class="muted">
          {plan.effective ? t('public.inForce', {plan: plan.name, day: date(plan.effective)}) : t('public.inForcePlain', {plan: plan.name})}
          {' · '}
          {t('public.asOf', {day: date(plan.as_of)})} · {t('public.privacy')}
        </p>
      </footer>
    </>
  );
}

function Person({post}: {post: Post}) {
  const {t, name} = useWords();
  return (
    <div class="public-person">
      <p class="public-name">
        {post.name} <span class="muted">{name(post.role.name)}</span>
      </p>
      {post.of && <p class="muted">{t('public.leaderOf', {name: name(post.of.name)})}</p>}
      {post.duty && <p>{post.duty}</p>}
      {post.phone ? (
        <a class="public-phone" href={`tel:${post.phone.replace(/[^\d+]/g, '')}`} aria-label={t('public.call', {name: post.name, phone: post.phone})}>
          {post.phone}
        </a>
      ) : (
        <p class="muted">{t('public.noPhone')}</p>
      )}
    </div>
  );
}
