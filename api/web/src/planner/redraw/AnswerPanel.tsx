import type {CodeRef, Edited, Held} from '../../api/edited';
import type {Finding, Plan, Severity, Tier} from '../../api/types';
import {useWords} from '../../i18n/context';
import {SeverityMark} from '../parts';
import {balance, movedIn, postsOf, worstOf, type BalanceRow} from '../model/answer';
import {PeopleTable} from './PeopleTable';

/** Rows shown of a long list; the rest is told by number. */
const MOST = 30;

/** What the last edit did, tier by tier: balance, who moved, findings. */
export function AnswerPanel({answer, plan, onFinding}: {answer: Edited; plan: Plan; onFinding: (finding: Finding) => void}) {
  const {t, known} = useWords();
  const grids = plan.tiers.filter((tier) => tier.class === 'grid');
  return (
    <div class="answer">
      <h2 class="answer-head">{t('answer.title', {op: known(`op.${answer.op}`, answer.op), revision: answer.revision})}</h2>
      {grids.map((tier) => <Balance key={tier.code} rows={balance(answer, tier.code)} tier={tier} />)}
      {grids.map((tier) => <Movements key={tier.code} answer={answer} tier={tier} />)}
      <Posts answer={answer} plan={plan} />
      <Findings title={t('answer.appeared', {n: answer.effects.findings.appeared_total})} findings={answer.effects.findings.appeared} onFinding={onFinding} />
      <Findings title={t('answer.gone', {n: answer.effects.findings.gone_total})} findings={answer.effects.findings.gone} />
    </div>
  );
}

function Balance({rows, tier}: {rows: BalanceRow[]; tier: Tier}) {
  const {t, name, number} = useWords();
  const [first] = rows;
  if (!first) return null;
  const {min, max} = first.change.band;
  const band = max > 0 ? t('answer.band', {min, max}) : t('answer.bandOpen', {min});
  return (
    <section>
      <h2>{t('answer.balance')} · {name(tier.name)} <span class="muted">{band}</span></h2>
      <PeopleTable>
        {rows.slice(0, MOST).map(({change: {grid, before, after}, name: called, off}) => (
          <tr key={grid.id} class={off > 0 ? 'is-off' : ''}>
            <th scope="row">
              {called ? name(called) : grid.code} <Band held={after} />
              <span class="unit-people">{grid.code}</span>
            </th>
            <td class="num"><Change before={before?.households} after={after?.households} /></td>
            <td class="num"><Change before={before?.persons_resident} after={after?.persons_resident} /></td>
          </tr>
        ))}
      </PeopleTable>
      {rows.length > MOST && <p class="muted">{t('answer.more', {n: number(rows.length - MOST)})}</p>}
    </section>
  );
}

/** How a grid stands to its band, in a word: colour is never the only sign. */
function Band({held}: {held: Held | null}) {
  const {t} = useWords();
  if (!held) return <span class="badge">{t('answer.retired')}</span>;
  return held.in_band === 'within' ? null : <span class="badge is-warning">{t(`band.${held.in_band}`)}</span>;
}

function Change({before, after}: {before: number | undefined; after: number | undefined}) {
  const {number} = useWords();
  const by = (after ?? 0) - (before ?? 0);
  return (
    <>
      {after === undefined ? '—' : number(after)}
      <span class="unit-people">{by > 0 ? '+' : ''}{number(by)}</span>
    </>
  );
}

function Movements({answer, tier}: {answer: Edited; tier: Tier}) {
  const {t, name, area} = useWords();
  const rows = movedIn(answer, tier.code);
  if (rows.length === 0) return null;
  const code = (ref: CodeRef | null) => ref?.code ?? '—';
  return (
    <section>
      <h2>{t('answer.moved')} · {name(tier.name)}</h2>
      <ul class="moved-list">
        {rows.slice(0, MOST).map((m) => (
          <li key={`${m.from?.id} ${m.to?.id}`}>
            <span class="code">{code(m.from)} → {code(m.to)}</span>
            <span>{t('answer.people', {n: m.households, persons: m.persons, area: area(m.area_m2)})}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Posts({answer, plan}: {answer: Edited; plan: Plan}) {
  const {t, name} = useWords();
  const posts = postsOf(answer);
  if (posts.length === 0) return null;
  const role = (code: string) => name(plan.roles.find((r) => r.code === code)?.name ?? {zh: code});
  return (
    <section>
      <h2>{t('answer.posts', {n: posts.length})}</h2>
      <ul class="moved-list">
        {posts.slice(0, MOST).map((p) => (
          <li key={p.assignment}>
            <span>
              {p.worker.number} · {role(p.role)} <span class={p.undecided ? 'badge is-warning' : 'badge'}>{t(p.undecided ? 'fate.undecided' : `fate.${p.fate}`)}</span>
            </span>
            <span class="code">
              {p.grid.code}{p.heir && ` → ${p.heir.code}`} · {t('answer.serves', {before: p.before?.households ?? 0, after: p.after?.households ?? 0})}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Findings({title, findings, onFinding}: {title: string; findings: Finding[]; onFinding?: (finding: Finding) => void}) {
  const {lang, known} = useWords();
  const worst: Severity | null = worstOf(findings);
  if (!worst) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul class="moved-list">
        {findings.slice(0, MOST).map((f) => (
          <li key={f.id}>
            <span><SeverityMark severity={f.severity} /> {known(`rule.${f.rule}`, f.rule)} · <span class="code">{f.subject.code}</span></span>
            {onFinding ? (
              <button type="button" class="link" onClick={() => onFinding(f)}>{lang === 'en' ? f.message.en : f.message.zh}</button>
            ) : (
              <span class="muted">{lang === 'en' ? f.message.en : f.message.zh}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
