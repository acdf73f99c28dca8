import jsQR from 'jsqr';
import {describe, expect, test} from 'vitest';
import type {Position} from '../../src/api/types';
import {pageAddress, type Neighbour} from '../../src/public/data';
import {draw, lettered, roomiest, scaleBar} from '../../src/public/drawing';
import {QUIET, qrOf, type Code} from '../../src/public/qr';
import {formatView, parseView} from '../../src/public/view';

/** What a scanner sees of a code printed `scale` dots a module. */
function scanned({path, size}: Code, scale: number) {
  const wide = (size + 2 * QUIET) * scale;
  const pixels = new Uint8ClampedArray(wide * wide * 4).fill(255);
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = 0; row < scale; row++) {
      const from = ((Number(y) + QUIET) * scale + row) * wide + (Number(x) + QUIET) * scale;
      for (let i = from; i < from + Number(run) * scale; i++) pixels.fill(0, i * 4, i * 4 + 3);
    }
  }
  return jsQR(pixels, wide, wide)?.data;
}

describe('the code of a board', () => {
  test.each([
    'http://127.0.0.1:8080/g/990101100201003',
    pageAddress('https://grid.example.gov.cn', '专01-002', '990101000000'),
    `https://example.org/g/${'9'.repeat(200)}`,
  ])('%s is read back by another library', (address) => {
    expect(scanned(qrOf(address), 3)).toBe(address);
  });

  test('another address is another code', () => {
    expect(qrOf('https://a/g/1').path).not.toBe(qrOf('https://a/g/2').path);
  });
});

describe('the address of a public page', () => {
  test('says code, territory, board, paper, reader and language', () => {
    const view = parseView('/g/990101/board', '?in=99&size=A3&for=internal&lang=en', 'zh-CN');
    expect(view).toEqual({code: '990101', territory: '99', board: true, size: 'A3', reader: 'internal', lang: 'en'});
  });

  test.each(['/g/a%2Fb?lang=en', '/g/%E4%B8%93-1/board?size=A4&for=public&lang=zh-CN', '/g/1?in=99&lang=en'])('%s comes back', (address) => {
    const [path = '', search = ''] = address.split('?');
    expect(formatView(parseView(path, search, 'en'))).toBe(address);
  });

  test('what it says wrongly is taken as it mostly is', () => {
    expect(parseView('/g/%', '?size=A5&for=me&lang=fr', 'en')).toEqual({code: '%', territory: undefined, board: false, size: 'A4', reader: 'public', lang: 'en'});
  });
});

const square = (x: number, y: number, side: number): Position[] => [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];
const ground = (ring: Position[]): GeoJSON.Polygon => ({type: 'Polygon', coordinates: [ring]});
const neighbour = (code: string, ring: Position[]): Neighbour => ({code, name: {zh: code}, geometry: ground(ring)});
const numbers = (path: string) => [...path.matchAll(/-?[\d.]+ -?[\d.]+/g)].map((m) => m[0].split(' ').map(Number) as Position);

describe('the drawn map', () => {
  const grid = {code: 'g', name: {zh: 'g'}, drawn: true, bounds: [110, 37, 110.01, 37.01] as [number, number, number, number], geometry: ground(square(110, 37, 0.01))};
  const east = neighbour('east', square(110.01, 37, 0.01));
  const far = neighbour('far', square(120, 37, 0.01));
  const drawing = draw({grid, around: [east, far]}, 1000, 700);

  test('the whole grid stands on the sheet, in its own proportions, north up', () => {
    const points = numbers(drawing?.own ?? '');
    expect(points).toHaveLength(4);
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    expect(Math.min(...xs, ...ys)).toBeGreaterThan(0);
    expect(Math.max(...ys)).toBeLessThan(700);
    const [wide, high] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
    expect(wide / high).toBeCloseTo(Math.cos((37.005 * Math.PI) / 180), 2);
    expect(points[0]?.[1]).toBeGreaterThan(points[2]?.[1] ?? 0); // the south edge is lower on the sheet
  });

  test('a neighbour is named where it shows, in itself; one that does not show is not', () => {
    expect(drawing?.spots.map((s) => s.neighbour.code)).toEqual(['east']);
    const border = Math.max(...numbers(drawing?.own ?? '').map((p) => p[0]));
    expect(drawing?.spots[0]?.x).toBeGreaterThan(border);
    expect(drawing?.spots[0]?.x).toBeLessThan(1000);
  });

  test('a grid that is not drawn has no map', () => {
    expect(draw({grid: {code: 'g', name: {zh: 'g'}, drawn: false}}, 1000, 700)).toBeNull();
  });

  test('a name stays out of a hole', () => {
    const ring = (a: number, b: number): Position[] => [[a, a], [b, a], [b, b], [a, b], [a, a]];
    const spot = roomiest([[ring(100, 900), ring(110, 700)]], 1000, 1000);
    expect(spot && Math.max(spot.x, spot.y)).toBeGreaterThan(700);
  });

  test('a name is written large where there is room, else in lines, and smaller only then', () => {
    expect(lettered('East Lake Village', 200, 30)).toEqual({lines: ['East Lake Village'], size: 30});
    expect(lettered('East Lake Village', 70, 30)).toEqual({lines: ['East Lake', 'Village'], size: 30});
    const tight = lettered('平川村第三网格', 50, 30);
    expect(tight.lines).toEqual(['平川村第三网格']);
    expect(tight.size * 7).toBeCloseTo(2.4 * 50);
  });

  test.each([
    [1, 250, 200], // a pixel a metre
    [0.3, 220, 500],
    [40, 220, 5],
  ])('at %f units a metre the scale bar of at most %f is %f m', (perMetre, most, metres) => {
    const bar = scaleBar(perMetre, most);
    expect(bar.metres).toBe(metres);
    expect(bar.length).toBeLessThanOrEqual(most);
  });
});
