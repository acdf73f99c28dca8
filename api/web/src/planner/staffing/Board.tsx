import './staffing.css';
import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {askUnits} from '../../api/mend';
import type {Grid, Plan, Report, Tier, UnitReport} from '../../api/types';
import {useWords} from '../../i18n/context';
import {ExportLinks} from '../exports/ExportLinks';
import {countsStaff} from '../findings';
import {Awaited, Notice, SeverityMark} from '../parts';
import {useRemote} from '../remote';
import {barOf, boardTiers, chosen, COLUMNS, longestOf, ordered, unitHere, WORST_FIRST, type Column, type Order} from './board';

export interface BoardProps {
  plan: Plan;
  report: Report;
  revision: number;
  /** The selected grid. */
  grid: Grid | null;
  onUnit: (code: string) => void;
  onTier: (tier: string) => void;
}

/** Required, actual and missing workers: of the units that standards speak of, and by the same norms of each unit of a tier. */
export function Board({plan, report, revision, grid, onUnit, onTier}: BoardProps) {
  const {t} = useWords();
  const tiers = boardTiers(plan.tiers);
  const [tier, setTier] = useState(() => tiers[0]?.code ?? null);
  const set = report.units.filter(countsStaff);
  const asked = useRemote(tier && set.length > 0 ? `units/${plan.id}/${tier}` : null, revision, (signal) => askUnits(plan.id, tier ?? '', signal));
  if (set.length === 0) return <Notice title={t('staff.none')} />;
  const choose = (code: string) => {
    setTier(code);
    onTier(code);
  };
  return (
    <div class="staffing">
      <Norms units={set} onUnit={onUnit} />
      {tiers.length > 0 && <TierChoice tiers={tiers} tier={tier} onTier={choose} />}
      {tier && (
        <Awaited remote={asked}>
          {(answer) => <Units units={answer.units.filter((u) => countsStaff(u) && u.tier === tier)} grid={grid} onUnit={onUnit} answer={answer} />}
        </Awaited>
      )}
      <ExportLinks plan={plan} tier={tier} what={['figures', 'report']} />
    </div>
  );
}

