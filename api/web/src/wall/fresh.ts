import type {RevisionEvent} from '../api/events';

/** What events told of the ground, to be drawn until tiles show it, and a while longer so that it is seen. */
export interface Fresh {
  readonly until: number;
  readonly features: readonly GeoJSON.Feature[];
}

/** How long a change stands out, milliseconds. */
export const SHOWN_MS = 8000;
/** More is not drawn beside the tiles: a wall under a thousand edits must stay as light as before. */
const MOST_FEATURES = 600;

const part = (name: 'before' | 'after', geometry: GeoJSON.Geometry | undefined): GeoJSON.Feature[] =>
  geometry ? [{type: 'Feature', properties: {part: name}, geometry}] : [];

/** Adds what an event tells, the newest first, and drops what has been seen. Pure. */
export function hear(shown: readonly Fresh[], event: RevisionEvent, now: number): readonly Fresh[] {
  const redrawn = (event.grids ?? []).filter((g) => g.redrawn);
  const features = [...redrawn.flatMap((g) => part('before', g.before)), ...redrawn.flatMap((g) => part('after', g.after))];
  const kept: Fresh[] = [];
  let room = MOST_FEATURES;
  for (const one of [{until: now + SHOWN_MS, features}, ...shown]) {
    room -= one.features.length;
    if (one.until > now && one.features.length > 0 && (room >= 0 || kept.length === 0)) kept.push(one);
  }
  return kept;
}

/** What has not been seen long enough yet. Pure. */
export const unseen = (shown: readonly Fresh[], now: number): readonly Fresh[] => shown.filter((f) => f.until > now);

/** All of it as one layer, the newest over the others. */
export const featuresOf = (shown: readonly Fresh[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: [...shown].reverse().flatMap((f) => f.features),
});
