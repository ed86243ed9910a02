/** In characters. Shorter lines of a value are not secrets by themselves: they are found everywhere. */
export const shortestLine = 4;

/** The length of a searched piece, in characters. A longer text is split into pieces of this length. */
export const pieceLength = 256;

/** The number of texts to process before other work may run. */
const slice = 256;

/**
 * Returns the secret texts of values (`docs/secrets.md`, "What is hidden"): each value, the value without surrounding
 * blanks, and each of its lines. A long text is hidden piece by piece. So no more bytes are held back for it than for
 * one piece, and a part that is printed alone is hidden too. Yields now and then, so that the caller can run other
 * work.
 */
export function* hiddenTexts(values: Iterable<string>): Generator<void, readonly string[]> {
  const found = new Set<string>();
  let count = 0;
  for (const value of values) {
    for (const piece of textsOf(value)) {
      if (piece !== '') found.add(piece);
      if (++count % slice === 0) yield;
    }
  }
  return [...found];
}

function* textsOf(value: string): Generator<string> {
  // A program may print other line ends than those of the value.
  const normal = value.replaceAll('\r\n', '\n');
  for (const text of new Set([value, value.trim(), normal, normal.trim()])) yield* piecesOf(text);
  for (const line of linesOf(normal)) if (hasCharacters(line, shortestLine)) yield* piecesOf(line);
}

function* linesOf(text: string): Generator<string> {
  const after = (end: string, from: number) => {
    const at = text.indexOf(end, from);
    return at < 0 ? text.length : at;
  };
  let from = 0;
  // Not a regular expression: over a line of megabytes it takes tens of milliseconds at a time.
  let lineFeed = after('\n', 0);
  let carriageReturn = after('\r', 0);
  for (;;) {
    const to = Math.min(lineFeed, carriageReturn);
    yield text.slice(from, to).trim();
    if (to === text.length) return;
    from = to + 1;
    if (to === lineFeed) lineFeed = after('\n', from);
    else carriageReturn = after('\r', from);
  }
}

/**
 * Splits a text into pieces. The last piece has full length and overlaps the previous one: a short rest would be found
 * everywhere.
 */
function* piecesOf(text: string): Generator<string> {
  let from = 0;
  for (;;) {
    const to = afterCharacters(text, from, pieceLength);
    if (to === text.length) break;
    yield text.slice(from, to);
    from = to;
  }
  yield text.slice(beforeCharacters(text, text.length, pieceLength));
}

function hasCharacters(text: string, count: number): boolean {
  return afterCharacters(text, 0, count - 1) < text.length;
}

/** Returns the index so many characters after another one, at most the end. */
function afterCharacters(text: string, from: number, count: number): number {
  let at = from;
  for (let i = 0; i < count && at < text.length; i++) at += isPair(text, at) ? 2 : 1;
  return at;
}

function beforeCharacters(text: string, from: number, count: number): number {
  let at = from;
  for (let i = 0; i < count && at > 0; i++) at -= at > 1 && isPair(text, at - 2) ? 2 : 1;
  return at;
}

function isPair(text: string, at: number): boolean {
  return isSurrogate(text.charCodeAt(at), 0xd800) && isSurrogate(text.charCodeAt(at + 1), 0xdc00);
}

function isSurrogate(unit: number, first: number): boolean {
  return unit >= first && unit < first + 0x400;
}
