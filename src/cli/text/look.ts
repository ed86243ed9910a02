/** Which colours and characters a screen supports. Decided once per screen and passed to everything that draws. */
import type { Host, Screen } from '../host.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'bold' | 'dim';

export interface Look {
  readonly colour: boolean;
  /** Whether characters beyond ASCII can be shown. */
  readonly unicode: boolean;
  paint(colour: Colour, text: string): string;
}

export type ColourChoice = 'auto' | 'always' | 'never';

/** For tests and for output to programs. */
export const plainLook: Look = makeLook(false, true);

export function makeLook(colour: boolean, unicode: boolean): Look {
  return {
    colour,
    unicode,
    paint: (name, text) =>
      colour && text !== '' ? `\x1b[${codes[name]}m${text}\x1b[${name === 'bold' || name === 'dim' ? 22 : 39}m` : text,
  };
}

export function lookFor(
  host: Pick<Host, 'env' | 'platform'>,
  screen: Pick<Screen, 'isTerminal'>,
  choice: ColourChoice,
): Look {
  return makeLook(wantsColour(host.env, screen.isTerminal, choice), hasUnicode(host.env, host.platform));
}

/**
 * Decides by the flag, then NO_COLOR (https://no-color.org, any value but an empty one), then FORCE_COLOR, then the
 * screen.
 */
export function wantsColour(env: Host['env'], isTerminal: boolean, choice: ColourChoice): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}

/** Decides by the first locale variable that is set, as setlocale(3) does. */
export function hasUnicode(env: Host['env'], platform: string): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale === undefined || locale === '') return platform === 'win32' || platform === 'darwin';
  return /utf-?8/i.test(locale);
}

const codes: Record<Colour, number> = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  bold: 1,
  dim: 2,
};