/** The units that the standards themselves speak of, mostly the county alone. */
function Norms({units, onUnit}: {units: readonly UnitReport[]; onUnit: BoardProps['onUnit']}) {
  const {t, name, known} = useWords();
  const short = units.filter((u) => u.short > 0);
  const bases = [...new Set(units.flatMap((u) => u.basis ?? []))].map((basis) => known(`basis.${basis}`, basis));
  return (
    <section class="norms">
      <p class={short.length > 0 ? 'verdict-fail' : 'verdict-pass'}>
        {short.length > 0 ? t('staff.shortUnits', {n: short.length, people: short.reduce((sum, u) => sum + u.short, 0)}) : t('staff.allMet', {n: units.length})}
      </p>
      {bases.length > 0 && <p class="muted">{t('staff.basis', {basis: bases.join(', ')})}</p>}
      <ul>
        {units.slice(0, 5).map((u, i) => (
          <li key={`${u.rule} ${u.code} ${i}`} data-norm={u.code}>
            <button type="button" class="link" onClick={() => onUnit(u.code)}>{name({zh: u.name, en: u.name_en ?? ''})}</button>{' '}
            {t('staff.normOf', {required: u.required, actual: u.actual})} <Short unit={u} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function TierChoice({tiers, tier, onTier}: {tiers: readonly Tier[]; tier: string | null; onTier: (code: string) => void}) {
  const {t, name} = useWords();
  return (
    <label class="staff-tier">
      {t('staff.tier')}
      <select class="field" value={tier ?? ''} onChange={(e) => onTier(e.currentTarget.value)}>
        {tiers.map((row) => <option key={row.code} value={row.code}>{name(row.name)}</option>)}
      </select>
    </label>
  );
}

/** Chart and table of the same units in the same order; what is chosen in one, or on the map, is marked in both. */
function Units({units, grid, onUnit, answer}: {units: UnitReport[]; grid: Grid | null; onUnit: BoardProps['onUnit']; answer: Report}) {
  const {t} = useWords();
  const [order, setOrder] = useState<Order>(WORST_FIRST);
  const rows = useMemo(() => ordered(units, order), [units, order]);
  const here = unitHere(units, grid?.chain);
  const why = answer.not_checked.find((n) => n.rule === 'STF-3')?.because;
  if (units.length === 0) return <Notice title={t('staff.noneOfTier')}>{why}</Notice>;
  const short = units.filter((u) => u.short > 0);
  return (
    <>
      <p role="status" class={short.length > 0 ? 'verdict-fail' : 'verdict-pass'}>
        {short.length > 0 ? t('staff.shortUnits', {n: short.length, people: short.reduce((sum, u) => sum + u.short, 0)}) : t('staff.allMet', {n: units.length})}
      </p>
      <Chart rows={rows} here={here} onUnit={onUnit} />
      <Table rows={rows} here={here} order={order} onOrder={(by) => setOrder(chosen(order, by))} onUnit={onUnit} />
    </>
  );
}

/** Height of a row of the chart, of the bar in it, and where the bar begins below the name, in the chart's own units; its width is 100. */
const PITCH = 9;
const THICK = 3;
const BELOW = 5.2;

function Chart({rows, here, onUnit}: {rows: readonly UnitReport[]; here: string | null; onUnit: BoardProps['onUnit']}) {
  const {t, name} = useWords();
  const longest = longestOf(rows);
  const height = rows.length * PITCH;
  return (
    <figure class="staff-chart">
      <figcaption class="staff-legend">
        <Key kind="filled" label={t('staff.there')} /> <Key kind="missing" label={t('staff.missing')} /> <Key kind="beyond" label={t('staff.beyond')} />
      </figcaption>
      <div class="staff-bars" role="group" aria-label={t('staff.chart')}>
        <svg viewBox={`0 0 100 ${height}`} role="group" aria-label={t('staff.chart')}>
          <Hatch />
          {rows.map((u, i) => {
            const bar = barOf(u, longest);
            const y = i * PITCH + BELOW;
            const label = t('staff.bar', {unit: name({zh: u.name, en: u.name_en ?? ''}), required: u.required, actual: u.actual, short: u.short});
            const press = (e: KeyboardEvent) => {
              if (e.key !== 'Enter' && e.key !== ' ') return;
              e.preventDefault();
              onUnit(u.code);
            };
            return (
              <g key={`${u.rule} ${u.code}`} class={u.code === here ? 'unit-bar is-here' : 'unit-bar'} role="button" tabindex={0} aria-pressed={u.code === here} aria-label={label} data-bar={u.code} onClick={() => onUnit(u.code)} onKeyDown={press}>
                <title>{label}</title>
                <rect class="bar-row" x="0.4" y={i * PITCH + 0.4} width="99.2" height={PITCH - 0.8} />
                <text class="bar-name" x="1.6" y={i * PITCH + 4}>{name({zh: u.name, en: u.name_en ?? ''})}</text>
                <rect class="bar-filled" x="0" y={y} width={bar.filled * 100} height={THICK} />
                <rect class="bar-missing" x={bar.filled * 100} y={y} width={bar.missing * 100} height={THICK} />
                <rect class="bar-beyond" x={bar.filled * 100} y={y} width={bar.beyond * 100} height={THICK} />
                <rect class="bar-need" x={Math.max(0, (bar.filled + bar.missing) * 100 - 0.25)} y={y - 0.5} width="0.5" height={THICK + 1} />
              </g>
            );
          })}
        </svg>
      </div>
    </figure>
  );
}

/** Who is missing is hatched: colour is never the only sign. */
function Hatch() {
  return (
    <defs>
      <pattern id="staff-hatch" width="1.6" height="1.6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch-line" width="0.8" height="1.6" />
      </pattern>
    </defs>
  );
}

function Key({kind, label}: {kind: 'filled' | 'missing' | 'beyond'; label: string}) {
  return (
    <span class="staff-key">
      <svg viewBox="0 0 4 3" aria-hidden="true"><rect class={`bar-${kind}`} width="4" height="3" /></svg> {label}
    </span>
  );
}

interface TableProps {
  rows: readonly UnitReport[];
  here: string | null;
  order: Order;
  onOrder: (by: Column) => void;
  onUnit: BoardProps['onUnit'];
}

function Table({rows, here, order, onOrder, onUnit}: TableProps) {
  const {t} = useWords();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('.is-here')?.scrollIntoView({block: 'nearest'}); // it may have been chosen on the map
  }, [here]);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={t('staff.caption')} ref={box}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((by) => (
              <th key={by} scope="col" class={by === 'unit' ? '' : 'num'} aria-sort={order.by !== by ? 'none' : order.down ? 'descending' : 'ascending'}>
                <button type="button" class="list-sort" onClick={() => onOrder(by)}>{t(`staff.${by}`)}</button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((u) => <Row key={`${u.rule} ${u.code}`} unit={u} here={u.code === here} onUnit={onUnit} />)}
        </tbody>
      </table>
    </div>
  );
}

function Row({unit: u, here, onUnit}: {unit: UnitReport; here: boolean; onUnit: BoardProps['onUnit']}) {
  const {t, name, number, cut} = useWords();
  return (
    <tr class={[here && 'is-here', u.short > 0 && 'is-short'].filter(Boolean).join(' ')} data-unit={u.code}>
      <th scope="row">
        <button type="button" class="link" aria-current={here ? 'true' : undefined} onClick={() => onUnit(u.code)}>{name({zh: u.name, en: u.name_en ?? ''})}</button>
        {u.population !== null && <span class="unit-people">{t('staff.population', {n: u.population})}</span>}
      </th>
      <td class="num">{number(u.required)}</td>
      <td class="num">{number(u.actual)}</td>
      <td class="num"><Short unit={u} /></td>
      <td class="num">{u.ratio_per_10k === null ? '—' : cut(u.ratio_per_10k)}</td>
    </tr>
  );
}

function Short({unit}: {unit: UnitReport}) {
  const {t, number} = useWords();
  if (unit.short === 0) return <span class="muted">{t('staff.met')}</span>;
  const severity = unit.status === 'warning' || unit.status === 'info' ? unit.status : 'error';
  return (
    <span class="short">
      <SeverityMark severity={severity} silent /> {number(unit.short)}
    </span>
  );
}
