import {useEffect, useMemo, useState} from 'preact/hooks';
import type {Note} from '../api/notes';
import type {Grid, Plan} from '../api/types';
import {useWords} from '../i18n/context';
import type {Lang} from '../i18n/dictionary';
import type {Part, Sketch} from '../map/sketch';
import {Awaited, Figure} from '../planner/parts';
import {useRemote} from '../planner/remote';
import type {Theme} from '../planner/session';
import {pageAddress} from '../public/data';
import {houses, notes, placeOfHouse, wholeOf, type House, type Houses} from './data';
import {Notes} from './Notes';
import {PhoneMap} from './PhoneMap';
import {IDLE, preview, step, type Stroke} from './sketching';

interface MyGridProps {
  theme: Theme;
  plan: Plan;
  grid: Grid;
  lang: Lang;
  onLeave: () => void;
}

/** One grid on a phone: the map stays on top, what belongs to it under it. */
export function MyGrid({theme, plan, grid, lang, onLeave}: MyGridProps) {
  const {t, name, number} = useWords();
  const [sketching, setSketching] = useState(IDLE);
  const [sent, setSent] = useState(0);
  const act = (stroke: Stroke) => setSketching((s) => step(s, stroke));
  const homes = useHouses(plan, grid);
  const said = useRemote(`notes ${plan.id} ${grid.id}`, sent, (signal) => notes(plan, grid, signal));
  const told = said.value === 'forbidden' ? null : said.value;
  const drawn = useMemo(() => onMap(homes.list, preview(sketching)), [homes.list, sketching]);
  const open = useMemo(() => (told ?? NONE).filter((n) => !n.resolved), [told]);
  return (
    <>
      {grid.drawn ? (
        <PhoneMap theme={theme} plan={plan} grid={grid} lang={lang} notes={open} sketch={drawn} drawing={sketching.tool !== null} act={act} />
      ) : (
        <p class="phone-undrawn">{t('phone.undrawn')}</p>
      )}
      <main class="phone-main">
        <section class="phone-card">
          <p class="phone-grid">{name(grid.name)}</p>
          <p class="code">{grid.code}</p>
          <dl class="phone-figures" aria-label={t('phone.facts')}>
            <Figure name={t('phone.households')}>{number(grid.counts.households)}</Figure>
            <Figure name={t('phone.residents')}>{number(grid.counts.persons_resident)}</Figure>
            <Figure name={t('phone.workers')}>{number(grid.counts.workers)}</Figure>
          </dl>
          <p class="phone-links">
            <a class="link" href={pageAddress('', grid.code, plan.territory.code)}>{t('phone.board')}</a>
            <button type="button" class="link" onClick={onLeave}>{t('phone.change')}</button>
          </p>
        </section>
        <Notes plan={plan} grid={grid} sketching={sketching} act={act} said={said} onSent={() => {
          setSketching(IDLE);
          setSent((n) => n + 1);
        }} />
        <section class="phone-card">
          <h2>{t('phone.houses')}</h2>
          {homes.forbidden ? <p class="muted">{t('phone.housesForbidden')}</p> : <HouseList homes={homes} />}
        </section>
      </main>
    </>
  );
}

/** Some houses of a grid, and how to have more. */
function useHouses(plan: Plan, grid: Grid) {
  const [held, setHeld] = useState<Houses>({list: [], rest: wholeOf(grid)});
  const [asked, setAsked] = useState(0); // how many times for more
  const [came, setCame] = useState(0);
  const [forbidden, setForbidden] = useState(false);
  const remote = useRemote(held.rest && came <= asked ? `houses ${plan.id} ${grid.id} ${came}` : null, 0, (signal) => houses(plan, held.rest ?? wholeOf(grid), signal));
  useEffect(() => {
    const more = remote.value;
    if (more === 'forbidden') setForbidden(true);
    else if (more) {
      setHeld(({list}) => ({list: [...list, ...more.list], rest: more.rest}));
      setCame((n) => n + 1);
    }
  }, [remote.value]);
  return {...held, forbidden, remote, more: () => setAsked(came)};
}

function HouseList({homes: {list, rest, remote, more}}: {homes: ReturnType<typeof useHouses>}) {
  const {t} = useWords();
  return (
    <>
      {list.length > 0 && (
        <ul class="phone-list phone-houses" tabIndex={0} aria-label={t('phone.houses')}>
          {list.map((h) => (
            <li key={h.id}>
              {h.address ? t('phone.house', {address: h.address, persons: h.resident}) : t('phone.housePlain', {ref: h.ref, persons: h.resident})}
              {!placeOfHouse(h) && <span class="warn-text"> · {t('phone.houseUnplaced')}</span>}
            </li>
          ))}
        </ul>
      )}
      {remote.loading || remote.error ? (
        <Awaited remote={remote}>{() => null}</Awaited>
      ) : rest ? (
        <p class="phone-links">
          <span class="muted">{t('phone.housesShown', {n: list.length})}</span>
          <button type="button" class="link" onClick={more}>{t('phone.housesMore')}</button>
        </p>
      ) : (
        list.length === 0 && <p class="muted">{t('phone.housesNone')}</p>
      )}
    </>
  );
}

const NONE: readonly Note[] = [];

/** Houses as points, and what the finger draws. */
function onMap(homes: readonly House[], drawn: GeoJSON.Geometry | null): Sketch {
  const feature = (part: Part, geometry: GeoJSON.Geometry): Sketch['features'][number] => ({type: 'Feature', geometry, properties: {part}});
  return {
    type: 'FeatureCollection',
    features: [
      ...homes.flatMap((h) => {
        const at = placeOfHouse(h);
        return at ? [feature('house', {type: 'Point', coordinates: at})] : [];
      }),
      ...(drawn ? [feature(drawn.type === 'Point' ? 'vertex' : drawn.type === 'Polygon' ? 'picked' : 'line', drawn)] : []),
    ],
  };
}
