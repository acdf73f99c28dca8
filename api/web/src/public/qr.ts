import qrcode from 'qrcode-generator';

/** A square of dark and light modules as one SVG path, and how many modules it is wide without the quiet zone. */
export interface Code {
  readonly size: number;
  readonly path: string;
}

/** How many light modules must stand around a code (ISO/IEC 18004). */
export const QUIET = 4;

/** The QR code of an address, readable with a quarter of it worn off (level Q): boards hang in the weather. */
export function qrOf(address: string): Code {
  const code = qrcode(0, 'Q');
  code.addData(address);
  code.make();
  const size = code.getModuleCount();
  let path = '';
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (!code.isDark(row, column)) continue;
      const from = column;
      while (column + 1 < size && code.isDark(row, column + 1)) column++;
      path += `M${from} ${row}h${column + 1 - from}v1h${from - column - 1}z`;
    }
  }
  return {size, path};
}
