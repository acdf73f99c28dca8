import type {Map as MapLibre} from 'maplibre-gl';
import {broken} from '../i18n/lines';
import {palettes} from '../map/palette';
import {ALARM_COLOURS, ALARM_SHAPES} from './alarms';
import {spot, type Edge, type Rings, type Spot} from './ahead';
import {FONTS, NAME_EMS, NAME_HALO} from './scene';
import type {Stroke} from './strokes';

/** A place on the screen, in pixels of the page from the map's corner. */
type Put = (at: Spot) => [number, number];
type Box = [west: number, north: number, east: number, south: number];

const colours = palettes.dark;
/** What stands out: the ground in a light veil, through which names are read, and a bright border. */
const LIGHT = {fill: 'rgb(109 143 74 / 40%)', line: '#d8f08a'};
/** Room around what is drawn for lines, names and marks, pixels of a screen of 1920. */
const MARGIN = 120;

/**
 * Lays a sheet over the map that is painted in the very task that asks for it: no worker and no frame of the map comes
 * between an event and the screen. The sheet is no larger than what is on it. Returns how to paint and how to take it away.
 */
export function sheetOver(map: MapLibre) {
  const canvas = document.createElement('canvas');
  canvas.className = 'wall-sheet';
  canvas.hidden = true;
  map.getCanvasContainer().append(canvas);
  let [strokes, scale]: [readonly Stroke[], number] = [[], 1];
  const draw = () => {
    const put = putOn(map);
    const box = boxOf(strokes, put, MARGIN * scale, [0, 0, map.getCanvas().clientWidth, map.getCanvas().clientHeight]);
    canvas.hidden = box === null;
    if (!box) {
      canvas.width = canvas.height = 0;
      return;
    }
    const ratio = devicePixelRatio;
    const [west, north, east, south] = box;
    canvas.width = Math.ceil((east - west) * ratio); // empties it as well
    canvas.height = Math.ceil((south - north) * ratio);
    Object.assign(canvas.style, {left: `${west}px`, top: `${north}px`, width: `${canvas.width / ratio}px`, height: `${canvas.height / ratio}px`});
    const pen = canvas.getContext('2d', {willReadFrequently: true}); // kept in memory: what is painted does not queue behind the map's frames
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, -west * ratio, -north * ratio);
    pen.lineJoin = pen.lineCap = 'round';
    for (const stroke of strokes) paint(pen, stroke, put, scale);
  };
  const follow = () => strokes.length > 0 && draw();
  const moves = [map.on('move', follow), map.on('resize', follow)];
  return {
    paint: (next: readonly Stroke[], at: number) => {
      if (next.length === 0 && strokes.length === 0) return;
      [strokes, scale] = [next, at];
      draw();
    },
    remove: () => {
      for (const m of moves) m.unsubscribe();
      canvas.remove();
    },
  };
}

/** The map is flat and north is up: one factor and one shift. */
function putOn(map: MapLibre): Put {
  const centre = map.getCenter();
  const {x, y} = map.project(centre);
  const [cx, cy] = spot([centre.lng, centre.lat]);
  const world = 512 * 2 ** map.getZoom();
  return ([sx, sy]) => [x + (sx - cx) * world, y + (sy - cy) * world];
}

/** The part of the view that is drawn on, in whole pixels; null if none. */
function boxOf(strokes: readonly Stroke[], put: Put, margin: number, [left, top, right, bottom]: Box): Box | null {
  let [west, north, east, south]: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (at: Spot) => {
    const [x, y] = put(at);
    [west, north, east, south] = [Math.min(west, x), Math.min(north, y), Math.max(east, x), Math.max(south, y)];
  };
  for (const stroke of strokes) for (const at of spotsOf(stroke)) take(at);
  west = Math.max(left, Math.floor(west - margin));
  north = Math.max(top, Math.floor(north - margin));
  east = Math.min(right, Math.ceil(east + margin));
  south = Math.min(bottom, Math.ceil(south + margin));
  return west < east && north < south ? [west, north, east, south] : null;
}

/** Where a stroke draws; what only closes or reveals draws where others do. */
function spotsOf(stroke: Stroke): readonly Spot[] {
  switch (stroke.do) {
    case 'ground':
      return stroke.rings.flat();
    case 'line':
      return stroke.edges.flat();
    case 'light':
      return stroke.grounds.flat(2);
    default:
      return [];
  }
}

