import {useState} from 'preact/hooks';
import {newKey} from '../api/drafts';
import type {Note} from '../api/notes';
import type {Grid, Plan} from '../api/types';
import {useWords} from '../i18n/context';
import {Awaited} from '../planner/parts';
import type {Remote} from '../planner/remote';
import {leave, type Allowed} from './data';
import {geometryOf, type Sketching, type Stroke} from './sketching';

interface NotesProps {
  plan: Plan;
  grid: Grid;
  sketching: Sketching;
  act: (stroke: Stroke) => void;
  said: Remote<Allowed<Note[]>>;
  onSent: () => void;
}

/** How far a note has come on its way; a note that failed keeps its ref, so that it is left once however often it is sent. */
type Way = {at: 'here' | 'sending' | 'sent' | 'empty'} | {at: 'failed'; reason: string};

/** What a leader says is wrong with the boundary, and what was said of the grid before. */
export function Notes({plan, grid, sketching, act, said, onSent}: NotesProps) {
  const {t} = useWords();
  const [text, setText] = useState('');
  const [author, setAuthor] = useState(grid.leader?.name ?? '');
  const [ref, setRef] = useState(newKey);
  const [way, setWay] = useState<Way>({at: 'here'});
  const send = async (e: Event) => {
    e.preventDefault();
    if (way.at === 'sending') return;
    if (!text.trim()) return setWay({at: 'empty'});
    setWay({at: 'sending'});
    try {
      await leave(plan, grid, ref, {text: text.trim(), author: author.trim(), sketch: geometryOf(sketching)});
      setText('');
      setRef(newKey());
      setWay({at: 'sent'});
      onSent();
    } catch (error) {
      setWay({at: 'failed', reason: error instanceof Error ? error.message : String(error)});
    }
  };
  const changed = (set: (value: string) => void) => (value: string) => {
    set(value);
    setRef(newKey()); // another note, even where the one before was lost on its way
    setWay({at: 'here'});
  };
  return (
    <section class="phone-card">
      <h2>{t('phone.notes')}</h2>
      <p class="muted">{t('phone.notesHint')}</p>
      {grid.drawn && <Tools sketching={sketching} act={act} />}
      <form class="phone-form" onSubmit={send}>
        <label class="phone-field">
          <span>{t('phone.text')}</span>
          <textarea rows={3} maxLength={2000} value={text} placeholder={t('phone.textHint')} onInput={(e) => changed(setText)(e.currentTarget.value)} />
        </label>
        <label class="phone-field">
          <span>{t('phone.author')}</span>
          <input maxLength={200} value={author} autocomplete="name" onInput={(e) => changed(setAuthor)(e.currentTarget.value)} />
        </label>
        <button type="submit" class="button phone-send" disabled={way.at === 'sending'}>{t('phone.send')}</button>
        <p role="status" class={way.at === 'failed' || way.at === 'empty' ? 'phone-bad' : 'phone-good'}>
          {way.at === 'failed' ? t('phone.failed', {reason: way.reason}) : way.at === 'here' ? '' : t(`phone.${way.at}`)}
        </p>
      </form>
      <Awaited remote={said}>{(list) => (list === 'forbidden' ? <p class="muted">{t('phone.notesForbidden')}</p> : <Said list={list} />)}</Awaited>
    </section>
  );
}

function Tools({sketching, act}: Pick<NotesProps, 'sketching' | 'act'>) {
  const {t} = useWords();
  return (
    <>
      <div class="phone-tools">
        {(['line', 'area'] as const).map((tool) => (
          <button key={tool} type="button" class="button" aria-pressed={sketching.tool === tool} onClick={() => act({do: 'take', tool})}>{t(`phone.${tool}`)}</button>
        ))}
        <button type="button" class="button" disabled={sketching.points.length === 0} onClick={() => act({do: 'erase'})}>{t('phone.erase')}</button>
      </div>
      <p class="muted" role="status">
        {sketching.tool && (sketching.points.length > 0 ? t('phone.drawn', {n: sketching.points.length}) : t('phone.drawing'))}
      </p>
    </>
  );
}

function Said({list}: {list: readonly Note[]}) {
  const {t, time} = useWords();
  if (list.length === 0) return <p class="muted">{t('phone.none')}</p>;
  return (
    <>
      <h3>{t('phone.mine', {n: list.length})}</h3>
      <ul class="phone-list">
        {list.map((n) => (
          <li key={n.id}>
            <p>{n.text}</p>
            <p class="muted">
              {n.author} · {time(n.written)} · <b class={n.resolved ? 'phone-good' : 'warn-text'}>{t(n.resolved ? 'phone.resolved' : 'phone.open')}</b>
            </p>
            {n.reply && <p>{t('phone.reply', {text: n.reply})}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
