/**
 * Keeps a step's colours across its lines while lines of other steps come between. Each line starts with the active
 * colours and resets them at its end.
 */
import { hasControls, withoutControls } from './control-sequences.ts';

export class ColourState {
  /** The active codes by subject (ECMA-48, SGR). A later code replaces an earlier one of the same subject. */
  readonly #on = new Map<string, string>();
  readonly #colours: boolean;

  constructor(colours: boolean) {
    this.#colours = colours;
  }

  /** Returns the line with its colours opened and closed. */
  show(line: string): string {
    if (this.#on.size === 0 && !hasControls(line)) return line;
    const clean = withoutControls(line, this.#colours);
    if (!this.#colours) return clean;
    const opening = [...this.#on.values()].join('');

    for (const match of clean.matchAll(/\x1b\[([\d;:]*)m/g)) this.#apply(match[1] ?? '');
    const closing = opening !== '' || clean.includes('\x1b') ? '\x1b[0m' : '';
    return opening + clean + closing;
  }

  #apply(parameters: string): void {
    const all = parameters.split(';');
    for (let i = 0; i < all.length;) i += this.#take(all, i);
  }

  /** @returns how many parameters this code takes */
  #take(all: readonly string[], i: number): number {
    const [first = '', ...subs] = (all[i] as string).split(':');
    const code = Number(first);
    if (isColour(code)) {
      // With colons, a colour is one parameter. With semicolons it is several. A truncated colour invalidates the rest.
      const length = subs.length > 0 ? 1 : (lengthOfColour[all[i + 1] ?? ''] ?? all.length);
      const whole = all.slice(i, i + length);
      const isWhole = subs.length > 0 ? isColourOf(subs) : i + length <= all.length && isColourOf(whole.slice(1));
      if (isWhole) this.#on.set(subjectOf(code), `\x1b[${whole.join(';')}m`);
      return length;
    }
    if (subs.length > 0) this.#takeUnderline(code, subs);
    else if (code === 0) this.#on.clear();
    else if (isOff(code)) this.#on.delete(subjectOf(code));
    else if (isOn(code)) this.#on.set(subjectOf(code), `\x1b[${code}m`);
    return 1;
  }

  /** `4:3` is a curly underline, `4:0` is none. No other code has known subparameters. */
  #takeUnderline(code: number, [style = '', ...more]: readonly string[]): void {
    if (code !== underline || more.length > 0 || !/^[0-5]$/.test(style)) return;
    if (style === '0') this.#on.delete(subjectOf(underline));
    else this.#on.set(subjectOf(underline), `\x1b[${underline}:${style}m`);
  }
}

const underline = 4;

/** The number of parameters by the one after 38, 48 or 58 (ITU-T T.416, 13.1.8). */
const lengthOfColour: Readonly<Record<string, number>> = { 5: 3, 2: 5 };

function isColour(code: number): boolean {
  return code === 38 || code === 48 || code === 58;
}

/**
 * Reports whether the parameters after 38 are a colour: `5` and an index, or `2` and red, green, blue. With colons, a
 * colour space may precede the values and others may follow.
 */
function isColourOf([kind, ...values]: readonly string[]): boolean {
  if (kind === '5') return values.length === 1 && isByte(values[0]);
  return (
    kind === '2' && values.length >= 3 && values.length <= 7 && values.every((value) => value === '' || isByte(value))
  );
}

function isByte(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,3}$/.test(text) && Number(text) < 256;
}

/**
 * Reports whether a code switches an attribute on. Unknown codes are dropped, so that the number of active codes is
 * bounded.
 */
function isOn(code: number): boolean {
  return (
    (code >= 1 && code <= 9) ||
    code === 21 ||
    (code >= 30 && code <= 37) ||
    (code >= 40 && code <= 47) ||
    (code >= 51 && code <= 53) ||
    (code >= 90 && code <= 97) ||
    (code >= 100 && code <= 107)
  );
}

function isOff(code: number): boolean {
  return code === 39 || code === 49 || code === 59 || (code >= 22 && code <= 29) || code === 54 || code === 55;
}

/** Returns the subject of a code. Codes that replace or reset each other have the same subject. */
function subjectOf(code: number): string {
  if ((code >= 30 && code <= 39) || (code >= 90 && code <= 97)) return 'foreground';
  if ((code >= 40 && code <= 49) || (code >= 100 && code <= 107)) return 'background';
  if (code === 58 || code === 59) return 'line colour';
  if (code === 1 || code === 2 || code === 22) return 'weight';
  if (code >= 21 && code <= 29) return String(code === 21 ? 4 : code - 20);
  if (code === 6) return '5';
  if (code === 52 || code === 54) return '51';
  if (code === 55) return '53';
  return String(code);
}
