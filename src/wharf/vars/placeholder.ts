/** A text cut at its `${name}`s. */
export type Piece =
  | { readonly literal: string }
  | {
      readonly name: string;
      /** As it is written, braces and blanks included. */
      readonly raw: string;
    };

/**
 * Finds `${name}` in a text. A name is everything up to the next `}`, blanks around it apart, in case as written: `$x`,
 * `$(x)` and a `${` that is never closed are text. `${%name%}` is the escape for the text `${name}`; `${%}` and `${%%}`
 * are `${}`. (docs/design/wharf.md, "Variables"; nothing nests, so `${a${b}}` asks for a variable called `a${b`.)
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
