import type {Balance, BalanceUnit, GridRef, Tier} from '../../api/types';
import {useWords} from '../../i18n/context';
import {Awaited} from '../parts';
import {PeopleTable} from './PeopleTable';
import type {Balanced} from './useBalance';

interface Props {
  balanced: Balanced;
  tier: Tier | undefined;
  onGrid: (grid: Pick<GridRef, 'id'>) => void;
}

/** Each grid of the drawn tier against its band, the one farthest outside first. */
export function Standing({balanced: {remote, more}, tier, onGrid}: Props) {
  const {t, name} = useWords();
  if (!remote) return null;
  return (
    <section class="standing">
      <h2>{t('answer.balance')}{tier && ` · ${name(tier.name)}`}</h2>
      <Awaited remote={remote}>{(balance) => <Units balance={balance} more={more} onGrid={onGrid} />}</Awaited>
    </section>
  );
}

function Units({balance, more, onGrid}: {balance: Balance; more: () => void; onGrid: Props['onGrid']}) {
  const {t, number} = useWords();
  const {band, grids, under, over, crowded, units, persons_cap: cap} = balance;
  const off = under + over + crowded > 0;
  return (
    <>
      <p class="muted">
        {band.max > 0 ? t('answer.band', {min: band.min, max: band.max}) : t('answer.bandOpen', {min: band.min})}
        {cap > 0 && ` · ${t('standing.cap', {n: cap})}`}
      </p>
      <p role="status" class={off ? 'warn-text' : 'verdict-pass'}>{off ? t('standing.off', {over, under, crowded, n: grids}) : t('standing.within', {n: grids})}</p>
      <PeopleTable>{units.map((u) => <Unit key={u.id} unit={u} cap={cap} onGrid={onGrid} />)}</PeopleTable>
      {units.length < grids && <button type="button" class="button" onClick={more}>{t('standing.more', {n: number(grids - units.length)})}</button>}
    </>
  );
}

function Unit({unit, cap, onGrid}: {unit: BalanceUnit; cap: number; onGrid: Props['onGrid']}) {
  const {t, name, number} = useWords();
  const crowded = cap > 0 && unit.persons_resident > cap;
  return (
    <tr data-standing={unit.id} class={unit.off_ppm > 0 ? 'is-off' : ''}>
      <th scope="row">
        <button type="button" class="link" onClick={() => onGrid(unit)}>{name(unit.name)}</button>{' '}
        {unit.in_band !== 'within' && <span class="badge is-warning">{t(`band.${unit.in_band}`)}</span>}
        {crowded && <span class="badge is-warning">{t('standing.crowded')}</span>}
        <span class="unit-people">{unit.code}</span>
      </th>
      <td class="num">{number(unit.households)}</td>
      <td class="num">{number(unit.persons_resident)}</td>
    </tr>
  );
}
