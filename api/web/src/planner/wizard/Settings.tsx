import {useWords} from '../../i18n/context';
import type {Intake} from './intake';

interface Props {
  intake: Intake;
  onChange: (intake: Intake) => void;
}

/** Systems that are asked for by name; another is given by its EPSG code. */
const SYSTEMS = ['EPSG:4490', 'EPSG:4326', 'gcj02', 'bd09'] as const;

/** What the files divide, in which coordinates, and what may be done to their ground. */
export function Settings({intake, onChange}: Props) {
  const {t} = useWords();
  const text = (key: 'code' | 'name' | 'plan', label: string, required: boolean) => (
    <label>
      {label}
      <input class="field" value={intake[key]} required={required} maxLength={100} onInput={(e) => onChange({...intake, [key]: e.currentTarget.value})} />
    </label>
  );
  return (
    <div class="wizard-form">
      {text('name', t('import.name'), true)}
      {text('code', t('import.code'), true)}
      {text('plan', t('import.plan'), false)}
      <label>
        {t('import.state')}
        <select class="field" value={intake.state} onChange={(e) => onChange({...intake, state: e.currentTarget.value === 'in_force' ? 'in_force' : 'draft'})}>
          <option value="draft">{t('import.asDraft')}</option>
          <option value="in_force">{t('import.asInForce')}</option>
        </select>
      </label>
      <System intake={intake} onChange={onChange} />
      <label>
        {t('import.straddle')}
        <select class="field" value={intake.straddle} onChange={(e) => onChange({...intake, straddle: e.currentTarget.value as Intake['straddle']})}>
          {(['refuse', 'cut', 'whole'] as const).map((s) => <option key={s} value={s}>{t(`import.straddle.${s}`)}</option>)}
        </select>
      </label>
      <label class="wizard-check">
        <input type="checkbox" checked={intake.clean} onChange={(e) => onChange({...intake, clean: e.currentTarget.checked})} /> {t('import.clean')}
      </label>
      {intake.clean && (
        <div class="wizard-pair">
          {(['snap', 'fill'] as const).map((key) => (
            <label key={key}>
              {t(`import.${key}`)}
              <input class="field" type="number" min="0" max="100" step="0.1" value={intake[key]} onInput={(e) => onChange({...intake, [key]: e.currentTarget.value})} />
            </label>
          ))}
        </div>
      )}
    </div>
  );
}

/** The system is declared, never guessed: there is no choice until somebody makes it. */
function System({intake, onChange}: Props) {
  const {t} = useWords();
  const named = SYSTEMS.some((s) => s === intake.crs);
  const other = intake.crs !== '' && !named;
  return (
    <>
      <label>
        {t('import.crs')}
        <select class="field" required data-crs value={other ? 'other' : intake.crs} onChange={(e) => onChange({...intake, crs: e.currentTarget.value === 'other' ? 'EPSG:' : e.currentTarget.value})}>
          <option value="">{t('import.crsWhich')}</option>
          {SYSTEMS.map((s) => <option key={s} value={s}>{t(`import.crs.${s}`)}</option>)}
          <option value="other">{t('import.crs.other')}</option>
        </select>
      </label>
      {other && (
        <label>
          {t('import.epsg')}
          <input class="field" value={intake.crs} pattern="EPSG:[0-9]{4,6}" onInput={(e) => onChange({...intake, crs: e.currentTarget.value})} />
        </label>
      )}
    </>
  );
}
