import type {Severity} from '../api/types';

/**
 * The shape of each severity in a box of 16: a diamond, a triangle, a disc.
 * Panels and map draw the same path, so that colour is never the only sign.
 */
export const SHAPES: Record<Severity, string> = {
  error: 'M8 .8 15.2 8 8 15.2.8 8z',
  warning: 'M8 1.4 15.4 14.4H.6z',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
};

/** Draws a severity's mark with a rim that lifts it off any ground. */
export const drawMark = (severity: Severity, fill: string, rim: string, pixelRatio: number): ImageData =>
  drawShape(SHAPES[severity], fill, rim, pixelRatio);

/** Draws a shape given in a box of 16, in the middle of a box of 20. */
export function drawShape(shape: string, fill: string, rim: string, pixelRatio: number): ImageData {
  const size = 20;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * pixelRatio;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser draws no 2D canvas');
  pen.scale(pixelRatio, pixelRatio);
  pen.translate((size - 16) / 2, (size - 16) / 2);
  const path = new Path2D(shape);
  pen.lineJoin = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = rim;
  pen.stroke(path);
  pen.fillStyle = fill;
  pen.fill(path);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
