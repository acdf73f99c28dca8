import type {ComponentChildren} from 'preact';
import {useWords} from '../../i18n/context';

/** Grids with their households and residents, a row each. */
export function PeopleTable({children}: {children: ComponentChildren}) {
  const {t} = useWords();
  return (
    <table class="answer-table">
      <thead>
        <tr>
          <th scope="col">{t('tab.grid')}</th>
          <th scope="col" class="num">{t('grid.households')}</th>
          <th scope="col" class="num">{t('grid.resident')}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
