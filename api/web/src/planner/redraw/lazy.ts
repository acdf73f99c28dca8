import {lazily} from '../lazy';

/** How the grids stand to their band, fetched when a draft is opened. */
export const Standing = lazily(() => import('./Standing').then((m) => m.Standing));

/** Where the draft stands, over the map. */
export const Strip = lazily(() => import('./Strip').then((m) => m.Strip));
