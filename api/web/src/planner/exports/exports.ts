import {address} from '../../api/client';
import type {Lang} from '../../i18n/dictionary';

/** What can be taken out of the service, in groups. */
export type ExportGroup = 'check' | 'figures' | 'report' | 'grids';

export interface Export {
  readonly group: ExportGroup;
  /** How the file is called on the button, the same in every language. */
  readonly form: 'CSV' | 'GeoJSON' | 'HTML' | 'Excel';
  readonly href: string;
  /** The name it is saved under. */
  readonly file: string;
  /** Comes a page at a time and is put together here. */
  readonly paged: boolean;
}

/** The files of a plan; figures and grids are those of a tier. */
export function exportsOf(plan: number, tier: string | null, lang: Lang): Export[] {
  const at = `/v1/plans/${plan}`;
  const one = (group: ExportGroup, form: Export['form'], path: string, query: Record<string, string | number | undefined>, ext: string): Export => ({
    group, form, href: address(`${at}/${path}`, query), file: `plan-${plan}-${group}${query['tier'] ? `-${query['tier']}` : ''}.${ext}`, paged: group === 'grids',
  });
  const of = tier ?? undefined;
  return [
    one('check', 'CSV', 'check', {f: 'csv'}, 'csv'),
    one('check', 'GeoJSON', 'check', {f: 'geojson'}, 'geojson'),
    one('figures', 'CSV', 'figures', {f: 'csv', tier: of}, 'csv'),
    one('report', 'HTML', 'report', {f: 'html', lang: lang === 'en' ? 'en' : 'zh'}, 'html'),
    one('report', 'Excel', 'report', {f: 'xlsx', lang: lang === 'en' ? 'en' : 'zh'}, 'xlsx'),
    ...(of ? [one('grids', 'GeoJSON', 'grids', {f: 'geojson', tier: of, geometry: 'full', limit: 500}, 'geojson')] : []),
  ];
}

/** The page after one, as its Link header names it; null behind the last. */
export function nextOf(link: string | null): string | null {
  return /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1] ?? null;
}

/** Feature collections one after another as one. */
export function joined(pages: readonly GeoJSON.FeatureCollection[]): GeoJSON.FeatureCollection {
  return {type: 'FeatureCollection', features: pages.flatMap((p) => p.features)};
}
