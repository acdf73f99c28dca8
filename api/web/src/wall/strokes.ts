import type {AlarmKind} from '../api/standing';
import {bordersOf, newest, spot, type Ahead, type Aheads, type Edge, type Rings, type Spot} from './ahead';
import {borders, colourOf, nameSize, shadedTiers, shadesOf, type WallScene} from './scene';

/** One thing to draw; widths and sizes are pixels. */
export type Stroke =
  /** Ground in a colour, but for what of it is left as it is. */
  | {do: 'ground'; rings: Rings; but: Rings; colour: string}
  /** Borders over which the ground closes, inside the ground. */
  | {do: 'close'; edges: readonly Edge[]; within: Rings; colour: string; width: number}
  /** What was drawn along borders goes again: the map below has them. */
  | {do: 'reveal'; edges: readonly Edge[]; width: number}
  | {do: 'line'; edges: readonly Edge[]; colour: string; width: number}
  | {do: 'name'; at: Spot; text: string; size: number}
  /** The alarms that lie on the grounds. */
  | {do: 'alarms'; alarms: readonly {kind: AlarmKind; at: Spot}[]; on: readonly Rings[]; size: number}
  /** Grounds that stand out. */
  | {do: 'light'; grounds: readonly Rings[]; width: number};

/** Thicker than any border of the map, against the thickest. */
const OVER = 1.5;
/** An alarm's mark is a box of 20 drawn so much larger. */
export const ALARM_BOX = 20 * 1.4;

/** What is painted over the map so that it shows what events told before its tiles do, and what stands out of it. Pure. */
export const strokesOf = (scene: WallScene, aheads: Aheads, grounds: readonly Rings[]): Stroke[] => [
  ...(aheads.size > 0 ? groundStrokes(scene, [...aheads.values()]) : []),
  ...(grounds.length > 0 ? [{do: 'light' as const, grounds, width: 3 * scene.scale}] : []),
];

function groundStrokes(scene: WallScene, units: readonly Ahead[]): Stroke[] {
  const {standing} = scene;
  const shades = shadesOf(scene);
  const tiers = standing.places.length > 0 ? shadedTiers(scene).map((t) => t.tier) : [standing.unit.tier];
  const parts = units.filter((u) => tiers.includes(u.tier));
  // Ground beside the unit shown steps back, and waits for its tiles.
  if (standing.unit.rank > 0 && parts.length > 0 && !parts.some((u) => shades.has(u.id) || u.id === standing.unit.id)) return [];
  const lines = borders(scene).map((line) => ({...line, ...bordersOf(units.filter((u) => u.tier === line.tier.code))}));
  const width = OVER * Math.max(...lines.map((b) => b.width));
  const closed = lines.flatMap((line) => line.gone);
  const strokes: Stroke[] = [];
  for (const unit of scene.basemap ? [] : parts) { // a basemap is seen through the ground: it waits for its tiles
    const rings = newest(unit)?.is ?? [];
    const colour = colourOf(shades.get(unit.id));
    if (rings.length === 0) continue;
    strokes.push({do: 'ground', rings, but: unit.whole ? [] : unit.was, colour}, {do: 'close', edges: closed, within: rings, colour, width});
  }
  if (!scene.basemap) strokes.push({do: 'reveal', edges: bordersOf(parts).same, width});
  for (const {come, colour, width: line} of lines) {
    if (come.length > 0) strokes.push({do: 'line', edges: come, colour, width: line});
  }
  return [...strokes, ...signs(scene, parts.filter((u) => u.whole))];
}

/** The names and alarms of units that are painted whole. */
function signs(scene: WallScene, units: readonly Ahead[]): Stroke[] {
  const {standing, lang, scale} = scene;
  if (units.length === 0) return [];
  const names = units.flatMap((u): Stroke[] => {
    const at = newest(u)?.at;
    const text = (lang === 'en' ? (u.name?.en ?? u.name?.zh) : (u.name?.zh ?? u.name?.en)) ?? u.code;
    return at ? [{do: 'name', at, text, size: nameSize(scene)}] : [];
  });
  const alarms = standing.alarms.flatMap(({kind, at}) => (at ? [{kind, at: spot(at)}] : []));
  const on = units.map((u) => newest(u)?.is ?? []);
  return [...names, {do: 'alarms', alarms, on, size: ALARM_BOX * scale}];
}
