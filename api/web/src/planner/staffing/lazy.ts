import {lazily} from '../lazy';

/** The staffing board, fetched when its tab is opened. */
export const Board = lazily(() => import('./Board').then((m) => m.Board));
