import {useWords} from '../../i18n/context';
import {IconButton} from '../parts';
import {RECORDS, tiersOf, type Intake} from './intake';

/** The chosen files, each with what it holds. */
export function FileList({intake, onChange}: {intake: Intake; onChange: (intake: Intake) => void}) {
  const {t, known, number} = useWords();
  if (intake.files.length === 0) return null;
  const say = (i: number, part: string) => onChange({...intake, files: intake.files.map((s, k) => (k === i ? {...s, part: part || null} : s))});
  return (
    <ul class="wizard-files">
      {intake.files.map(({file, part}, i) => (
        <li key={file.name}>
          <span class="wizard-file">{file.name} <span class="muted">{t('import.size', {n: number(Math.ceil(file.size / 1024))})}</span></span>
          <select class="field" aria-label={t('import.holds', {file: file.name})} value={part ?? ''} onChange={(e) => say(i, e.currentTarget.value)}>
            <option value="">{t('import.holdsWhat')}</option>
            <optgroup label={t('import.gridsOf')}>
              {tiersOf(intake).map((code) => <option key={code} value={`tier:${code}`}>{known(`tierName.${code}`, code)}</option>)}
              <option value="dedicated">{t('tier.dedicated')}</option>
            </optgroup>
            <optgroup label={t('import.recordsOf')}>
              {RECORDS.map((r) => <option key={r} value={r}>{t(`records.${r}`)}</option>)}
            </optgroup>
          </select>
          <IconButton icon="close" label={t('import.leave', {file: file.name})} onClick={() => onChange({...intake, files: intake.files.filter((_, k) => k !== i)})} />
        </li>
      ))}
    </ul>
  );
}
