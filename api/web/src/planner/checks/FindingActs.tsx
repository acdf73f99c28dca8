import './checks.css';
import {useState} from 'preact/hooks';
import type {Finding, Fix} from '../../api/types';
import {useWords} from '../../i18n/context';
import {Refusal} from '../redraw/Refusal';
import {remedyOf, type FixEdit} from './fixes';
import type {Mend} from './useMend';

interface Props {
  finding: Finding;
  mend: Mend;
}

/** What can be done about a finding: its fixes, and letting it stand. */
export function FindingActs({finding, mend}: Props) {
  const {t} = useWords();
  return (
    <div class="mend" aria-label={t('fix.label')} role="group">
      <Measured finding={finding} />
      {(finding.fixes ?? []).map((fix) => <FixForm key={`${fix.do} ${fix.grid}`} finding={finding} fix={fix} mend={mend} />)}
      {finding.waived ? <Waived finding={finding} mend={mend} /> : <WaiverForm finding={finding} mend={mend} />}
    </div>
  );
}

/** What was measured against which limit. */
function Measured({finding: {measure}}: {finding: Finding}) {
  const {t, cut, known} = useWords();
  if (!measure) return null;
  const unit = known(`unit.${measure.unit}`, measure.unit);
  return <p class="muted">{t('fix.measure', {value: cut(measure.value), unit, op: measure.op === '<=' ? '≤' : measure.op === '>=' ? '≥' : measure.op, limit: cut(measure.limit)})}</p>;
}

function FixForm({finding, fix, mend}: Props & {fix: Fix}) {
  const remedy = remedyOf(finding, fix);
  switch (remedy?.by) {
    case 'edit':
      return <EditFix finding={finding} fix={fix} edit={remedy.edit} mend={mend} />;
    case 'keeper':
      return <KeeperFix finding={finding} unit={remedy.unit} position={remedy.position} mend={mend} />;
    case 'post':
      return <PostFix finding={finding} grid={remedy.grid} mend={mend} />;
    default:
      return null;
  }
}

/** In a draft one click does it; of a plan in force a draft is begun, or one that is there is used. */
function EditFix({finding, fix, edit, mend}: Props & {fix: Fix; edit: FixEdit}) {
  const {t, cut} = useWords();
  const [into, setInto] = useState('');
  const inDraft = mend.plan?.state === 'draft';
  const label = t(`fix.${fix.do}` as 'fix.assign_to', {grid: fix.grid});
  const go = () => mend.edit(finding, edit, inDraft ? null : into ? {draft: Number(into)} : {name: t('fix.draftName', {plan: mend.plan?.name ?? ''})});
  return (
    <div class="mend-fix">
      <button type="button" class="button is-main" data-fix={fix.do} disabled={mend.busy} onClick={go}>{label}</button>
      {fix.shared_edge_m !== undefined && <span class="muted">{t('fix.shared', {metres: cut(fix.shared_edge_m)})}</span>}
      {!inDraft && (
        <label class="mend-into">
          {t('fix.into')}
          <select class="field" value={into} onChange={(e) => setInto(e.currentTarget.value)}>
            <option value="">{t('fix.newDraft')}</option>
            {mend.drafts.map((d) => <option key={d.id} value={d.id}>{d.name}</option>)}
          </select>
        </label>
      )}
    </div>
  );
}

function KeeperFix({finding, unit, position, mend}: Props & {unit: string; position: string}) {
  const {t, known} = useWords();
  const [keeper, setKeeper] = useState('');
  return (
    <form
      class="mend-form"
      onSubmit={(e) => {
        e.preventDefault();
        mend.keeper(finding, {unit_code: unit, position, keeper: keeper.trim()});
      }}
    >
      <label>
        {t('fix.keeper', {position: known(`position.${position}`, position)})}
        <input class="field" value={keeper} required maxLength={200} onInput={(e) => setKeeper(e.currentTarget.value)} />
      </label>
      <button type="submit" class="button is-main" data-fix="assign_keeper" disabled={mend.busy}>{t('fix.assign_keeper')}</button>
    </form>
  );
}

