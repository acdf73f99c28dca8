import {useEffect, useMemo, useState} from 'preact/hooks';
import type {ImportReport, ImportRow} from '../../api/imports';
import {useWords} from '../../i18n/context';
import type {Words} from '../../i18n/words';
import type {GridMap} from '../../map/map';
import {SeverityMark} from '../parts';
import {inWords} from './reasons';
import {FATES, findingsOf, idOf, MARKS, viewOf, type Fate, type Rows} from './rows';

interface Props {
  report: ImportReport;
  map: () => GridMap | null;
  onRows: (rows: Rows | null) => void;
}

/** Rows drawn at once; the rest is asked for. */
const MOST = 200;

/** What would become of every row: refused, repaired, kept, each with its place on the map. */
export function ReportView({report, map, onRows}: Props) {
  const {t, number} = useWords();
  const [hidden, setHidden] = useState<readonly Fate[]>(report.refused + report.repaired > 0 ? ['kept'] : []);
  const [chosen, setChosen] = useState<string | null>(null);
  const [most, setMost] = useState(MOST);
  const findings = useMemo(() => findingsOf(report, hidden), [report, hidden]);
  const show = (row: ImportRow, id: string) => {
    setChosen(id);
    const view = viewOf(row);
    if (view) map()?.fit(view, 0.3);
  };
  const choose = (id: string) => {
    const row = report.rows[Number(id.slice(4))];
    if (row) show(row, id);
  };
  useEffect(() => onRows({findings, chosen: findings.find((f) => f.id === chosen) ?? null, choose}), [findings, chosen]);
  useEffect(() => () => onRows(null), []);
  useEffect(() => {
    if (report.bounds) map()?.fit(report.bounds, 0.06);
  }, [report]);
  const rows = report.rows.map((row, i) => ({row, id: idOf(i)})).filter(({row}) => !hidden.includes(row.fate));
  return (
    <div class="wizard-report">
      <p role="status" class={report.refused > 0 ? 'verdict-fail' : 'verdict-pass'}>{t(report.refused > 0 ? 'import.notTaken' : 'import.taken', {n: report.refused})}</p>
      <p class="muted">{t('import.read', {grids: report.tiers.reduce((sum, row) => sum + row.grids, 0), households: report.households, records: Object.values(report.records).reduce((sum, n) => sum + n, 0)})}</p>
      <div class="chips" role="group" aria-label={t('import.byFate')}>
        {FATES.map((fate) => (
          <button key={fate} type="button" class="chip" data-fate={fate} aria-pressed={!hidden.includes(fate)} onClick={() => setHidden(hidden.includes(fate) ? hidden.filter((h) => h !== fate) : [...hidden, fate])}>
            <SeverityMark severity={MARKS[fate]} silent /> {number(report[fate])} {t(`fate.${fate}`)}
          </button>
        ))}
      </div>
      <ul class="finding-list">
        {rows.slice(0, most).map(({row, id}) => <Row key={id} row={row} id={id} here={id === chosen} onShow={show} />)}
      </ul>
      {rows.length > most && <button type="button" class="button" onClick={() => setMost(most + MOST)}>{t('import.more', {n: rows.length - most})}</button>}
      {report.rows.length < report.kept + report.repaired + report.refused && <p class="muted">{t('import.cut')}</p>}
    </div>
  );
}

function Row({row, id, here, onShow}: {row: ImportRow; id: string; here: boolean; onShow: (row: ImportRow, id: string) => void}) {
  const words = useWords();
  const {t, known} = words;
  return (
    <li>
      <button type="button" class="finding" aria-pressed={here} data-row={id} disabled={!row.bounds} onClick={() => onShow(row, id)}>
        <SeverityMark severity={MARKS[row.fate]} silent />
        <span class="finding-rule">{t(`fate.${row.fate}`)} · {known(`rule.${row.what}`, known(`what.${row.what}`, row.what))}</span>
        <span class="finding-id">{row.code ?? row.to ?? ''}</span>
        <span class="finding-text">{said(row, words)}</span>
        <span class="finding-subject">{placeText(row, words)}</span>
      </button>
    </li>
  );
}

/** What happened to the row, in the person's language as far as there are words for it. */
function said(row: ImportRow, {lang, t, cut, name}: Words): string {
  if (row.message) return lang === 'en' ? row.message.en : row.message.zh;
  const parts = [
    row.reason && inWords(row.reason, lang),
    row.grids?.length ? row.grids.slice(0, 4).join('、') + (row.grids.length > 4 ? ' …' : '') : '',
    row.to && t('import.to', {grid: row.to}),
    row.area_m2 ? t('import.area', {area: cut(row.area_m2)}) : '',
    row.width_m ? t('import.width', {width: cut(row.width_m)}) : '',
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' · ') : row.name ? name(row.name) : '';
}

/** Where the row stands in its file. */
function placeText({file, line, feature, field, bounds}: ImportRow, {t}: Words): string {
  return [
    file,
    line ? t('import.line', {n: line}) : feature !== undefined ? t('import.feature', {n: feature + 1}) : '',
    field && t('import.field', {field}),
    !bounds && t('import.nowhere'),
  ].filter(Boolean).join(' · ');
}
