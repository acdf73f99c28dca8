import {useEffect, useRef, useState} from 'preact/hooks';
import * as api from '../api/client';
import type {GridRef, Plan, Position, Staff} from '../api/types';
import {useWords} from '../i18n/context';
import {Icon} from './parts';
import {placeIn} from './places';
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

/** What a text can mean: a grid, one who serves in a grid, or a place. */
type Hit = {key: string} & ({what: 'grid'; grid: GridRef} | {what: 'worker'; grid: GridRef; who: Staff} | {what: 'place'; at: Position});

async function find(plan: Plan, text: string, signal: AbortSignal): Promise<Hit[]> {
  const at = placeIn(text, plan.bounds);
  if (at) return [{key: 'place', what: 'place', at}];
  const [grids, served] = await Promise.all([api.search(plan.id, text, LIMIT, signal), api.searchWorker(plan.id, text, LIMIT, signal)]);
  const workers = served.flatMap((grid) => grid.serving.map((who): Hit => ({key: `${grid.id} ${who.id} ${who.role}`, what: 'worker', grid, who})));
  return [...grids.map((grid): Hit => ({key: `${grid.id}`, what: 'grid', grid})), ...workers].slice(0, LIMIT);
}

interface Props {
  plan: Plan;
  onGrid: (grid: GridRef) => void;
  onPlace: (at: Position) => void;
}

/** Finds a grid by code, name or who serves there, or a place by its coordinates; a combobox as ARIA describes it, "/" leads to it. */
export function Search({plan, onGrid, onPlace}: Props) {
  const {t} = useWords();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [entered, setEntered] = useState(''); // what Enter was pressed on before it was found
  const field = useRef<HTMLInputElement>(null);
  const wanted = useSettled(text.trim());
  const found = useRemote(wanted ? `search/${plan.id}/${wanted}` : null, plan.territory_revision, (signal) => find(plan, wanted, signal));
  useEffect(() => slashFocuses(field.current), []);
  useEffect(() => setActive(0), [wanted]);

  const current = wanted === text.trim(); // else the rows are those of what was typed before
  const rows = (current && found.value) || [];
  const showing = open && wanted !== '';
  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    if (hit.what === 'place') onPlace(hit.at);
    else onGrid(hit.grid);
    setOpen(false);
    setText('');
  };
  useEffect(() => {
    if (!current || !found.value || entered !== wanted) return;
    setEntered('');
    choose(rows[0]);
  }, [current, found.value, entered]);
  const keys: Record<string, () => void> = {
    ArrowDown: () => setActive((a) => Math.max(0, Math.min(a + 1, rows.length - 1))),
    ArrowUp: () => setActive((a) => Math.max(a - 1, 0)),
    Enter: () => (current && found.value ? choose(rows[active]) : setEntered(text.trim())),
    Escape: () => {
      setOpen(false);
      setEntered('');
    },
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
          setEntered('');
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
      {showing && current && found.value && rows.length === 0 && <p class="search-none" role="status">{t('search.none')}</p>}
    </div>
  );
}

function Results(props: {rows: readonly Hit[]; active: number; onChoose: (hit: Hit) => void}) {
  const {t} = useWords();
  return (
    <ul id="search-list" role="listbox" aria-label={t('search.label')} hidden={props.rows.length === 0}>
      {props.rows.map((hit, i) => (
        <li
          key={hit.key}
          id={`search-${i}`}
          role="option"
          data-hit={hit.what}
          aria-selected={i === props.active}
          onMouseDown={(e) => {
            e.preventDefault(); // keeps the focus, and with it the list, until the choice is made
            props.onChoose(hit);
          }}
        >
          <Told hit={hit} />
        </li>
      ))}
    </ul>
  );
}

function Told({hit}: {hit: Hit}) {
  const {t, name} = useWords();
  switch (hit.what) {
    case 'grid':
      return <><span>{name(hit.grid.name)}</span><span class="code">{hit.grid.code}</span></>;
    case 'worker':
      return <><span>{t('search.serves', {who: hit.who.name, grid: name(hit.grid.name)})}</span><span class="code">{hit.who.number} · {hit.grid.code}</span></>;
    case 'place':
      return <><span>{t('search.place')}</span><span class="code">{hit.at.map((n) => n.toFixed(6)).join(', ')}</span></>;
  }
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
