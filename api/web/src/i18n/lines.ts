/** A text in lines that fit, broken between words; a word that does not fit stands alone. Pure. */
export function broken(text: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && fits(`${last} ${word}`)) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** How wide a text is at a size, where no browser measures it: Chinese letters are as wide as high. Pure. */
export const widthOf = (text: string, size: number): number => [...text].reduce((sum, c) => sum + (c > '\u2e80' ? 1 : 0.56), 0) * size;
