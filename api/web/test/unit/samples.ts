import type {Basemap} from '../../src/api/basemaps';
import type {Finding, GridRef, Plan, Tier} from '../../src/api/types';

/** A tier of a made-up plan. */
export const tier = (rank: number, code: string, more: Partial<Tier> = {}): Tier => ({
  rank,
  code,
  name: {zh: code, en: code},
  class: rank < 3 ? 'administrative' : 'grid',
  complete: true,
  count: 4 ** rank,
  undrawn: 0,
  households: {min: 0, max: 0},
  persons_cap: 0,
  ...more,
});

export const tiers = [tier(0, 'county'), tier(1, 'township'), tier(2, 'village'), tier(3, 'primary'), tier(4, 'micro')];

export const plan: Plan = {
  id: 7,
  name: '2025',
  state: 'in_force',
  revision: 3,
  territory_revision: 4,
  territory: {id: 1, code: '990101000000', name: {zh: '某县', en: 'Some County'}},
  tiers,
  overlays: {dedicated: 2},
  roles: [],
  bounds: [111.4, 38.1, 112, 38.6],
};

export const grid = (id: number, code: string): GridRef => ({
  id,
  code: `g${id}`,
  name: {zh: `网格${id}`},
  tier: code,
  kind: 'general',
});

export const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  id,
  rule: 'GEO-4',
  severity: 'error',
  subject: {type: 'division', code: '990101100201'},
  message: {zh: '缺口', en: 'gap'},
  ...more,
});

/** Basemaps of both kinds, as the service tells of them. */
export const BASEMAPS = {
  raster: {
    id: 'img',
    name: {zh: '影像'},
    kind: 'raster',
    attribution: '© 某局',
    sources: [
      {tiles: ['https://t0.example.org/a/{z}/{x}/{y}'], min_zoom: 1, max_zoom: 18},
      {tiles: ['https://t0.example.org/b/{z}/{x}/{y}'], scheme: 'tms', min_zoom: 1, max_zoom: 18},
    ],
  },
  vector: {
    id: 'pmtiles',
    name: {zh: '县域底图'},
    kind: 'vector',
    sources: [{tiles: ['/tiles/basemap/{z}/{x}/{y}'], min_zoom: 0, max_zoom: 14, bounds: [110, 37, 112, 39], layers: ['roads', 'water', 'mystery', 'buildings', 'landuse']}],
  },
} as const satisfies Record<string, Basemap>;
