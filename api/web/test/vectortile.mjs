// Reads tiles with the @mapbox/vector-tile package: one in base64 on each line of
// the input. Prints a line for each: of every feature its id, what it says, and the
// area and length of its rings in units of the tile.
import {createInterface} from 'node:readline';
import {VectorTile} from '@mapbox/vector-tile';
import {PbfReader} from 'pbf';

/** The signed area of a closed ring, and how long it is. */
function measure(ring) {
  let area = 0;
  let length = 0;
  for (let i = 1; i < ring.length; i++) {
    area += (ring[i - 1].x * ring[i].y - ring[i].x * ring[i - 1].y) / 2;
    length += Math.hypot(ring[i].x - ring[i - 1].x, ring[i].y - ring[i - 1].y);
  }
  return {area, length};
}

function told(feature) {
  const rings = feature.loadGeometry().map(measure);
  const sum = (of) => rings.reduce((all, ring) => all + ring[of], 0);
  return {id: feature.id, properties: feature.properties, area: sum('area'), length: sum('length')};
}

for await (const line of createInterface({input: process.stdin})) {
  const layers = Object.values(new VectorTile(new PbfReader(Buffer.from(line, 'base64'))).layers);
  console.log(JSON.stringify(layers.flatMap((layer) => Array.from({length: layer.length}, (_, i) => told(layer.feature(i))))));
}
