import {useEffect, useRef} from 'preact/hooks';
import type {Finding, Report, Severity} from '../api/types';
import {useWords} from '../i18n/context';
import {countBySeverity, shownFindings} from './findings';
import {FindingActs, MendStatus} from './checks/lazy';
import type {Mend} from './checks/useMend';
import {Figure, Notice, SeverityMark} from './parts';
import {SEVERITIES, type Session} from './session';

interface Props {
  report: Report;
  session: Session;
  onSeverity: (severity: Severity) => void;
  onFilter: (text: string) => void;
  onFinding: (finding: Finding) => void;
  mend: Mend;
}

/** What the check of the plan found: the verdict, the figures, and a list that leads to each place. */
export function FindingsPanel({report, session, onSeverity, onFilter, onFinding, mend}: Props) {
  const {t} = useWords();
  const shown = shownFindings(report.findings, session);
  return (
    <div class="findings">
      <Verdict report={report} />
      {(mend.outcome || mend.refusal) && <MendStatus mend={mend} />}
      {report.findings.length === 0 ? (
        <Notice title={t('check.none')} />
      ) : (
        <>
          <Filter findings={report.findings} session={session} onSeverity={onSeverity} onFilter={onFilter} />
          <p class="muted" role="status">
            {shown.length === 0 ? t('check.noMatch') : t('check.shown', {n: shown.length, total: report.findings.length})}
            {report.findings_total > report.findings.length &&
              ` · ${t('check.cut', {n: report.findings.length, total: report.findings_total})}`}
          </p>
          <ul class="finding-list">
            {shown.map((f) => (
              <Row key={f.id} finding={f} here={f.id === session.finding} onFinding={onFinding} mend={mend} />
            ))}
          </ul>
        </>
      )}
      <NotChecked report={report} />
    </div>
  );
}

function Verdict({report}: {report: Report}) {
  const {t, number, percent, date} = useWords();
  const {summary} = report;
  return (
    <section class="verdict">
      <p class={report.pass ? 'verdict-pass' : 'verdict-fail'}>
        {t(report.pass ? 'check.pass' : 'check.fail')}
        <span class="muted"> {t('check.asOf', {date: date(report.as_of)})}</span>
      </p>
      <dl class="figures figures-two">
        <Figure name={t('check.covered')}>{percent(summary.covered_pct)}</Figure>
        <Figure name={t('check.inOne')}>{number(summary.households.in_one)}</Figure>
        <Figure name={t('check.inNone')}>{number(summary.households.in_none)}</Figure>
        <Figure name={t('check.unstaffed')}>{number(summary.grids_without_worker)}</Figure>
      </dl>
    </section>
  );
}

function Filter({findings, session, onSeverity, onFilter}: {findings: Finding[]} & Omit<Props, 'report' | 'onFinding' | 'mend'>) {
  const {t, number} = useWords();
  const counts = countBySeverity(findings);
  return (
    <div class="filter">
      <div class="chips" role="group" aria-label={t('check.bySeverity')}>
        {SEVERITIES.map((s) => (
          <button
            key={s}
            type="button"
            class="chip"
            aria-pressed={!session.hidden.includes(s)}
            onClick={() => onSeverity(s)}
          >
            <SeverityMark severity={s} silent /> {number(counts[s])} {t(`severity.${s}`, {n: counts[s]})}
          </button>
        ))}
      </div>
      <input
        type="search"
        class="field"
        value={session.filter}
        placeholder={t('check.filter')}
        aria-label={t('check.filter')}
        onInput={(e) => onFilter(e.currentTarget.value)}
      />
    </div>
  );
}

function Row({finding, here, onFinding, mend}: {finding: Finding; here: boolean} & Pick<Props, 'onFinding' | 'mend'>) {
  const {lang, name, known, t} = useWords();
  const {rule, subject, message} = finding;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (here) row.current?.scrollIntoView({block: 'nearest'}); // it may have been chosen on the map
  }, [here]);
  return (
    <li ref={row}>
      <button type="button" class="finding" aria-pressed={here} data-finding={finding.id} onClick={() => onFinding(finding)}>
        <SeverityMark severity={finding.severity} />
        <span class="finding-rule">
          {known(`rule.${rule}`, rule)} {finding.waived && <span class="badge">{t('waiver.stands')}</span>}
        </span>
        <span class="finding-id">{rule}</span>
        <span class="finding-text">{lang === 'en' ? message.en : message.zh}</span>
        <span class="finding-subject">{[name({zh: subject.name ?? '', en: subject.name_en ?? ''}), subject.code].filter(Boolean).join(' · ')}</span>
      </button>
      {here && <FindingActs finding={finding} mend={mend} />}
    </li>
  );
}

function NotChecked({report: {not_checked: rules}}: {report: Report}) {
  const {t, known} = useWords();
  if (rules.length === 0) return null;
  return (
    <details class="not-checked">
      <summary>{t('check.notChecked', {n: rules.length})}</summary>
      <ul>
        {rules.map((r) => (
          <li key={r.rule}>
            <span class="code">{r.rule}</span> {known(`rule.${r.rule}`, '')} <span class="muted">{r.because}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
