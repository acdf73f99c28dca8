// Reads an archive with the pmtiles package and holds it against a listing:
// one line [z, x, y, sha256 of the plain tile, or null where there is none].
// Usage: node pmtiles.mjs ARCHIVE LISTING; prints header and metadata as JSON.
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {gunzipSync} from 'node:zlib';
import {Compression, PMTiles, SharedPromiseCache} from 'pmtiles';

const [archive, listing] = process.argv.slice(2);
const bytes = await readFile(archive);
const source = {
  getKey: () => archive,
  getBytes: async (offset, length) => ({data: new Uint8Array(bytes.subarray(offset, offset + length)).buffer}),
};
// The package's own way through a stream takes ten times as long for tiles as small as a test's.
const inflate = async (data, compression) => (compression === Compression.Gzip ? new Uint8Array(gunzipSync(data)) : data);
const tiles = new PMTiles(source, new SharedPromiseCache(100, true, inflate), inflate);

let wrong = 0;
for (const line of (await readFile(listing, 'utf8')).split('\n').filter(Boolean)) {
  const [z, x, y, want] = JSON.parse(line);
  const found = await tiles.getZxy(z, x, y);
  const got = found ? createHash('sha256').update(new Uint8Array(found.data)).digest('hex') : null;
  if (got === want) continue;
  wrong++;
  if (wrong <= 10) console.error(`tile ${z}/${x}/${y}: ${got}, want ${want}`);
}
console.log(JSON.stringify({header: await tiles.getHeader(), metadata: await tiles.getMetadata()}));
if (wrong) process.exit(1);
