import type {Severity} from '../api/types';
import type {Theme} from '../planner/session';

/** The colours of the map. The panels' colours stand in theme.css; both name the same things alike. */
export interface Palette {
  ground: string;
  land: string;
  /** Fills of the drawn tier: siblings share one, so that the tier above can be read. */
  patches: readonly string[];
  /** Lines: of the drawn tier, of tiers between, of the territory and its first division. */
  fine: string;
  middle: string;
  strong: string;
  label: string;
  labelAbove: string;
  halo: string;
  hover: string;
  accent: string;
  dedicated: string;
  severity: Record<Severity, string>;
  /** Of a measure, from little to much: shades that differ in lightness, so that every eye tells them apart. */
  ramp: readonly string[];
  /** A grid that has no value of the measure. */
  blank: string;
}

/** So many shades of the ramp, from end to end; the middle one where one is enough. */
export function shades(ramp: readonly string[], n: number): string[] {
  const at = (i: number) => (n === 1 ? (ramp.length - 1) / 2 : (i * (ramp.length - 1)) / (n - 1));
  return Array.from({length: n}, (_, i) => ramp[Math.round(at(i))] ?? '');
}

export const palettes: Record<Theme, Palette> = {
  light: {
    ground: '#e9ecef',
    land: '#fbfcfd',
    patches: ['#e3ecf4', '#eef3e6', '#f6efe2', '#efe9f3', '#e2f1ef', '#f5e9e8'],
    fine: '#aab8c3',
    middle: '#7e909d',
    strong: '#46576a',
    label: '#3b4a55',
    labelAbove: '#17242d',
    halo: '#ffffff',
    hover: '#0b5cad',
    accent: '#0b5cad',
    dedicated: '#7a3fa0',
    severity: {error: '#c0271b', warning: '#b96a00', info: '#2c6ca3'},
    ramp: ['#eef6d8', '#b5dfbd', '#62b8c2', '#2f7eb2', '#25437f'],
    blank: '#dcdfe3',
  },
  dark: {
    ground: '#0b1014',
    land: '#151d23',
    patches: ['#1b2a36', '#202c24', '#2d281e', '#27222e', '#1a2c2c', '#2d2222'],
    fine: '#4a5964',
    middle: '#677883',
    strong: '#93a4b1',
    label: '#b4c0c9',
    labelAbove: '#eef3f6',
    halo: '#0b1014',
    hover: '#6fb5f5',
    accent: '#6fb5f5',
    dedicated: '#c59ae6',
    severity: {error: '#ff7a6e', warning: '#f2b13e', info: '#7fbdf2'},
    ramp: ['#1f3a52', '#27647c', '#3a918a', '#86bf7c', '#eadf78'],
    blank: '#2b3238',
  },
};
