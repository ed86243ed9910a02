import type { Colour } from '../text/look.ts';

/** Red and green mean something; the others tell names apart. */
const palette: readonly Colour[] = ['cyan', 'magenta', 'blue', 'yellow'];

/** The same name has the same colour in every run. */
export function stepColour(name: string): Colour {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return palette[Math.abs(hash) % palette.length] ?? 'cyan';
}
