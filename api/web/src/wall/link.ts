/** How the wall stands with the service. Times are milliseconds since 1970. */
export interface Link {
  readonly live: boolean;
  /** The last revision heard of. */
  readonly heard: number;
  /** When the service last gave a sign of life. */
  readonly sign: number;
  /** How often it was tried in vain since. */
  readonly tries: number;
}

export type Sign =
  /** The stream is open, or an event came, or a probe was answered. */
  | {is: 'alive'; at: number; revision?: number}
  | {is: 'lost'};

/** Pure. */
export function heed(link: Link, sign: Sign): Link {
  if (sign.is === 'lost') return {...link, live: false, tries: link.tries + 1};
  return {live: true, heard: Math.max(link.heard, sign.revision ?? 0), sign: sign.at, tries: 0};
}

/** A quiet stream shows no sign of life for so long before the service is asked, milliseconds. */
export const QUIET_MS = 20_000;

const FIRST_MS = 1000;
const MOST_MS = 15_000;

/**
 * How long to wait before the next try, milliseconds: longer and longer up to 15 s, and by chance (0 to 1) up to half
 * as long again, so that hundreds of walls do not come back in the same moment.
 */
export const patience = (tries: number, chance: number): number => Math.min(MOST_MS, FIRST_MS * 2 ** Math.max(0, tries - 1)) * (1 + chance / 2);

/** A time as a clock shows it: 0:07, 12:30, 3:05:00. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
