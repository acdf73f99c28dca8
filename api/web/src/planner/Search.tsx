import {useEffect, useRef, useState} from 'preact/hooks';
import * as api from '../api/client';
import type {GridRef, Plan} from '../api/types';
import {useWords} from '../i18n/context';
import {Icon} from './parts';
import {useRemote} from './remote';

const LIMIT = 12;
/** Long enough that typing a word asks once, short enough not to be felt. */
const PAUSE_MS = 150;

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Finds a grid by code or name; a combobox as ARIA describes it, "/" leads to it. */
export function Search({plan, onGrid}: {plan: Plan; onGrid: (grid: GridRef) => void}) {
  const {t} = useWords();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const wanted = useSettled(text.trim());
  const found = useRemote(wanted ? `search/${plan.id}/${wanted}` : null, plan.territory_revision, (signal) =>
    api.search(plan.id, wanted, LIMIT, signal),
  );
  useEffect(() => slashFocuses(field.current), []);
  useEffect(() => setActive(0), [wanted]);

  const rows = found.value ?? [];
  const showing = open && wanted !== '';
  const choose = (grid: GridRef | undefined) => {
    if (!grid) return;
    onGrid(grid);
    setOpen(false);
    setText('');
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setActive((a) => Math.min(a + 1, rows.length - 1)),
    ArrowUp: () => setActive((a) => Math.max(a - 1, 0)),
    Enter: () => choose(rows[active]),
    Escape: () => setOpen(false),
  };
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={field}
        class="field"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        value={text}
        placeholder={t('search.placeholder')}
        aria-label={t('search.label')}
        aria-expanded={showing}
        aria-controls="search-list"
        aria-autocomplete="list"
        {...(showing && rows[active] ? {'aria-activedescendant': `search-${active}`} : {})}
        onInput={(e) => {
          setText(e.currentTarget.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={(e) => {
          if (keys[e.key]) e.preventDefault();
          keys[e.key]?.();
        }}
      />
      <Results rows={showing ? rows : []} active={active} onChoose={choose} />
      {showing && found.value && rows.length === 0 && <p class="search-none" role="status">{t('search.none')}</p>}
    </div>
  );
}

function Results(props: {rows: readonly GridRef[]; active: number; onChoose: (grid: GridRef) => void}) {
  const {t, name} = useWords();
  return (
    <ul id="search-list" role="listbox" aria-label={t('search.label')} hidden={props.rows.length === 0}>
      {props.rows.map((g, i) => (
        <li
          key={g.id}
          id={`search-${i}`}
          role="option"
          aria-selected={i === props.active}
          onMouseDown={(e) => {
            e.preventDefault(); // keeps the focus, and with it the list, until the choice is made
            props.onChoose(g);
          }}
        >
          <span>{name(g.name)}</span>
          <span class="code">{g.code}</span>
        </li>
      ))}
    </ul>
  );
}

function slashFocuses(field: HTMLInputElement | null) {
  const key = (e: KeyboardEvent) => {
    const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
    if (e.key !== '/' || typing) return;
    e.preventDefault();
    field?.focus();
  };
  addEventListener('keydown', key);
  return () => removeEventListener('keydown', key);
}
