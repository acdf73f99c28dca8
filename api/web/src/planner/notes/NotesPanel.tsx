import {useState} from 'preact/hooks';
import type {Note} from '../../api/notes';
import type {Bounds, Grid, GridRef, Plan, Position} from '../../api/types';
import {useWords} from '../../i18n/context';
import {Awaited, Notice} from '../parts';
import {ABOUT, noteAbout, placeOf, type About} from './about';
import type {Notes} from './useNotes';

export interface NotesProps {
  plan: Plan;
  notes: Notes;
  /** The grid chosen on the map. */
  grid: Grid | null;
  middle: () => Position | null;
  onGround: (bounds: Bounds) => void;
  onGrid: (grid: Pick<GridRef, 'id'>) => void;
}

/** What people say of the plan, its grids and places on the ground, until somebody settles it. */
export default function NotesPanel(props: NotesProps) {
  const {t} = useWords();
  const {notes} = props;
  return (
    <div class="notes">
      <Write {...props} />
      {notes.error && <p class="warn-text" role="alert">{t('notes.failed', {why: notes.error.message})}</p>}
      <label class="notes-all">
        <input type="checkbox" checked={notes.settled} onChange={(e) => notes.showSettled(e.currentTarget.checked)} /> {t('notes.all')}
      </label>
      <Awaited remote={notes.list}>
        {() =>
          notes.shown.length === 0 ? (
            <Notice title={t('notes.none')}>{t('notes.noneHint')}</Notice>
          ) : (
            <>
              <p class="muted" role="status">{t('notes.shown', {n: notes.shown.length})}</p>
              <ul class="note-list">{notes.shown.map((n) => <One key={n.id} note={n} {...props} />)}</ul>
            </>
          )
        }
      </Awaited>
    </div>
  );
}

function Write({plan, notes, grid, middle}: NotesProps) {
  const {t} = useWords();
  const [text, setText] = useState('');
  const [about, setAbout] = useState<About>('plan');
  const send = async () => {
    const note = noteAbout(about, text, {plan: plan.id, grid: grid?.id ?? null, place: middle()});
    if (note && (await notes.add(note))) setText('');
  };
  return (
    <form
      class="redraw-form"
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      <label>
        {t('notes.on')}
        <select class="field" value={about} onChange={(e) => setAbout(ABOUT.find((a) => a === e.currentTarget.value) ?? 'plan')}>
          <option value="plan">{t('notes.plan')}</option>
          {grid && <option value="grid">{t('notes.grid', {code: grid.code})}</option>}
          <option value="place">{t('notes.place')}</option>
        </select>
      </label>
      <label>
        {t('notes.text')}
        <textarea class="field notes-text" value={text} required maxLength={2000} rows={3} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <button type="submit" class="button is-main">{t('notes.send')}</button>
    </form>
  );
}

function One({note, notes, onGround, onGrid}: NotesProps & {note: Note}) {
  const {t, time} = useWords();
  const [reply, setReply] = useState<string | null>(null);
  const {id, grid, resolved} = note;
  const ground = placeOf(note);
  const settle = async () => {
    const said = reply?.trim();
    if (await notes.change(id, {resolved: true, ...(said && {reply: said})})) setReply(null);
  };
  return (
    <li class={resolved ? 'is-settled' : ''} data-note={id}>
      <p class="note-text">{note.kind === 'correction' && <span class="badge">{t('notes.correction')}</span>} {note.text}</p>
      <p class="muted">{t('notes.by', {by: note.author, when: time(note.written)})}</p>
      {note.reply && <p>{note.reply}</p>}
      {resolved && note.resolved_at && <p class="muted">{t('notes.resolved', {by: note.resolved_by ?? '', when: time(note.resolved_at)})}</p>}
      <p class="note-acts">
        {ground ? (
          <button type="button" class="link" onClick={() => onGround(ground)}>{t('notes.show')}</button>
        ) : (
          grid !== undefined && <button type="button" class="link" onClick={() => onGrid({id: grid})}>{t('notes.show')}</button>
        )}
        {resolved ? (
          <button type="button" class="link" onClick={() => void notes.change(id, {resolved: false})}>{t('notes.reopen')}</button>
        ) : (
          reply === null && <button type="button" class="link" onClick={() => setReply('')}>{t('notes.resolve')}</button>
        )}
      </p>
      {reply !== null && (
        <form
          class="redraw-form"
          onSubmit={(e) => {
            e.preventDefault();
            void settle();
          }}
        >
          <label>
            {t('notes.reply')}
            <input class="field" value={reply} maxLength={2000} onInput={(e) => setReply(e.currentTarget.value)} />
          </label>
          <button type="submit" class="button">{t('notes.resolve')}</button>
        </form>
      )}
    </li>
  );
}
