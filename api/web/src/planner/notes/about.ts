import type {NewNote, Note} from '../../api/notes';
import type {Bounds, Position} from '../../api/types';
import {boundsOf} from '../findings';

/** What a note is about: the plan, the chosen grid, or the place in the middle of the map. */
export const ABOUT = ['plan', 'grid', 'place'] as const;
export type About = (typeof ABOUT)[number];

/** The notes of a plan's page, the newest first: those on the plan itself and those on the ground, whatever the plan. */
export const notesOf = (notes: readonly Note[], plan: number): Note[] =>
  notes.filter((n) => n.plan === undefined || n.plan === plan).sort((a, b) => (a.written < b.written ? 1 : a.written > b.written ? -1 : b.id - a.id));

/** A note to be sent, or null while it says nothing or what it is about is not there. */
export function noteAbout(about: About, text: string, at: {plan: number; grid: number | null; place: Position | null}): NewNote | null {
  const said = text.trim();
  if (!said) return null;
  switch (about) {
    case 'plan':
      return {text: said, plan: at.plan};
    case 'grid':
      return at.grid === null ? null : {text: said, plan: at.plan, grid: at.grid};
    case 'place':
      return at.place && {text: said, plan: at.plan, sketch: {type: 'Point', coordinates: at.place.map((n) => Math.round(n * 1e7) / 1e7)}};
  }
}

/** What the map shows of the notes: every sketch, with a mark where it is. */
export function marksOf(notes: readonly Note[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: notes.flatMap(({id, sketch, resolved}): GeoJSON.Feature[] => {
      const box = sketch && boundsOf(sketch);
      if (!sketch || !box) return [];
      const properties = {note: id, resolved};
      const middle = {type: 'Point' as const, coordinates: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]};
      return [
        ...(sketch.type === 'Point' ? [] : [{type: 'Feature' as const, properties, geometry: sketch}]),
        {type: 'Feature', properties, geometry: middle},
      ];
    }),
  };
}

/** The ground about a note's sketch, null where it has none. */
export const placeOf = ({sketch}: Note): Bounds | null => (sketch ? boundsOf(sketch) : null);
