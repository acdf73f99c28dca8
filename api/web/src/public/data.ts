import {address, get} from '../api/client';
import type {Bounds, Kind, Name} from '../api/types';

/** A place by its name, or a role. */
export interface Named {
  code: string;
  name: Name;
  tier?: Name;
}

/** Leads to the public page of a grid. */
export interface PageRef extends Named {
  territory: Named;
}

/** Somebody on duty; `of` is the grid of the post where it is one above. */
export interface Post {
  name: string;
  phone?: string;
  role: Named;
  duty?: string;
  of?: Named;
}

export interface Neighbour extends Named {
  geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon;
}

export interface PublicGrid {
  code: string;
  name: Name;
  tier?: Name;
  kind?: Kind;
  text_bounds?: string;
  owner?: string;
  drawn: boolean;
  area_m2?: number;
  bounds?: Bounds;
  geometry?: GeoJSON.Polygon | GeoJSON.MultiPolygon;
}

/** What anybody may know of a grid, as openapi.yaml has it. */
export type PublicAnswer =
  | {state: 'several'; choices: PageRef[]}
  | {state: 'retired'; grid: PublicGrid; territory?: Named; successors: PageRef[]}
  | PublicPage;

export interface PublicPage {
  state: 'in_force';
  grid: PublicGrid;
  territory: Named;
  plan: {name: string; effective?: string; revision: number; as_of: string};
  chain?: Named[];
  leader: Post | null;
  workers?: Post[];
  supervision?: Post[];
  duties?: {role: Named; duties: Name}[];
  around?: Neighbour[];
  within?: GeoJSON.Polygon | GeoJSON.MultiPolygon;
}

export const publicGrid = (code: string, territory: string | undefined, signal: AbortSignal) =>
  get<PublicAnswer>(`/v1/public/grids/${encodeURIComponent(code)}`, {in: territory}, signal);

/** The address of a grid's public page, the same for everybody who scans it. */
export const pageAddress = (origin: string, code: string, territory: string | undefined) =>
  origin + address(`/g/${encodeURIComponent(code)}`, {in: territory});
