import type { Colour } from '../text/look.ts';

/** The colours for names. Red and green have meanings. */
const palette: readonly Colour[] = ['cyan', 'magenta', 'blue', 'yellow'];

/** Returns the colour of a name, the same in every run. */
export function stepColour(name: string): Colour {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return palette[Math.abs(hash) % palette.length] ?? 'cyan';
}
