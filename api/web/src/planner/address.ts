import {LANGS} from '../i18n/dictionary';
import {METHODS} from './measure/classes';
import {measureNamed} from './measure/measures';
import {LAYERS, SEVERITIES, START, TABS, THEMES, type Session, type View} from './session';

/**
 * The session in the address bar, so that a link or a reload shows the same
 * thing: choices in the query, the view in the hash as `#zoom/lat/lon`.
 * What the address does not name, or names wrongly, is taken from fallback.
 */
export function parseAddress(search: string, hash: string, fallback: Session = START): Session {
  const query = new URLSearchParams(search);
  const oneOf = <T extends string>(key: string, values: readonly T[], other: T): T =>
    values.find((v) => v === query.get(key)) ?? other;
  const hidden = (query.get('hide') ?? '').split(',');
  const off = (query.get('off') ?? '').split(',');
  return {
    lang: oneOf('lang', LANGS, fallback.lang),
    theme: oneOf('theme', THEMES, fallback.theme),
    plan: identity(query.get('plan')) ?? fallback.plan,
    tier: query.get('tier') ?? fallback.tier,
    grid: identity(query.get('grid')),
    finding: query.get('finding'),
    tab: oneOf('tab', TABS, fallback.tab),
    hidden: SEVERITIES.filter((s) => hidden.includes(s)),
    filter: query.get('filter') ?? '',
    view: parseView(hash),
    measure: measureNamed(query.get('measure')),
    method: oneOf('breaks', METHODS, START.method),
    klass: null,
    day: dayNamed(query.get('on')),
    off: LAYERS.filter((l) => off.includes(l)),
    basemap: query.get('basemap') || null,
  };
}

/** The inverse of parseAddress; a choice that is not made is not written. */
export function formatAddress(s: Session): string {
  const query = new URLSearchParams();
  const put = (key: string, value: string | number | null) => {
    if (value !== null && value !== '') query.set(key, String(value));
  };
  put('plan', s.plan);
  put('tier', s.tier);
  put('grid', s.grid);
  put('finding', s.finding);
  if (s.tab !== START.tab) put('tab', s.tab);
  put('hide', s.hidden.join(','));
  put('filter', s.filter);
  put('measure', s.measure);
  if (s.method !== START.method) put('breaks', s.method);
  put('on', s.day);
  put('off', s.off.join(','));
  put('basemap', s.basemap);
  put('lang', s.lang);
  put('theme', s.theme);
  return `?${query.toString()}${s.view ? formatView(s.view) : ''}`;
}

/** A day such as 2025-06-30 that there is. */
function dayNamed(text: string | null): string | null {
  const at = /^\d{4}-\d\d-\d\d$/.test(text ?? '') ? new Date(`${text}T00:00:00Z`) : null;
  return at && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text ?? '') ? text : null;
}

function identity(text: string | null): number | null {
  const n = Number(text);
  return text && Number.isSafeInteger(n) && n > 0 ? n : null;
}

/** Five decimals of a degree are about a metre, finer than any screen at the deepest zoom needs. */
function formatView({zoom, lat, lon}: View): string {
  return `#${Number(zoom.toFixed(2))}/${Number(lat.toFixed(5))}/${Number(lon.toFixed(5))}`;
}

function parseView(hash: string): View | null {
  const parts = hash.replace(/^#/, '').split('/');
  const [zoom, lat, lon] = parts.map((p) => (p.trim() === '' ? Number.NaN : Number(p)));
  if (parts.length !== 3 || zoom === undefined || lat === undefined || lon === undefined) return null;
  const sound = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85.06 && Math.abs(lon) <= 180;
  return sound ? {zoom, lat, lon} : null;
}
