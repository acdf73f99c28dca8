import {useEffect, useState} from 'preact/hooks';
import {useWords} from '../i18n/context';
import type {WallData} from './data';
import type {Action} from './steps';
import type {View} from './view';

interface Props {
  data: WallData;
  view: View;
  act: (action: Action) => void;
}

/** Where one is, from the territory down, and what time it is. */
export function Header({data: {standing, plan}, act}: Props) {
  const {t, name} = useWords();
  const chain = standing?.chain ?? [];
  const tier = plan?.tiers.find((x) => x.code === standing?.unit.tier);
  return (
    <header class="wall-top">
      <nav class="wall-where" aria-label={t('wall.where')}>
        <ol class="wall-path">
          {chain.slice(0, -1).map((g, i) => (
            <li key={g.id}>
              <button type="button" class="wall-link" onClick={() => act({do: 'unit', unit: i === 0 ? null : g.code})}>{name(g.name)}</button>
            </li>
          ))}
          {tier && <li class="wall-tier">{name(tier.name)}</li>}
        </ol>
        <h1>{standing ? name(standing.unit.name) : t('load.wait')}</h1>
      </nav>
      <Clock />
    </header>
  );
}

/** China's time to the second; only this is drawn anew every second. */
function Clock() {
  const {lang, t} = useWords();
  const now = useNow();
  const at = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(lang, {...options, timeZone: 'Asia/Shanghai'}).format(now);
  return (
    <p class="wall-clock" role="timer" aria-label={t('wall.clock')}>
      <span class="wall-time">{at({hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'})}</span>
      <span class="wall-date">{at({year: 'numeric', month: 'long', day: 'numeric', weekday: 'long'})}</span>
    </p>
  );
}

/** The moment, every second on the second. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setTimeout(() => setNow(new Date()), 1000 - (Date.now() % 1000));
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}
