import type {Bounds, Position} from '../api/types';

const HALF = /^(东经|西经|北纬|南纬|[NSEW])?\s*([-+]?\d{1,3}(?:\.\d+)?)\s*[°º]?\s*([NSEW])?$/i;

/**
 * The place that a text names by longitude and latitude in degrees, null if it names none. Without N, S, E or W the
 * first is the longitude, unless only the other way round lies in the territory or on the earth.
 */
export function placeIn(text: string, bounds: Bounds | null): Position | null {
  const parted = text.trim().match(/^([^,，;；/]+)[,，;；/]([^,，;；/]+)$/) ?? text.trim().match(/^(.*?\d\s*[°º]?\s*[NSEW]?)\s+(\D*\d.*)$/i);
  const [first, second] = [half(parted?.[1]), half(parted?.[2])];
  if (!first || !second || !text.includes('.')) return null;
  const said = first.along || second.along;
  const turned = said ? first.along === 'lat' || second.along === 'lon' : !inside([first.degrees, second.degrees], bounds) && inside([second.degrees, first.degrees], bounds);
  const at: Position = turned ? [second.degrees, first.degrees] : [first.degrees, second.degrees];
  return inside(at, null) ? at : null;
}

/** A number of degrees, and along what, where a wind says so. */
function half(text: string | undefined): {readonly degrees: number; readonly along: 'lon' | 'lat' | null} | null {
  const found = text?.trim().match(HALF);
  if (!found) return null;
  const wind = (found[1] ?? found[3] ?? '').toUpperCase();
  const degrees = Number(found[2]);
  const along = /[EW东西]/.test(wind) ? 'lon' : wind ? 'lat' : null;
  return {degrees: /[SW南西]/.test(wind) ? -Math.abs(degrees) : degrees, along};
}

function inside([lon, lat]: Position, bounds: Bounds | null): boolean {
  const [west, south, east, north] = bounds ?? [-180, -90, 180, 90];
  return lon >= west && lon <= east && lat >= south && lat <= north;
}
