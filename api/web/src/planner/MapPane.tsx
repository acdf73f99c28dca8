import type {ComponentChildren} from 'preact';
import {useEffect} from 'preact/hooks';
import type {Basemap} from '../api/basemaps';
import type {Finding, GridRef, Plan, Position} from '../api/types';
import {useWords} from '../i18n/context';
import type {GridMap} from '../map/map';
import type {Thematic} from '../map/thematic';
import {IconButton, Notice} from './parts';
import type {Hand} from './redraw/useRedraw';
import type {Session, View} from './session';
import {useMap, type Trouble} from './useMap';

export interface MapProps {
  plan: Plan | null;
  /** The revision of the territory, 0 while unknown. */
  revision: number;
  /** The service is in reach. */
  live: boolean;
  session: Session;
  selected: GridRef | null;
  findings: readonly Finding[];
  finding: Finding | null;
  thematic: Thematic | null;
  difference: GeoJSON.FeatureCollection | null;
  notes: GeoJSON.FeatureCollection | null;
  basemap: Basemap | null;
  /** What a tool in the hand does; it comes before picking. */
  hand: Hand;
  onPick: (at: Position) => void;
  onFinding: (id: string) => void;
  onLook: (view: View) => void;
  /** Hands out the map once it stands, so that panels can move it. */
  onMap: (map: GridMap | null) => void;
  /** What lies over the map, such as tools. */
  children?: ComponentChildren;
}

/** The map and its buttons. */
export function MapPane(props: MapProps) {
  const {t, lang} = useWords();
  const {box, map, busy, trouble, refresh} = useMap(props);
  useEffect(() => map?.name(t('app.map')), [map, lang]);
  const bounds = props.plan?.bounds;
  return (
    <main class="map" aria-label={t('app.title')} aria-busy={busy}>
      <div class="map-box" ref={box} />
      {trouble !== 'map' && props.children}
      <div class="map-tools">
        <IconButton icon="plus" label={t('map.zoomIn')} onClick={() => map?.zoom(1)} />
        <IconButton icon="minus" label={t('map.zoomOut')} onClick={() => map?.zoom(-1)} />
        {bounds && <IconButton icon="whole" label={t('map.whole')} onClick={() => map?.fit(bounds, 0.06)} />}
      </div>
      {props.basemap?.attribution && <p class="map-credit">{props.basemap.attribution}</p>}
      <span class="map-cross" aria-hidden="true" />
      <MapTrouble trouble={trouble} onRetry={refresh} />
    </main>
  );
}

function MapTrouble({trouble, onRetry}: {trouble: Trouble; onRetry: () => void}) {
  const {t} = useWords();
  if (trouble === 'none') return null;
  if (trouble === 'map') {
    return (
      <div class="map-trouble" role="alert">
        <Notice title={t('map.unable')}>{t('map.unableHint')}</Notice>
      </div>
    );
  }
  return (
    <p class="map-trouble map-trouble-bar" role="alert">
      {t(trouble === 'basemap' ? 'map.basemapFailed' : 'map.tilesFailed')}
      <button type="button" class="button" onClick={onRetry}>{t('load.retry')}</button>
    </p>
  );
}
