/** Web Mercator, in pixels of a world of 512 at zoom 0. */
const world = ([lon, lat]) => {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * 512, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 512];
};

/** Where on a map that shows a box with the wall's margin a position is, in pixels from the map's corner. */
export function pixelIn(box, [west, south, east, north], position) {
  const margin = 2 * Math.round(Math.min(box.width, box.height) * 0.05);
  const [x0, y0] = world([west, north]);
  const [x1, y1] = world([east, south]);
  const scale = Math.min((box.width - margin) / (x1 - x0), (box.height - margin) / (y1 - y0));
  const [x, y] = world(position);
  return [box.width / 2 + (x - (x0 + x1) / 2) * scale, box.height / 2 + (y - (y0 + y1) / 2) * scale];
}

/** The colours that the screen shows in a square of so many pixels around each point, as [r, g, b]. */
export async function coloursAround(page, points, side) {
  const png = await page.screenshot();
  return page.evaluate(
    async ([data, places, n]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const sheet = new OffscreenCanvas(image.width, image.height).getContext('2d', {willReadFrequently: true});
      sheet.drawImage(image, 0, 0);
      return places.map(([x, y]) => {
        const {data: bytes} = sheet.getImageData(Math.round(x - n / 2), Math.round(y - n / 2), n, n);
        return Array.from({length: n * n}, (_, i) => [...bytes.slice(4 * i, 4 * i + 3)]);
      });
    },
    [png.toString('base64'), points, side],
  );
}

/** Whether two colours look the same. */
export const near = (a, b) => a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) < 36;
