import type {Report, UnitReport} from '../api/types';
import {useWords} from '../i18n/context';
import {countsStaff, staffingOrder} from './findings';
import {Notice, SeverityMark} from './parts';

/** Required, actual and missing workers of every unit that a standard is set for. */
export function StaffingPanel({report, onUnit}: {report: Report; onUnit: (code: string) => void}) {
  const {t, name, number, cut, known} = useWords();
  const labelOf = (u: UnitReport) => name({zh: u.name, en: u.name_en ?? ''});
  const units = staffingOrder(report.units.filter(countsStaff));
  if (units.length === 0) return <Notice title={t('staff.none')} />;
  const short = units.filter((u) => u.short > 0);
  const people = short.reduce((sum, u) => sum + u.short, 0);
  const bases = [...new Set(units.flatMap((u) => u.basis ?? []))].map((basis) => known(`basis.${basis}`, basis));
  return (
    <div class="staffing">
      <p class={short.length > 0 ? 'verdict-fail' : 'verdict-pass'}>
        {short.length > 0
          ? t('staff.shortUnits', {n: short.length, people})
          : t('staff.allMet', {n: units.length})}
      </p>
      {bases.length > 0 && <p class="muted">{t('staff.basis', {basis: bases.join(', ')})}</p>}
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('staff.caption')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('staff.unit')}</th>
              <th scope="col" class="num">{t('staff.required')}</th>
              <th scope="col" class="num">{t('staff.actual')}</th>
              <th scope="col" class="num">{t('staff.short')}</th>
              <th scope="col" class="num">{t('staff.ratio')}</th>
            </tr>
          </thead>
          <tbody>
            {units.map((u, i) => (
              <tr key={`${u.rule} ${u.code} ${i}`} class={u.short > 0 ? 'is-short' : ''}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => onUnit(u.code)}>{labelOf(u)}</button>
                  {u.population !== null && <span class="unit-people">{t('staff.population', {n: u.population})}</span>}
                </th>
                <td class="num">{number(u.required)}</td>
                <td class="num">{number(u.actual)}</td>
                <td class="num"><Short unit={u} /></td>
                <td class="num">{u.ratio_per_10k === null ? '—' : cut(u.ratio_per_10k)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Short({unit}: {unit: UnitReport}) {
  const {t, number} = useWords();
  if (unit.short === 0) return <span class="muted">{t('staff.met')}</span>;
  const severity = unit.status === 'warning' || unit.status === 'info' ? unit.status : 'error';
  return (
    <span class="short">
      <SeverityMark severity={severity} silent /> {number(unit.short)}
    </span>
  );
}
