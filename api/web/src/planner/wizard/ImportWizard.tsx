import './wizard.css';
import type {ComponentChildren} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import {ApiError} from '../../api/client';
import {sendImport, type ImportReport} from '../../api/imports';
import {useWords} from '../../i18n/context';
import {dictionaries} from '../../i18n/dictionary';
import type {GridMap} from '../../map/map';
import {Refusal} from '../redraw/Refusal';
import {FileList} from './FileList';
import {EMPTY_INTAKE, foreign, formOf, lacking, withFiles, withManifest, type Intake, type Manifest} from './intake';
import {ReportView} from './ReportView';
import type {Rows} from './rows';
import {Settings} from './Settings';

export interface WizardProps {
  map: () => GridMap | null;
  /** Lays rows on the map in the place of findings. */
  onRows: (rows: Rows | null) => void;
  /** Opens the plan that was made. */
  onOpen: (plan: number) => void;
  plansChanged: () => void;
}

/** Files in: choose them, say what they are, see what would become of every row, then import them. */
export function ImportWizard({map, onRows, onOpen, plansChanged}: WizardProps) {
  const {t} = useWords();
  const [intake, setIntake] = useState<Intake>(EMPTY_INTAKE);
  const [left, setLeft] = useState<string[]>([]);
  const {report, refusal, busy, ask, forget} = useAsk();
  const change = (next: Intake) => {
    forget(); // what was told was told of other files
    setIntake(next);
  };
  const add = async (files: File[]) => {
    setLeft(files.filter((f) => foreign(f.name)).map((f) => t('import.foreign', {file: f.name, what: t(`import.is.${foreign(f.name) ?? 'drawing'}`)})));
    const manifest = files.find((f) => f.name.toLowerCase() === 'territory.json');
    const with_ = withFiles(intake, files.filter((f) => f !== manifest));
    try {
      change(manifest ? withManifest(with_, JSON.parse(await manifest.text()) as Manifest) : with_);
    } catch {
      setLeft([t('import.badManifest')]);
    }
  };
  const lack = lacking(intake);
  const tierName = (code: string) => ({zh: dictionaries['zh-CN'][`tierName.${code}` as 'tierName.county'] ?? code, en: dictionaries.en[`tierName.${code}` as 'tierName.county'] ?? code});
  const send = (dry: boolean) =>
    ask(formOf(intake, tierName), dry, (done) => {
      if (!done.plan) return;
      onRows(null);
      plansChanged();
      onOpen(done.plan);
    });
  return (
    <section class="wizard" aria-label={t('import.title')}>
      <h2>{t('import.title')}</h2>
      <Step n={1} title={t('import.choose')}>
        <Drop onFiles={(files) => void add(files)} />
        {left.map((text) => <p key={text} class="warn-text" role="alert">{text}</p>)}
        <FileList intake={intake} onChange={change} />
      </Step>
      {intake.files.length > 0 && (
        <Step n={2} title={t('import.say')}>
          <Settings intake={intake} onChange={change} />
        </Step>
      )}
      {intake.files.length > 0 && (
        <Step n={3} title={t('import.dry')}>
          {lack && <p class="muted">{t(`import.lacks.${lack}`)}</p>}
          <div class="wizard-go">
            <button type="button" class={report ? 'button' : 'button is-main'} disabled={lack !== null || busy} data-dry onClick={() => send(true)}>{t('import.dryRun')}</button>
            {report && <button type="button" class="button is-main" disabled={busy || report.refused > 0} data-import onClick={() => send(false)}>{t('import.do')}</button>}
          </div>
          {busy && <p class="waiting" role="status">{t('import.busy')}</p>}
          {refusal && <Refusal refusal={refusal} tool="look" onClose={forget} />}
          {report && <ReportView report={report} map={map} onRows={onRows} />}
        </Step>
      )}
    </section>
  );
}

function Step({n, title, children}: {n: number; title: string; children: ComponentChildren}) {
  return (
    <section class="wizard-step">
      <h3><span class="wizard-n" aria-hidden="true">{n}</span> {title}</h3>
      {children}
    </section>
  );
}

/** A field that takes files, chosen or dropped. */
function Drop({onFiles}: {onFiles: (files: File[]) => void}) {
  const {t} = useWords();
  const [over, setOver] = useState(false);
  return (
    <label
      class={over ? 'wizard-drop is-over' : 'wizard-drop'}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        onFiles([...(e.dataTransfer?.files ?? [])]);
      }}
    >
      <span>{t('import.drop')}</span>
      <span class="muted">{t('import.kinds')}</span>
      <span class="button">{t('import.browse')}</span>
      <input
        type="file"
        multiple
        onChange={(e) => {
          onFiles([...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = ''; // so that a mended file of the same name is taken again
        }}
      />
    </label>
  );
}

/** Asks the service, one question at a time. */
function useAsk() {
  const [report, setReport] = useState<ImportReport | null>(null);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const control = useRef<AbortController | null>(null);
  useEffect(() => () => control.current?.abort(), []);
  const forget = () => {
    control.current?.abort();
    setReport(null);
    setRefusal(null);
    setBusy(false);
  };
  const ask = (form: FormData, dry: boolean, done: (report: ImportReport) => void) => {
    control.current?.abort();
    const mine = (control.current = new AbortController());
    setBusy(true);
    setRefusal(null);
    sendImport(form, dry, mine.signal).then(
      (answer) => {
        setBusy(false);
        setReport(answer);
        done(answer);
      },
      (cause: unknown) => {
        if (mine.signal.aborted) return;
        setBusy(false);
        setRefusal(cause instanceof ApiError ? cause : new ApiError(0, String(cause)));
      },
    );
  };
  return {report, refusal, busy, ask, forget};
}
