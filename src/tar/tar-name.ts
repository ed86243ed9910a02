import { TarError } from '../util/tar-error.ts';

/**
 * The components of an entry's name below the folder that it is unpacked into, each byte one character; none for that
 * folder itself (`./`). Throws `TarError` `refused` for names that lead out of it.
 */
export function nameParts(name: Buffer): string[] {
  const text = name.toString('latin1');
  if (text.startsWith('/')) throw refused(name, 'its name is absolute');
  if (text.includes('\0')) throw refused(name, 'its name has a zero byte');
  if (isPlain(text)) return text.split('/');
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refused(name, 'its name has ".." in it');
  return parts;
}

export function refused(name: Buffer, why: string): TarError {
  return new TarError('refused', `the entry "${name.toString()}" is refused: ${why}`);
}

/** Nothing in it that could be `.`, `..` or empty, which nearly no name has. */
function isPlain(text: string): boolean {
  return text !== '' && !text.startsWith('.') && !text.includes('//') && !text.includes('/.') && !text.endsWith('/');
}
