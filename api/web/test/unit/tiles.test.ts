import {VectorTile, classifyRings, type VectorTileFeature} from '@mapbox/vector-tile';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {PbfReader} from 'pbf';
import {describe, expect, test} from 'vitest';

/** Tiles as the service draws them, and beside each what a decoder in Go reads in it. */
const GOLDEN = join(import.meta.dirname, '../../../../fixtures/testdata/tiles');

interface Told {
  id: number;
  type: string;
  area: number;
  points: number;
  properties: Record<string, unknown>;
}

/** Twice the signed area of a closed ring. */
function area2(ring: readonly {x: number; y: number}[]): number {
  return ring.slice(1).reduce((sum, b, i) => sum + ring[i]!.x * b.y - b.x * ring[i]!.y, 0);
}

function told(f: VectorTileFeature): Told {
  const lines = f.loadGeometry();
  const polygons = f.type === 3 ? classifyRings(lines) : [];
  const many = (f.type === 3 ? polygons.length : lines.length) > 1;
  return {
    id: f.id!,
    type: (many && f.type !== 1 ? 'Multi' : '') + ['', 'Point', 'LineString', 'Polygon'][f.type]!,
    area: polygons.flat().reduce((sum, ring) => sum + area2(ring) / 2, 0),
    points: lines.reduce((n, line) => n + line.length - (f.type === 3 ? 1 : 0), 0),
    properties: f.properties,
  };
}

describe('tiles', () => {
  const files = readdirSync(GOLDEN).filter((name) => name.endsWith('.mvt'));

  test('are there', () => expect(files.length).toBeGreaterThan(3));

  test.each(files)('%s is read as in Go', (name) => {
    const tile = new VectorTile(new PbfReader(readFileSync(join(GOLDEN, name))));
    const wanted = JSON.parse(readFileSync(join(GOLDEN, name.replace('.mvt', '.json')), 'utf8')) as Told[];
    const [layer] = Object.values(tile.layers);
    expect(Object.keys(tile.layers)).toEqual([name.split('-')[1]]);
    expect([layer!.version, layer!.extent]).toEqual([2, 4096]);
    expect(Array.from({length: layer!.length}, (_, i) => told(layer!.feature(i)))).toEqual(wanted);
  });
});
