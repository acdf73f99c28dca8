import type {Grid, Plan, Staff} from '../api/types';
import {useWords} from '../i18n/context';
import {IconButton} from '../planner/parts';
import type {WallData} from './data';

/** Whose ground a place is: the chain of grids, the finest first, with leader, deputies and phones. */
export function PlacePanel({data: {chain, plan, nowhere}, onClose}: {data: WallData; onClose: (() => void) | null}) {
  const {t} = useWords();
  return (
    <section class="wall-place" aria-label={t('wall.place')}>
      <header class="wall-ranking-head">
        <h2>{t('wall.place')}</h2>
        {onClose && <IconButton icon="close" label={t('wall.close')} onClick={onClose} />}
      </header>
      {nowhere && <p class="wall-nowhere">{t('grid.nothing')}</p>}
      <ol class="wall-chain" tabIndex={0} aria-label={t('wall.place')}>
        {[...(chain ?? [])].reverse().map((grid, i) => <ChainLink key={grid.id} grid={grid} plan={plan} first={i === 0} />)}
      </ol>
    </section>
  );
}

/** One grid of the chain; who leads it stands with the grid that the post belongs to. */
function ChainLink({grid, plan, first}: {grid: Grid; plan: Plan | null; first: boolean}) {
  const {t, name} = useWords();
  const tier = plan?.tiers.find((x) => x.code === grid.tier);
  const people = grid.workers.slice(0, first ? 4 : 2);
  const more = grid.workers.length - people.length;
  const leads = grid.leader?.grid === grid.code;
  return (
    <li class={first ? 'wall-link-row is-first' : 'wall-link-row'}>
      <p class="wall-link-tier">{grid.kind === 'general' && tier ? name(tier.name) : t(`kind.${grid.kind}`)}</p>
      <p class="wall-link-name">{name(grid.name)} <span class="wall-code">{grid.code}</span></p>
      {people.length === 0 && first && <p class="wall-nobody">{leads ? null : t('grid.noStaff')}</p>}
      {people.map((who) => <Person key={`${who.id} ${who.role}`} who={who} plan={plan} />)}
      {more > 0 && <p class="wall-more">{t('wall.more', {n: more})}</p>}
    </li>
  );
}

function Person({who, plan}: {who: Staff; plan: Plan | null}) {
  const {t, name} = useWords();
  const role = plan?.roles.find((r) => r.code === who.role);
  return (
    <div class="wall-person">
      <span class="wall-role">{role ? name(role.name) : who.role}</span>
      <span class="wall-who">{who.name}</span>
      <span class="wall-phone">{who.phone ?? t('wall.noPhone')}</span>
      {who.deputy && (
        <>
          <span class="wall-role">{t('wall.deputy')}</span>
          <span class="wall-who">{who.deputy.name}</span>
          <span class="wall-phone">{who.deputy.phone ?? t('wall.noPhone')}</span>
        </>
      )}
    </div>
  );
}
