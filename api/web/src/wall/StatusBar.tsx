import {useWords} from '../i18n/context';
import {LANGS, OWN_NAME} from '../i18n/dictionary';
import type {WallData} from './data';
import {useNow} from './Header';
import {ageOf} from './link';
import type {Action} from './steps';
import type {View} from './view';

/** Whether what is seen is what there is, how old it is, and what the keys do. */
export function StatusBar({data, view, act}: {data: WallData; view: View; act: (action: Action) => void}) {
  const {t} = useWords();
  return (
    <footer class="wall-status">
      <Contact data={data} />
      <LastChange data={data} />
      <p class="wall-keys">{t('wall.keys')}</p>
      <div class="wall-switches">
        <button type="button" aria-pressed={view.rotate > 0} onClick={() => act({do: 'rotate'})}>
          {view.rotate > 0 ? t('wall.rotating', {n: view.rotate}) : t('wall.rotate')}
        </button>
        {LANGS.map((lang) => (
          <button key={lang} type="button" lang={lang} aria-pressed={lang === view.lang} onClick={() => act({do: 'language', lang})}>{OWN_NAME[lang]}</button>
        ))}
      </div>
    </footer>
  );
}

/** A disc while the service is in reach, an open triangle while it is not: never colour alone. */
function Contact({data: {link, standing, territory}}: {data: WallData}) {
  const {t, time, age} = useWords();
  const now = useNow();
  const live = link?.live ?? false;
  const revision = standing?.revision ?? territory?.revision ?? 0;
  return (
    <div class={live ? 'wall-contact is-live' : 'wall-contact is-lost'} role="status">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d={live ? 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z' : 'M8 1.5 15 14.5H1zM8 6v4M8 12v.6'} /></svg>
      <span class="wall-live">{live ? t('wall.live') : t('wall.lost', {age: ageOf(now.getTime() - (link?.sign ?? now.getTime()))})}</span>
      <span>{t('status.revision', {n: revision})}</span>
      {territory && <span class="wall-since">{t('wall.dataOf', {when: time(territory.changed_at), age: age(territory.changed_at, now)})}</span>}
    </div>
  );
}

/** The last change that was told of, so that an operator who looked away knows what it was. */
function LastChange({data: {last}}: {data: WallData}) {
  const {t, known, lang} = useWords();
  if (!last?.op || !last.at) return <p class="wall-last" />;
  const when = new Intl.DateTimeFormat(lang, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Shanghai'}).format(new Date(last.at));
  const grids = last.grids?.length ?? 0;
  return (
    <p class="wall-last">
      {when} {known(`op.${last.op}`, last.op)}
      {grids > 0 && <span> · {t('wall.grids', {n: grids})}</span>}
    </p>
  );
}
