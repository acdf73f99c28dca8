// Holds styles against the style specification. Reads a JSON object of styles
// by name from the standard input; prints what is wrong and then fails.
import {readFileSync} from 'node:fs';
import {validateStyleMin} from '@maplibre/maplibre-gl-style-spec';

let wrong = 0;
for (const [name, style] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  for (const {message} of validateStyleMin(style)) {
    console.error(`${name}: ${message}`);
    wrong++;
  }
}
if (wrong) process.exit(1);
