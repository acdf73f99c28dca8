import {ALARMS, type AlarmCounts, type AlarmKind, type Standing} from '../api/standing';
import type {Plan} from '../api/types';
import {useWords} from '../i18n/context';
import {ALARM_SHAPES} from './alarms';

/** The figures of the unit, as its report has them. */
export function Figures({standing, plan}: {standing: Standing; plan: Plan | null}) {
  const {t, number, name} = useWords();
  const {summary, unit} = standing;
  const {households} = summary;
  const tiers = (plan?.tiers ?? []).filter((x) => x.class === 'grid' && (summary.grids[x.code] ?? 0) > 0);
  return (
    <dl class="wall-figures">
      <div class="wall-figure is-main">
        <dt>{t('grid.households')}</dt>
        <dd>{number(households.total)}</dd>
        <dd class={households.in_none > 0 ? 'wall-sub is-bad' : 'wall-sub'}>
          {households.in_none > 0 ? t('wall.inNone', {n: households.in_none}) : t('wall.allPlaced')}
        </dd>
      </div>
      <Figure label={t('grid.resident')} value={number(unit.counts.persons_resident)} />
      <Figure label={t('grid.workers')} value={number(unit.counts.workers)} />
      {tiers.slice(0, 2).map((tier) => (
        <Figure key={tier.code} label={name(tier.name)} value={number(summary.grids[tier.code] ?? 0)} />
      ))}
    </dl>
  );
}

const Figure = ({label, value}: {label: string; value: string}) => (
  <div class="wall-figure">
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
);

export function AlarmMark({kind}: {kind: AlarmKind}) {
  return (
    <svg class={`alarm-mark is-${kind}`} viewBox="0 0 16 16" aria-hidden="true">
      <path fill-rule="evenodd" d={ALARM_SHAPES[kind]} />
    </svg>
  );
}

/** What somebody must see to: by colour, by shape and by word. */
export function AlarmTiles({counts}: {counts: AlarmCounts}) {
  const {t, number} = useWords();
  return (
    <ul class="wall-alarms" aria-label={t('wall.alarms')}>
      {ALARMS.map((kind) => (
        <li key={kind} class={`wall-alarm is-${kind}${counts[kind] > 0 ? ' is-on' : ''}`}>
          <AlarmMark kind={kind} />
          <span class="wall-alarm-n">{number(counts[kind])}</span>
          <span class="wall-alarm-name">{t(`alarm.${kind}`)}</span>
          {kind === 'short' && counts.lacking > 0 && <span class="wall-alarm-more">{t('wall.lacking', {n: counts.lacking})}</span>}
        </li>
      ))}
    </ul>
  );
}
