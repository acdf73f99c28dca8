import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import type {FigureUnit} from '../../api/types';
import {useWords} from '../../i18n/context';
import {Awaited} from '../parts';
import type {Session} from '../session';
import {measureName, valueText} from './MeasureCard';
import {rowsOf, sorted, windowOf, type Column} from './rows';
import type {Measured} from './useMeasure';

interface Props {
  session: Session;
  measured: Measured;
  onGrid: (grid: {id: number}) => void;
}

/** All grids of the tier in rows that can be sorted; the row, the grid on the map and its place in the histogram go together. */
export function ListPanel({session, measured, onGrid}: Props) {
  return <Awaited remote={measured.figures}>{(units) => <List units={units} session={session} measured={measured} onGrid={onGrid} />}</Awaited>;
}

function List({units, session, measured, onGrid}: Props & {units: FigureUnit[]}) {
  const words = useWords();
  const {t, number} = words;
  const {measure, klass, grid} = session;
  const [order, setOrder] = useState<{by: Column; down: boolean}>({by: 'code', down: false});
  const own = measure !== null && measure !== 'households' && measure !== 'residents';
  const rows = useMemo(() => sorted(rowsOf(units, measured.classed, klass), order.by, order.down), [units, measured.classed, klass, order]);
  const {box, from, to, before, after, onScroll} = useWindow(rows.length, rows.findIndex((r) => r.unit.id === grid));
  const columns: [Column, string][] = [
    ['code', t('tab.grid')],
    ['households', t('grid.households')],
    own && measure ? ['value', measureName(measure, words)] : ['residents', t('grid.resident')],
  ];
  const head = (by: Column, name: string) => (
    <th key={by} scope="col" class={by === 'code' ? '' : 'num'} aria-sort={order.by !== by ? 'none' : order.down ? 'descending' : 'ascending'}>
      <button type="button" class="list-sort" onClick={() => setOrder({by, down: order.by === by ? !order.down : by !== 'code'})}>{name}</button>
    </th>
  );
  return (
    <div class="list">
      <p class="muted" role="status">{t('list.shown', {n: rows.length, total: units.length})}</p>
      <div class="list-rows" ref={box} onScroll={onScroll} tabIndex={0} role="region" aria-label={t('tab.list')}>
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <tr>{columns.map(([by, name]) => head(by, name))}</tr>
          </thead>
          <tbody>
            {before > 0 && <Spacer height={before} columns={columns.length} />}
            {rows.slice(from, to).map(({unit, value}, i) => (
              <tr key={unit.id} aria-rowindex={from + i + 2} class={unit.id === grid ? 'is-here' : ''}>
                <th scope="row"><Named unit={unit} here={unit.id === grid} onGrid={onGrid} /></th>
                <td class="num">{number(unit.households)}</td>
                <td class="num">{!own || !measure ? number(unit.persons_resident) : value === null ? '—' : measured.classed?.grades.get(unit.id) ?? valueText(measure, value, words)}</td>
              </tr>
            ))}
            {after > 0 && <Spacer height={after} columns={columns.length} />}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Named({unit, here, onGrid}: {unit: FigureUnit; here: boolean; onGrid: Props['onGrid']}) {
  const {name} = useWords();
  return (
    <button type="button" class="list-row" aria-current={here ? 'true' : undefined} onClick={() => onGrid(unit)}>
      <span>{name({zh: unit.name, en: unit.name_en ?? ''})}</span>
      <span class="code">{unit.code}</span>
    </button>
  );
}

/** Stands for the rows above or below those in sight. */
function Spacer({height, columns}: {height: number; columns: number}) {
  const row = useRef<HTMLTableCellElement>(null);
  useEffect(() => {
    if (row.current) row.current.style.height = `${height}px`;
  }, [height]);
  return <tr aria-hidden="true"><td class="list-spacer" colSpan={columns} ref={row} /></tr>;
}

/** Which rows are in sight; the chosen one is brought there when it is chosen elsewhere. */
function useWindow(count: number, here: number) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({top: 0, height: 800, row: 44});
  const look = () => {
    const e = box.current;
    if (!e) return;
    const row = e.querySelector<HTMLElement>('tbody tr[aria-rowindex]')?.offsetHeight ?? 44;
    setSeen({top: e.scrollTop, height: e.clientHeight, row});
  };
  useEffect(() => {
    look();
    addEventListener('resize', look);
    return () => removeEventListener('resize', look);
  }, []);
  useEffect(() => {
    const e = box.current;
    if (!e || here < 0) return;
    const [top, bottom] = [here * seen.row, (here + 1) * seen.row];
    if (top < e.scrollTop || bottom > e.scrollTop + e.clientHeight - seen.row) e.scrollTop = top - e.clientHeight / 2;
  }, [here]);
  return {box, onScroll: look, ...windowOf(count, seen)};
}
