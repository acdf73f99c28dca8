import {LANGS, type Lang} from '../i18n/dictionary';

export const SIZES = ['A4', 'A3'] as const;
export type Size = (typeof SIZES)[number];
export const READERS = ['public', 'internal'] as const;
/** Whom a board is for: anybody, or those of the office. */
export type Reader = (typeof READERS)[number];

/** All that the address of the page says. */
export interface View {
  readonly code: string;
  /** Code of the territory, where several have a grid of the code. */
  readonly territory: string | undefined;
  readonly board: boolean;
  readonly size: Size;
  readonly reader: Reader;
  readonly lang: Lang;
}

/** Reads an address; what it does not say, or says wrongly, is taken as it mostly is. */
export function parseView(path: string, search: string, lang: Lang): View {
  const query = new URLSearchParams(search);
  const among = <T extends string>(key: string, values: readonly T[], other: T): T => values.find((v) => v === query.get(key)) ?? other;
  const [, , code = '', last] = path.split('/');
  return {
    code: decoded(code),
    territory: query.get('in') ?? undefined,
    board: last === 'board',
    size: among('size', SIZES, 'A4'),
    reader: among('for', READERS, 'public'),
    lang: among('lang', LANGS, lang),
  };
}

/** The inverse of parseView. */
export function formatView(v: View): string {
  const query = new URLSearchParams();
  if (v.territory !== undefined) query.set('in', v.territory);
  if (v.board) {
    query.set('size', v.size);
    query.set('for', v.reader);
  }
  query.set('lang', v.lang);
  return `/g/${encodeURIComponent(v.code)}${v.board ? '/board' : ''}?${query}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is no code, and the service says so
  }
}