function paint(pen: CanvasRenderingContext2D, stroke: Stroke, put: Put, scale: number) {
  switch (stroke.do) {
    case 'ground':
      return within(pen, [{rings: stroke.rings, put}, ...(stroke.but.length > 0 ? [{rings: stroke.but, put, outside: true}] : [])], () => {
        pen.fillStyle = stroke.colour;
        pen.fillRect(-1e5, -1e5, 2e5, 2e5);
      });
    case 'close':
      return within(pen, [{rings: stroke.within, put}], () => line(pen, stroke.edges, put, stroke.colour, stroke.width));
    case 'reveal':
      pen.globalCompositeOperation = 'destination-out';
      line(pen, stroke.edges, put, '#000', stroke.width);
      pen.globalCompositeOperation = 'source-over';
      return;
    case 'line':
      return line(pen, stroke.edges, put, stroke.colour, stroke.width);
    case 'name':
      return name(pen, stroke, put, scale);
    case 'alarms':
      return alarms(pen, stroke, put);
    case 'light':
      return light(pen, stroke, put);
  }
}

/** Draws inside rings, or outside of them. */
function within(pen: CanvasRenderingContext2D, areas: readonly {rings: Rings; put: Put; outside?: boolean}[], draw: () => void) {
  pen.save();
  for (const {rings, put, outside} of areas) {
    const path = pathOf(rings, put);
    if (outside) path.rect(-1e5, -1e5, 2e5, 2e5);
    pen.clip(path, 'evenodd');
  }
  draw();
  pen.restore();
}

function pathOf(rings: Rings, put: Put): Path2D {
  const path = new Path2D();
  for (const ring of rings) {
    for (const [i, at] of ring.entries()) {
      const [x, y] = put(at);
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    path.closePath();
  }
  return path;
}

function line(pen: CanvasRenderingContext2D, edges: readonly Edge[], put: Put, colour: string, width: number) {
  pen.beginPath();
  for (const [from, to] of edges) {
    pen.moveTo(...put(from));
    pen.lineTo(...put(to));
  }
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

/** Writes a name as the map does: in the middle of its place, broken where it is long. */
function name(pen: CanvasRenderingContext2D, {at, text, size}: Extract<Stroke, {do: 'name'}>, put: Put, scale: number) {
  const [x, y] = put(at);
  pen.font = `bold ${size}px ${FONTS.slice(1).map((f) => `"${f}"`).join()}, sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  const lines = broken(text, (part) => pen.measureText(part).width <= NAME_EMS * size);
  for (const [i, part] of lines.entries()) {
    const down = y + (i - (lines.length - 1) / 2) * 1.2 * size;
    pen.strokeStyle = colours.halo;
    pen.lineWidth = 2 * NAME_HALO * scale;
    pen.strokeText(part, x, down);
    pen.fillStyle = colours.labelAbove;
    pen.fillText(part, x, down);
  }
}

/** Beside each other by kind, over the name, as the map has them. */
const ASIDE = {no_leader: -17, gap: 0, short: 17};

function alarms(pen: CanvasRenderingContext2D, {alarms: all, on, size}: Extract<Stroke, {do: 'alarms'}>, put: Put) {
  const grounds = on.map((rings) => pathOf(rings, put));
  const each = size / 20;
  for (const {kind, at} of all) {
    const [x, y] = put(at);
    pen.save();
    const {a, b, c, d, e, f} = pen.getTransform();
    if (grounds.some((g) => pen.isPointInPath(g, a * x + c * y + e, b * x + d * y + f, 'evenodd'))) {
      pen.translate(x + (ASIDE[kind] - 8) * each, y - 28 * each);
      pen.scale(each, each);
      const shape = new Path2D(ALARM_SHAPES[kind]);
      pen.strokeStyle = colours.halo;
      pen.lineWidth = 3;
      pen.stroke(shape);
      pen.fillStyle = ALARM_COLOURS[kind];
      pen.fill(shape);
    }
    pen.restore();
  }
}

function light(pen: CanvasRenderingContext2D, {grounds, width}: Extract<Stroke, {do: 'light'}>, put: Put) {
  const all = new Path2D();
  for (const rings of grounds) all.addPath(pathOf(rings, put));
  pen.fillStyle = LIGHT.fill;
  pen.fill(all);
  pen.strokeStyle = LIGHT.line;
  pen.lineWidth = width;
  pen.stroke(all);
}
