import type {ComponentChildren} from 'preact';
import type {Plan} from '../../api/types';
import type {Key} from '../../i18n/dictionary';
import {useWords} from '../../i18n/context';
import type {Desk} from '../model/desk';
import {areaM2} from '../model/measure';
import {KEYS, TOOLS, tools} from '../model/tools';
import {useDesk} from './store';
import type {Redraw} from './useRedraw';

/** The tools over the map, what the one in the hand waits for, and undo and redo. */
export function ToolBar({redraw, plan, children}: {redraw: Redraw; plan: Plan; children: ComponentChildren}) {
  const {t} = useWords();
  const tool = useDesk(redraw.store, (d) => d.tool);
  if (plan.state !== 'draft') return null;
  const {turns, turn, take} = redraw;
  return (
    <div class="redraw-bar">
      <div class="redraw-tools" role="toolbar" aria-label={t('redraw.tools')}>
        {TOOLS.map((name) => (
          <button
            key={name}
            type="button"
            class="tool"
            aria-pressed={name === tool}
            aria-keyshortcuts={KEYS[name].toUpperCase()}
            onClick={() => take(name)}
          >
            {t(`tool.${name}`)} <kbd aria-hidden="true">{KEYS[name].toUpperCase()}</kbd>
          </button>
        ))}
        <span class="tool-gap" />
        <button type="button" class="tool" disabled={turns.back === 0} aria-keyshortcuts="Control+Z" onClick={() => turn('undo')}>
          {t('redraw.undo')}
        </button>
        <button type="button" class="tool" disabled={turns.forth === 0} aria-keyshortcuts="Control+Shift+Z" onClick={() => turn('redo')}>
          {t('redraw.redo')}
        </button>
      </div>
      {children}
      {tool !== 'look' && <Hint redraw={redraw} />}
    </div>
  );
}

/** What to do next with the tool in the hand, and the buttons that Enter and Escape stand for. */
function Hint({redraw}: {redraw: Redraw}) {
  const {t} = useWords();
  const {store, finish, carving, reach, draft} = redraw;
  const ready = useDesk(store, (d) => d.grab === null && tools[d.tool].edit(d, carving) !== null);
  const key = useDesk(store, hintOf);
  const given = useDesk(store, givenM2);
  const begun = useDesk(store, (d) => d.line.length > 0 || d.picks.length > 0 || d.painted.length > 0 || d.grab !== null);
  const what = reach === 'none' ? 'redraw.loading' : reach === 'cut' ? 'redraw.tooMany' : key;
  return (
    <div class="redraw-hint">
      <p role="status">{given > 0 ? t('hint.given', {n: given}) : t(what)}</p>
      {ready && (
        <button type="button" class="button is-main" disabled={draft.sending} onClick={finish}>
          {t(draft.sending ? 'redraw.sending' : 'redraw.finish')}
        </button>
      )}
      {begun && (
        <button type="button" class="button" onClick={() => store.act({do: 'clear'})}>
          {t('redraw.clear')}
        </button>
      )}
    </div>
  );
}

/** What the tool waits for. */
function hintOf(d: Desk): Key {
  if (d.tool === 'merge') return d.picks.length < 2 ? 'hint.merge' : 'hint.merge2';
  if (d.tool === 'transfer') return d.picks.length === 0 ? 'hint.transfer' : d.line.length < 3 ? 'hint.lasso' : 'hint.lasso2';
  if (d.tool === 'paint') return d.picks.length === 0 ? 'hint.transfer' : d.painted.length === 0 ? 'hint.paint' : 'hint.paint2';
  if (d.tool === 'carve') return d.line.length < 3 ? 'hint.carve' : 'hint.carve2';
  if (d.tool === 'split') return d.line.length < 2 ? 'hint.split' : 'hint.split2';
  return 'hint.reshape';
}

/** About how much ground changes hands with the border that is held, whole square metres. */
function givenM2({grab, ground}: Desk): number {
  if (!grab || !ground) return 0;
  const before = {...ground, moved: new Map([...ground.moved, ...grab.stood])};
  const gained = grab.cells.flatMap((id) => ground.cells.get(id) ?? []).map((cell) => areaM2(ground, cell) - areaM2(before, cell));
  return Math.round(gained.reduce((sum, m2) => sum + Math.max(0, m2), 0));
}
