import {useWords} from '../../i18n/context';
import type {Side} from '../model/people';
import {PeopleTable} from './PeopleTable';
import {useDesk, type DeskStore} from './store';

/** Who would live on either side of the border in the hand, while it is moved. */
export function LiveCounts({store}: {store: DeskStore}) {
  const {t, name, number} = useWords();
  const sides = useDesk(store, (d) => d.sides);
  const exact = useDesk(store, (d) => d.people?.exact ?? true);
  if (sides.length === 0) return null;
  return (
    <section class="live">
      <h2>{t('live.title')}</h2>
      <PeopleTable>
        {sides.map(({cell, before, after}: Side) => (
          <tr key={cell.id} data-grid={cell.id}>
            <th scope="row">{name(cell.name)}<span class="unit-people">{cell.code}</span></th>
            <td class="num">{number(after.households)}<By n={after.households - before.households} /></td>
            <td class="num">{number(after.persons)}<By n={after.persons - before.persons} /></td>
          </tr>
        ))}
      </PeopleTable>
      <p class="muted">{t(exact ? 'live.judged' : 'live.cells')}</p>
    </section>
  );
}

function By({n}: {n: number}) {
  const {number} = useWords();
  return <span class="unit-people">{n > 0 ? '+' : ''}{number(n)}</span>;
}
