import {get} from './client';
import type {Bounds, Name} from './types';

/** One set of tiles, as openapi.yaml has it. */
export interface BasemapSource {
  readonly tiles: readonly string[];
  readonly scheme?: 'tms';
  readonly min_zoom: number;
  readonly max_zoom: number;
  readonly bounds?: Bounds;
  readonly layers?: readonly string[];
}

/** What a map may lie on, as openapi.yaml has it. */
export interface Basemap {
  readonly id: string;
  readonly name: Name;
  readonly kind: 'raster' | 'vector';
  readonly sources: readonly BasemapSource[];
  readonly attribution?: string;
}

/** The basemaps that the service was given. */
export const basemaps = (signal: AbortSignal) => get<{basemaps: Basemap[]}>('/v1/basemaps', {}, signal).then((a) => a.basemaps);
