/** Shorter lines of a value are no secrets by themselves: they are found everywhere. */
export const shortestLine = 4;

/** What is looked for at a time: of a longer text each piece of this many characters. */
export const pieceLength = 256;

/**
 * What of a value is a secret (product.md, "Secrets"): itself, itself without blanks around it, and each of its lines. A long text is
 * hidden piece by piece: no more bytes are held back for it than for one piece, and a part of it that is printed alone is hidden, too.
 */
export function hiddenTexts(value: string): ReadonlySet<string> {
  const lines = value.split(/\r\n|\r|\n/).map((line) => line.trim()).filter((line) => [...line].length >= shortestLine);
  // Whatever its line ends are, they may be printed as others.
  const normal = value.replaceAll('\r\n', '\n');
  const texts = [value, value.trim(), normal, normal.trim(), ...(lines.length > 1 ? lines : [])].filter((text) => text !== '');
  return new Set(texts.flatMap(piecesOf));
}

/** The last piece is as long as the others, and overlaps the one before: a short rest would be found everywhere. */
function piecesOf(text: string): readonly string[] {
  if (text.length <= pieceLength) return [text];
  const characters = [...text];
  const found: string[] = [];
  for (let at = 0; at < characters.length; at += pieceLength) {
    const from = Math.max(0, Math.min(at, characters.length - pieceLength));
    found.push(characters.slice(from, from + pieceLength).join(''));
  }
  return found;
}
