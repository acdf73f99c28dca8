import type {ApiError} from '../../api/client';
import type {Edited} from '../../api/edited';
import type {Position} from '../../api/types';
import type {Part, Sketch} from '../../map/sketch';
import {markOf} from '../findings';
import type {Desk} from '../model/desk';
import {geometryOf, positionOf} from '../model/ground';
import {tools, type Edit} from '../model/tools';

/** What the service answered last. */
interface Told {
  readonly answer: Edited | null;
  readonly refusal: ApiError | null;
  readonly tried: Edit | null;
}

type Feature = Sketch['features'][number];

const feature = (part: Part, geometry: GeoJSON.Geometry): Feature => ({type: 'Feature', properties: {part}, geometry});
const pointAt = (part: Part, at: Position) => feature(part, {type: 'Point', coordinates: [...at]});

/** All that the desk shows on the map, the last answer's changes and the last refusal's findings with it. Pure. */
export function sketchOf(desk: Desk, {answer, refusal, tried}: Told): Sketch {
  const features = [...changed(answer, desk), ...held(desk), ...picked(desk), ...drawn(desk), ...faults(refusal, tried)];
  return {type: 'FeatureCollection', features};
}

/** The owners of the border in the hand, as they would be, and its vertices. */
function held({grab, ground}: Desk): Feature[] {
  if (!grab || !ground) return [];
  const cells = grab.cells.flatMap((id) => ground.cells.get(id) ?? []);
  const vertices = grab.stretch?.vertices ?? grab.held;
  return [
    ...cells.map((cell) => feature('cell', geometryOf(ground, cell))),
    ...vertices.map((v) => pointAt('vertex', positionOf(ground, v))),
  ];
}

function picked({picks, painted, ground}: Desk): Feature[] {
  const grids = picks.flatMap((id) => {
    const cell = ground?.cells.get(id);
    return ground && cell ? [feature('picked', geometryOf(ground, cell))] : [];
  });
  return [...grids, ...painted.map((a) => feature('picked', a.geometry))];
}

/** The line so far with a last piece to the pointer; an outline once it has three points. */
function drawn({line, pointer, tool, grab}: Desk): Feature[] {
  if (grab || tool === 'look') return [];
  const {draws, snaps} = tools[tool];
  const path = draws && pointer && line.length > 0 ? [...line, pointer] : line;
  const closes = draws && tool !== 'split' && path.length > 2;
  const ring = closes ? [...path, ...path.slice(0, 1)] : path;
  const coordinates = ring.map((p) => [...p]);
  return [
    ...(closes ? [feature('area', {type: 'Polygon', coordinates: [coordinates]})] : []),
    ...(coordinates.length > 1 ? [feature('line', {type: 'LineString', coordinates})] : []),
    ...line.map((p) => pointAt('vertex', p)),
    ...(pointer && snaps ? [pointAt('pointer', pointer)] : []),
  ];
}

/** What the last edit changed, until the next begins: only grids of the tier on the desk. */
function changed(answer: Edited | null, {ground, line, grab}: Desk): Feature[] {
  const tier = ground?.cells.values().next().value?.tier;
  if (!answer || grab || line.length > 0) return [];
  return answer.grids.flatMap(({after}) => (after?.geometry && after.tier === tier ? [feature('changed', after.geometry)] : []));
}

/** What is wrong and where, and the border that was refused. */
function faults(refusal: ApiError | null, tried: Edit | null): Feature[] {
  const line = refusal && tried && 'op' in tried && tried.op === 'reshape' ? [feature('fault', tried.line)] : [];
  const marks = (refusal?.problem.findings?.features ?? []).flatMap(({geometry}) => {
    const at = geometry && markOf(geometry);
    if (!geometry || !at) return [];
    return [...(geometry.type === 'Point' ? [] : [feature('fault', geometry)]), pointAt('fault-mark', at)];
  });
  return [...line, ...marks];
}
