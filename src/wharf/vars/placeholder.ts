/** A text split at its `${name}`s. */
export type Piece =
  | { readonly literal: string }
  | {
      readonly name: string;
      /** The text as written, with braces and spaces. */
      readonly raw: string;
    };

/**
 * Finds every `${name}` in a text. A name is everything up to the next `}`, without surrounding spaces, and is
 * case-sensitive. `$x`, `$(x)` and an unclosed `${` are text. `${%name%}` escapes the text `${name}`; `${%}` and
 * `${%%}` give `${}`. Placeholders do not nest: `${a${b}}` contains the variable `a${b` (docs/design/wharf.md,
 * "Variables").
 */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', from)) {
    const end = text.indexOf('}', start + 2);
    if (end < 0) break;
    if (start > from) found.push({ literal: text.slice(from, start) });
    found.push(piece(text.slice(start, end + 1)));
    from = end + 1;
  }
  if (from < text.length || found.length === 0) found.push({ literal: text.slice(from) });
  return found;
}

function piece(raw: string): Piece {
  const inner = raw.slice(2, -1);
  if (inner === '%') return { literal: '${}' };
  if (inner.length > 1 && inner.startsWith('%') && inner.endsWith('%')) return { literal: `\${${inner.slice(1, -1)}}` };
  return { name: inner.trim(), raw };
}

export function hasPlaceholder(text: string): boolean {
  return text.includes('${') && pieces(text).some((part) => 'name' in part);
}
