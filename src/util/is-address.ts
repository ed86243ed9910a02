import { isIP } from 'node:net';

/** Reports whether the text is an IP address, of version 4 or 6. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}
