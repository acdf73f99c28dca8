/** The codes of the units of a level that the rotation goes through, and which of them it is at. */
interface Level {
  readonly units: readonly string[];
  readonly at: number;
}

/** Where the rotation is, from the territory down. */
export type Tour = readonly Level[];

export const START: Tour = [];

/**
 * The unit that the rotation shows next: first into the parts, as deep as it may go, then to the next sibling, at
 * the end the whole territory again (null). A rotation that began at some unit goes on from the whole territory.
 * Pure.
 */
export function advance(tour: Tour, here: {unit: string | null; parts: readonly string[]}, depth: number): {tour: Tour; unit: string | null} {
  const last = tour.at(-1);
  const underWay = here.unit === null || last?.units[last.at] === here.unit;
  const levels = here.unit === null ? START : tour;
  const [first] = here.parts;
  if (underWay && first !== undefined && levels.length < depth) return {tour: [...levels, {units: here.parts, at: 0}], unit: first};
  for (let n = underWay ? levels.length : 0; n > 0; n--) {
    const level = levels[n - 1];
    const next = level?.units[level.at + 1];
    if (level && next !== undefined) return {tour: [...levels.slice(0, n - 1), {units: level.units, at: level.at + 1}], unit: next};
  }
  return {tour: START, unit: null};
}
