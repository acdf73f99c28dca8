import type {AlarmKind} from '../api/standing';

/**
 * The shape of each kind of alarm in a box of 16: a diamond, a frame, a triangle on its point. Panels and map draw
 * the same path, so that colour is never the only sign.
 */
export const ALARM_SHAPES: Record<AlarmKind, string> = {
  no_leader: 'M8 .4 15.6 8 8 15.6.4 8z',
  gap: 'M1 1h14v14H1zM5 5v6h6V5z',
  short: 'M.4 1.8h15.2L8 15z',
};

/** Colours that the commonest forms of colour blindness tell apart on a dark ground (after Okabe and Ito). */
export const ALARM_COLOURS: Record<AlarmKind, string> = {
  no_leader: '#ff7a5c',
  gap: '#f5c542',
  short: '#7fc4f5',
};
