import { TarError } from '../util/tar-error.ts';

/**
 * Returns the components of an entry's name below the target folder, one character for each byte. Returns none for the
 * folder itself (`./`). Throws `TarError` `refused` for names that lead outside.
 */
export function nameParts(name: Buffer): string[] {
  const text = name.toString('latin1');
  if (text.startsWith('/')) throw refused(name, 'the name is absolute');
  if (text.includes('\0')) throw refused(name, 'the name contains a zero byte');
  if (isPlain(text)) return text.split('/');
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refused(name, 'the name contains ".."');
  return parts;
}

export function refused(name: Buffer, why: string): TarError {
  return new TarError('refused', `refused the entry "${name.toString()}": ${why}`);
}

/** Reports whether no component can be `.`, `..` or empty, which is the case for nearly all names. */
function isPlain(text: string): boolean {
  return text !== '' && !text.startsWith('.') && !text.includes('//') && !text.includes('/.') && !text.endsWith('/');
}
