import {useState} from 'preact/hooks';
import * as api from '../api/client';
import type {Plan, TerritoryEntry} from '../api/types';
import {useWords} from '../i18n/context';
import {useRemote} from '../planner/remote';

interface FinderProps {
  plan: Plan;
  territories: readonly TerritoryEntry[];
  /** A code that the address names and the plan does not have. */
  unknown: string | null;
  onTerritory: (code: string) => void;
  onGrid: (code: string) => void;
}

/** Where a leader says which grid is theirs. */
export function Finder({plan, territories, unknown, onTerritory, onGrid}: FinderProps) {
  const {t, name} = useWords();
  const [text, setText] = useState(unknown ?? '');
  const asked = text.trim();
  const found = useRemote(asked ? `${plan.id} ${asked}` : null, 0, (signal) => api.search(plan.id, asked, 20, signal));
  const open = territories.filter((territory) => territory.plan);
  return (
    <main class="phone-find">
      <p>{t('phone.choose')}</p>
      {open.length > 1 && (
        <label class="phone-field">
          <span>{t('phone.territory')}</span>
          <select value={plan.territory.code} onChange={(e) => onTerritory(e.currentTarget.value)}>
            {open.map((territory) => (
              <option key={territory.id} value={territory.code}>{name(territory.name)}</option>
            ))}
          </select>
        </label>
      )}
      <label class="phone-field">
        <span>{t('phone.find')}</span>
        <input type="search" value={text} placeholder={t('phone.findHint')} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <p role="status">{found.value?.length === 0 && t('phone.findNone', {text: asked})}</p>
      <ul class="phone-list">
        {(found.value ?? []).map((g) => (
          <li key={g.id}>
            <button type="button" class="phone-pick" onClick={() => onGrid(g.code)}>
              <b>{name(g.name)}</b> <span class="code">{g.code}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
