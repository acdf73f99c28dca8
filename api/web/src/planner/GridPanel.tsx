import type {Grid, GridRef, Plan, Staff} from '../api/types';
import {useWords} from '../i18n/context';
import {Awaited, Figure, IconButton, Notice} from './parts';
import type {Remote} from './remote';

interface Props {
  plan: Plan;
  grid: Remote<Grid>;
  /** False when no grid is selected. */
  chosen: boolean;
  /** The last place pointed at lies in no grid. */
  missed: boolean;
  overlays: readonly GridRef[];
  onGrid: (grid: GridRef | null) => void;
  onZoom: (grid: Grid) => void;
}

/** Who and what is in the selected grid, and where it stands in the tiers. */
export function GridPanel({plan, grid, chosen, missed, overlays, onGrid, onZoom}: Props) {
  const {t} = useWords();
  if (!chosen) {
    return missed ? <Notice title={t('grid.nothing')} /> : <Notice title={t('grid.pick')}>{t('grid.pickHint')}</Notice>;
  }
  return (
    <Awaited remote={grid}>
      {(g) => (
        <article class="grid-panel" data-grid={g.id}>
          <Heading plan={plan} grid={g} onGrid={onGrid} onZoom={onZoom} />
          <Chain plan={plan} grid={g} onGrid={onGrid} />
          <Facts grid={g} />
          <People plan={plan} grid={g} />
          <Overlays overlays={overlays} onGrid={onGrid} />
        </article>
      )}
    </Awaited>
  );
}

function Heading({plan, grid, onGrid, onZoom}: {plan: Plan; grid: Grid} & Pick<Props, 'onGrid' | 'onZoom'>) {
  const {t, name} = useWords();
  const tier = plan.tiers.find((row) => row.code === grid.tier);
  const notes = [
    tier && name(tier.name),
    grid.kind !== 'general' && t(`kind.${grid.kind}`),
    grid.setting && t(`setting.${grid.setting}`),
  ].filter(Boolean);
  return (
    <header class="grid-head">
      <div>
        <h2>{name(grid.name)}</h2>
        <p class="code">{grid.code}</p>
        <p class="muted">{notes.join(' · ')}</p>
        {grid.owner && <p class="muted">{t('grid.owner')}: {grid.owner}</p>}
        {grid.rest && <p class="muted">{t('grid.rest')}</p>}
        {!grid.drawn && <p class="warn-text">{t('grid.undrawn')}</p>}
        {grid.text_bounds && <p class="muted">{t('grid.bounds')}: {grid.text_bounds}</p>}
      </div>
      <div class="grid-tools">
        {grid.bounds && <IconButton icon="whole" label={t('grid.zoom')} onClick={() => onZoom(grid)} />}
        <IconButton icon="close" label={t('grid.close')} onClick={() => onGrid(null)} />
      </div>
    </header>
  );
}

function Chain({plan, grid, onGrid}: {plan: Plan; grid: Grid; onGrid: Props['onGrid']}) {
  const {t, name} = useWords();
  const tierName = (code: string) => {
    const tier = plan.tiers.find((row) => row.code === code);
    return tier ? name(tier.name) : code;
  };
  return (
    <nav class="chain" aria-label={t('grid.chain')}>
      <h3>{t('grid.chain')}</h3>
      <ol>
        {grid.chain.map((node) => (
          <li key={node.id}>
            <span class="chain-tier">{tierName(node.tier)}</span>
            {node.id === grid.id ? (
              <span class="chain-here" aria-current="true">{name(node.name)}</span>
            ) : (
              <button type="button" class="link" onClick={() => onGrid(node)}>{name(node.name)}</button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Facts({grid: {counts, area_m2, drawn}}: {grid: Grid}) {
  const {t, number, area, cut} = useWords();
  return (
    <section aria-label={t('grid.facts')}>
      <dl class="figures">
        <Figure name={t('grid.households')}>{number(counts.households)}</Figure>
        <Figure name={t('grid.resident')}>{number(counts.persons_resident)}</Figure>
        <Figure name={t('grid.registered')}>{number(counts.persons_registered)}</Figure>
        <Figure name={t('grid.occupied')}>{number(counts.occupied)}</Figure>
        <Figure name={t('grid.workers')}>{number(counts.workers)}</Figure>
        <Figure name={t('grid.perWorker')}>{counts.workers > 0 ? cut(counts.households / counts.workers) : '—'}</Figure>
        {drawn && <Figure name={t('grid.area')}>{area(area_m2)}</Figure>}
      </dl>
    </section>
  );
}

function People({plan, grid: {code, chain, leader, workers}}: {plan: Plan; grid: Grid}) {
  const {t, name} = useWords();
  const above = leader && leader.grid !== code ? chain.find((node) => node.code === leader.grid) : undefined;
  const others = workers.filter((w) => w.id !== leader?.id || w.role !== leader.role);
  return (
    <>
      <section aria-label={t('grid.leader')}>
        <h3>{t('grid.leader')}</h3>
        {leader ? <Person plan={plan} person={leader} /> : <p class="muted">{t('grid.noLeader')}</p>}
        {above && <p class="muted">{t('grid.leaderAbove', {unit: name(above.name)})}</p>}
      </section>
      <section aria-label={t('grid.staff')}>
        <h3>{t('grid.staff')}</h3>
        {workers.length === 0 && <p class="muted">{t('grid.noStaff')}</p>}
        {workers.length > 0 && others.length === 0 && <p class="muted">{t('grid.onlyLeader')}</p>}
        {others.map((w) => <Person key={`${w.id} ${w.role}`} plan={plan} person={w} />)}
      </section>
    </>
  );
}

function Person({plan, person}: {plan: Plan; person: Staff}) {
  const {name} = useWords();
  const role = plan.roles.find((r) => r.code === person.role);
  return (
    <div class="person">
      <span class="person-name">{person.name}</span>
      <span class="person-role">{role ? name(role.name) : person.role}</span>
      {person.phone && <a class="person-phone" href={`tel:${person.phone}`}>{person.phone}</a>}
      {person.duty && <span class="person-duty">{person.duty}</span>}
    </div>
  );
}

function Overlays({overlays, onGrid}: Pick<Props, 'overlays' | 'onGrid'>) {
  const {t, name} = useWords();
  if (overlays.length === 0) return null;
  return (
    <section aria-label={t('grid.overlays')}>
      <h3><span class="swatch swatch-dedicated" aria-hidden="true" /> {t('grid.overlays')}</h3>
      {overlays.map((o) => (
        <p key={o.id} class="overlay">
          <button type="button" class="link" onClick={() => onGrid(o)}>{name(o.name)}</button>
          <span class="code">{o.code}</span>
        </p>
      ))}
    </section>
  );
}
