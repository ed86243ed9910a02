/** Carries a step's own colours from line to line while lines of others come between: each line opens what is on and closes it. */
import { hasControls, withoutControls } from './control-sequences.ts';

export class ColourKeeper {
  /** What is switched on, by what it is about (ECMA-48, SGR): a later one replaces it. */
  readonly #on = new Map<string, string>();

  constructor(private readonly colours: boolean) {}

  /** The line as it may be shown. */
  show(line: string): string {
    if (this.#on.size === 0 && !hasControls(line)) return line;
    const clean = withoutControls(line, this.colours);
    if (!this.colours) return clean;
    const opening = [...this.#on.values()].join('');
     
    for (const match of clean.matchAll(/\x1b\[([\d;:]*)m/g)) this.#apply(match[1] ?? '');
    const closing = opening !== '' || clean.includes('\x1b') ? '\x1b[0m' : '';
    return opening + clean + closing;
  }

  #apply(parameters: string): void {
    const codes = parameters.split(/[;:]/).map(Number);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] as number;
      if (code === 0) this.#on.clear();
      else if (code === 38 || code === 48 || code === 58) {
        const length = codes[i + 1] === 5 ? 3 : 5;
        this.#on.set(subjectOf(code), `\x1b[${codes.slice(i, i + length).join(';')}m`);
        i += length - 1;
      } else if (isOff(code)) this.#on.delete(subjectOf(code));
      else this.#on.set(subjectOf(code), `\x1b[${code}m`);
    }
  }
}

function isOff(code: number): boolean {
  return code === 39 || code === 49 || code === 59 || (code >= 22 && code <= 29) || code === 54 || code === 55;
}

/** Codes that replace or end each other have one subject. */
function subjectOf(code: number): string {
  if ((code >= 30 && code <= 39) || (code >= 90 && code <= 97)) return 'foreground';
  if ((code >= 40 && code <= 49) || (code >= 100 && code <= 107)) return 'background';
  if (code === 58 || code === 59) return 'line colour';
  if (code === 1 || code === 2 || code === 22) return 'weight';
  if (code >= 21 && code <= 29) return String(code === 21 ? 4 : code - 20);
  if (code === 6) return '5';
  if (code === 54) return '51';
  if (code === 55) return '53';
  return String(code);
}
