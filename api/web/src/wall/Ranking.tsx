import {useEffect, useState} from 'preact/hooks';
import {ALARMS, type Place} from '../api/standing';
import type {Tier} from '../api/types';
import {useWords} from '../i18n/context';
import {AlarmMark} from './Figures';
import {figureOf, pagesOf} from './ranking';
import type {Action, Wall} from './steps';
import {RANKS, type Rank} from './view';

/** As many rows as can be read from afar beside the figures. */
const ROWS = 8;
/** A long list is turned over so often, milliseconds. */
const PAGE_MS = 10_000;

interface Props {
  places: readonly Place[];
  tier: Tier | undefined;
  wall: Wall;
  act: (action: Action) => void;
}

/** Places beside each other, by one figure; persons never are. */
export function Ranking({places, tier, wall, act}: Props) {
  const {t, name} = useWords();
  const {rank} = wall.view;
  const pages = pagesOf(places.length, ROWS);
  const page = usePage(pages, places.findIndex((p) => p.code === wall.focus));
  const rows = places.slice(page * ROWS, (page + 1) * ROWS);
  const most = Math.max(1, ...places.map((p) => figureOf(p, rank) ?? 0));
  if (places.length === 0) return null;
  return (
    <section class="wall-ranking" aria-label={t('wall.ranking')}>
      <header class="wall-ranking-head">
        <h2>{tier ? name(tier.name) : t('wall.ranking')}</h2>
        {pages > 1 && <p class="wall-page">{t('wall.page', {page: page + 1, pages})}</p>}
        <div class="wall-ranks" role="group" aria-label={t('wall.rankBy')}>
          {RANKS.map((by) => (
            <button key={by} type="button" aria-pressed={by === rank} onClick={() => act({do: 'rank', rank: by})}>{t(`rank.${by}`)}</button>
          ))}
        </div>
      </header>
      <ol class="wall-rows" start={page * ROWS + 1}>
        {rows.map((place, i) => (
          <Row key={place.id} place={place} n={page * ROWS + i + 1} rank={rank} most={most} on={place.code === wall.focus} act={act} />
        ))}
      </ol>
    </section>
  );
}

function Row({place, n, rank, most, on, act}: {place: Place; n: number; rank: Rank; most: number; on: boolean; act: (action: Action) => void}) {
  const {t, name, number, cut} = useWords();
  const figure = figureOf(place, rank);
  const share = Math.round(((figure ?? 0) / most) * 100);
  return (
    <li>
      <button type="button" class={`wall-row${on ? ' is-on' : ''}`} aria-current={on || undefined} onClick={() => act({do: 'unit', unit: place.code})}>
        <span class="wall-n">{n}</span>
        <span class="wall-name">{name(place.name)}</span>
        <span class="wall-marks">
          {ALARMS.filter((kind) => place.alarms[kind] > 0).map((kind) => (
            <span key={kind} class={`wall-mark is-${kind}`} title={t(`alarm.${kind}`)}>
              <AlarmMark kind={kind} />
              <span class="unseen">{t(`alarm.${kind}`)} </span>
              {number(place.alarms[kind])}
            </span>
          ))}
        </span>
        <span class="wall-value">{figure === null ? '—' : rank === 'load' ? cut(figure) : number(figure)}</span>
        <svg class="wall-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect class="wall-bar-all" width="100" height="1" />
          <rect width={share} height="1" />
        </svg>
      </button>
    </li>
  );
}

/** The page with the row pointed at, else one after the other. */
function usePage(pages: number, focused: number): number {
  const [page, setPage] = useState(0);
  useEffect(() => {
    if (focused >= 0) {
      setPage(Math.floor(focused / ROWS));
      return;
    }
    if (pages === 1) return;
    const timer = setInterval(() => setPage((p) => (p + 1) % pages), PAGE_MS);
    return () => clearInterval(timer);
  }, [pages, focused]);
  return Math.min(page, pages - 1);
}
