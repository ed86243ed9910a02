/**
 * The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*` and `?` only, no sets. A search
 * takes each literal part at its first place, so it never backtracks.
 */

/** Characters between two stars. `undefined` is a `?`. */
type Part = readonly (string | undefined)[];

/** The parts of a pattern. A star is between two neighbours. */
export type ShellPattern = readonly Part[];

/** Parses a pattern. Returns `undefined` if a backslash escapes a character that needs no escape. */
export function parseShellPattern(text: string): ShellPattern | undefined {
  const parts: (string | undefined)[][] = [[]];
  const characters = [...text];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === '*') parts.push([]);
    else if (character === '?') parts.at(-1)!.push(undefined);
    else if (character === '\\') {
      const escaped = characters[++at];
      if (escaped === undefined || !'*?\\}/'.includes(escaped)) return undefined;
      parts.at(-1)!.push(escaped);
    } else parts.at(-1)!.push(character);
  }
  return parts;
}

/** Returns the value without the shortest or longest start that matches. */
export function withoutStart(pattern: ShellPattern, value: string, longest: boolean): string {
  const characters = [...value];
  const end = matchEnd(pattern, characters, 0, longest);
  return end === undefined ? value : characters.slice(end).join('');
}

/** Returns the value without the shortest or longest end that matches. */
export function withoutEnd(pattern: ShellPattern, value: string, longest: boolean): string {
  const reversed = pattern.map((part) => part.toReversed()).toReversed();
  const characters = [...value].toReversed();
  const end = matchEnd(reversed, characters, 0, longest);
  return end === undefined ? value : characters.slice(end).toReversed().join('');
}

/** Replaces the first or every longest part that matches. */
export function replaced(pattern: ShellPattern, value: string, replacement: string, every: boolean): string {
  const characters = [...value];
  const out: string[] = [];
  let at = 0;
  let afterMatch = false;
  while (at <= characters.length) {
    const end = matchEnd(pattern, characters, at, true);
    // If the part after a star is nowhere behind this place, then it is behind no later place.
    const hopeless = end === undefined && pattern.length > 1 && matchesAt(pattern[0]!, characters, at);
    // An empty match directly after another match does not count.
    if (end !== undefined && !(end === at && afterMatch)) {
      out.push(replacement);
      if (!every) return out.join('') + characters.slice(end).join('');
    }
    if (hopeless) break;
    if (end !== undefined && end > at) {
      at = end;
      afterMatch = true;
    } else {
      if (at < characters.length) out.push(characters[at]!);
      at++;
      afterMatch = false;
    }
  }
  return out.join('') + characters.slice(at).join('');
}

/** Returns the end of the shortest or longest match that starts at this place. */
function matchEnd(
  pattern: ShellPattern,
  characters: readonly string[],
  start: number,
  longest: boolean,
): number | undefined {
  const [first, ...others] = pattern;
  if (!matchesAt(first!, characters, start)) return undefined;
  let at = start + first!.length;
  for (const [i, part] of others.entries()) {
    const found =
      longest && i === others.length - 1 ? lastPlace(part, characters, at) : firstPlace(part, characters, at);
    if (found === undefined) return undefined;
    at = found + part.length;
  }
  return at;
}

function matchesAt(part: Part, characters: readonly string[], start: number): boolean {
  if (start + part.length > characters.length) return false;
  return part.every((character, i) => character === undefined || character === characters[start + i]);
}

function firstPlace(part: Part, characters: readonly string[], from: number): number | undefined {
  for (let at = from; at + part.length <= characters.length; at++) if (matchesAt(part, characters, at)) return at;
  return undefined;
}

function lastPlace(part: Part, characters: readonly string[], from: number): number | undefined {
  for (let at = characters.length - part.length; at >= from; at--) if (matchesAt(part, characters, at)) return at;
  return undefined;
}
