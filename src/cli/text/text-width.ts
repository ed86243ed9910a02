/**
 * Measures text in terminal cells. Where terminals disagree (joined emoji, variation selectors), returns the larger
 * width: a line that is too short is harmless, a line that wraps breaks the picture.
 */

const ascii = /^[\x20-\x7e]*$/;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;

const sgrAtStart = /\x1b\[[\d;:]*m/y;

/**
 * @param text without control sequences other than colours
 */
export function textWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (let at = 0; at < text.length;) {
    const skipped = sgrLength(text, at);
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    const point = text.codePointAt(at) as number;
    width += pointWidth(point);
    at += point > 0xffff ? 2 : 1;
  }
  return width;
}

/** Cuts a text to at most `cells`. A cut text ends with `mark`, and its colours are reset. */
export function cutText(text: string, cells: number, mark: string): string {
  if (cells <= 0) return '';
  if (ascii.test(text) ? text.length <= cells : textWidth(text) <= cells) return text;
  const room = Math.max(0, cells - textWidth(mark));
  let width = 0;
  let coloured = false;
  let at = 0;
  while (at < text.length) {
    const skipped = sgrLength(text, at);
    if (skipped > 0) {
      coloured = true;
      at += skipped;
      continue;
    }
    const point = text.codePointAt(at) as number;
    const wide = pointWidth(point);
    if (width + wide > room) break;
    width += wide;
    at += point > 0xffff ? 2 : 1;
  }
  return text.slice(0, at) + (coloured ? '\x1b[0m' : '') + mark.slice(0, cells);
}

/**
 * Cuts the start of a text to at most `cells`. A cut text begins with `mark`, and goes on at a slash if there is one.
 * @param text without colours
 */
export function cutStart(text: string, cells: number, mark: string): string {
  if (textWidth(text) <= cells) return text;
  const room = cells - textWidth(mark);
  const points = [...text];
  let at = points.length;
  for (let width = 0; at > 0; at--) {
    width += pointWidth(points[at - 1]?.codePointAt(0) ?? 0);
    if (width > room) break;
  }
  const end = points.slice(at);
  const slash = end.indexOf('/');
  return mark + (slash < 0 ? end : end.slice(slash)).join('');
}

/** Pads a text with spaces to `cells`. A longer text stays unchanged. */
export function padText(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - textWidth(text)));
}

function sgrLength(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x1b) return 0;
  sgrAtStart.lastIndex = at;
  return sgrAtStart.exec(text)?.[0].length ?? 0;
}

function pointWidth(point: number): number {
  if (point >= 0x20 && point < 0x7f) return 1;
  // U+FE0F selects the emoji form of the character before it, which takes two cells.
  if (point === 0xfe0f) return 1;
  if (point < 0x300) return point < 0x20 || (point >= 0x7f && point < 0xa0) || point === 0xad ? 0 : 1;
  if (isWide(point)) return 2;
  return invisible.test(String.fromCodePoint(point)) ? 0 : 1;
}

/**
 * East Asian Wide and Fullwidth (Unicode 15, EastAsianWidth.txt), and characters with emoji presentation by default.
 */
function isWide(point: number): boolean {
  let low = 0;
  let high = wide.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (point < (wide[middle * 2] as number)) high = middle - 1;
    else if (point > (wide[middle * 2 + 1] as number)) low = middle + 1;
    else return true;
  }
  return false;
}

// prettier-ignore
const wide: readonly number[] = [
  0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3, 0x25fd, 0x25fe, 0x2614, 0x2615,
  0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1, 0x26aa, 0x26ab, 0x26bd, 0x26be, 0x26c4, 0x26c5, 0x26ce, 0x26ce,
  0x26d4, 0x26d4, 0x26ea, 0x26ea, 0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa, 0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b,
  0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755, 0x2757, 0x2757, 0x2795, 0x2797, 0x27b0, 0x27b0, 0x27bf, 0x27bf,
  0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55, 0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa4cf,
  0xa960, 0xa97f, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff00, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18aff,
  0x1aff0, 0x1b2ff, 0x1f004, 0x1f004, 0x1f0cf, 0x1f0cf, 0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f1e6, 0x1f202, 0x1f210, 0x1f23b,
  0x1f240, 0x1f248, 0x1f250, 0x1f251, 0x1f260, 0x1f265, 0x1f300, 0x1f320, 0x1f32d, 0x1f335, 0x1f337, 0x1f37c, 0x1f37e, 0x1f393,
  0x1f3a0, 0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0, 0x1f3f4, 0x1f3f4, 0x1f3f8, 0x1f43e, 0x1f440, 0x1f440, 0x1f442, 0x1f4fc,
  0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e, 0x1f550, 0x1f567, 0x1f57a, 0x1f57a, 0x1f595, 0x1f596, 0x1f5a4, 0x1f5a4, 0x1f5fb, 0x1f64f,
  0x1f680, 0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2, 0x1f6d5, 0x1f6d7, 0x1f6dc, 0x1f6df, 0x1f6eb, 0x1f6ec, 0x1f6f4, 0x1f6fc,
  0x1f7e0, 0x1f7eb, 0x1f7f0, 0x1f7f0, 0x1f90c, 0x1f93a, 0x1f93c, 0x1f945, 0x1f947, 0x1f9ff, 0x1fa70, 0x1faff, 0x20000, 0x2fffd,
  0x30000, 0x3fffd,
];