function PostFix({finding, grid, mend}: Props & {grid: string}) {
  const {t, name} = useWords();
  const roles = mend.plan?.roles ?? [];
  const [number, setNumber] = useState('');
  const [role, setRole] = useState(roles.find((r) => r.code === 'grid_worker')?.code ?? roles[0]?.code ?? '');
  return (
    <form
      class="mend-form"
      onSubmit={(e) => {
        e.preventDefault();
        mend.post(finding, {grid_code: grid, worker_number: number.trim(), role, primary: true});
      }}
    >
      <label>
        {t('fix.worker')}
        <input class="field" value={number} required maxLength={100} onInput={(e) => setNumber(e.currentTarget.value)} />
      </label>
      <label>
        {t('fix.role')}
        <select class="field" value={role} onChange={(e) => setRole(e.currentTarget.value)}>
          {roles.map((r) => <option key={r.code} value={r.code}>{name(r.name)}</option>)}
        </select>
      </label>
      <button type="submit" class="button is-main" data-fix="assign_worker" disabled={mend.busy}>{t('fix.assign_worker')}</button>
    </form>
  );
}

/** Who, why and until when; folded until it is asked for. */
function WaiverForm({finding, mend}: Props) {
  const {t} = useWords();
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState({by: '', why: '', until: ''});
  if (!open) return <button type="button" class="button" data-waive onClick={() => setOpen(true)}>{t('waiver.ask')}</button>;
  return (
    <form
      class="mend-form"
      onSubmit={(e) => {
        e.preventDefault();
        mend.waive(finding, {by: said.by.trim(), why: said.why.trim(), until: said.until});
      }}
    >
      <p class="muted">{t('waiver.hint')}</p>
      <label>
        {t('waiver.by')}
        <input class="field" name="by" value={said.by} required maxLength={100} onInput={(e) => setSaid({...said, by: e.currentTarget.value})} />
      </label>
      <label>
        {t('waiver.why')}
        <input class="field" name="why" value={said.why} required maxLength={500} onInput={(e) => setSaid({...said, why: e.currentTarget.value})} />
      </label>
      <label>
        {t('waiver.until')}
        <input class="field" name="until" type="date" value={said.until} onInput={(e) => setSaid({...said, until: e.currentTarget.value})} />
      </label>
      <div class="mend-fix">
        <button type="submit" class="button is-main" disabled={mend.busy}>{t('waiver.do')}</button>
        <button type="button" class="button" onClick={() => setOpen(false)}>{t('fix.cancel')}</button>
      </div>
    </form>
  );
}

function Waived({finding, mend}: Props) {
  const {t, date} = useWords();
  const {waived} = finding;
  if (!waived) return null;
  return (
    <div class="mend-fix">
      <p>
        {waived.until ? t('waiver.told', {by: waived.by, why: waived.why, until: date(waived.until)}) : t('waiver.toldOpen', {by: waived.by, why: waived.why})}
      </p>
      <button type="button" class="button" disabled={mend.busy} onClick={() => mend.unwaive(finding)}>{t('waiver.back')}</button>
    </div>
  );
}

/** What became of the last thing that was done about a finding. */
export function MendStatus({mend}: {mend: Mend}) {
  const {t} = useWords();
  if (mend.refusal) return <Refusal refusal={mend.refusal} tool="look" onClose={mend.forget} />;
  if (!mend.outcome) return null;
  return (
    <p class={`mend-status is-${mend.outcome}`} role="status">
      <span aria-hidden="true">{mend.outcome === 'waiting' ? '…' : mend.outcome === 'stands' ? '▲' : '✓'}</span> {t(`fix.is.${mend.outcome}`)}
    </p>
  );
}
