import type { TarHeader, TarType } from '../../tar/tar-header.ts';

const typeLetters: Readonly<Partial<Record<TarType, string>>> = {
  directory: 'd',
  symlink: 'L',
  fifo: 'p',
  blockDevice: 'D',
  characterDevice: 'Dc',
};

/** Returns a file mode as Go's `os.FileMode` prints it: `-rw-r--r--`, `drwxr-xr-x`, `dtrwxrwxrwx` for `/tmp`. */
export function goFileMode({ type, mode }: Pick<TarHeader, 'type' | 'mode'>): string {
  const device = typeLetters[type] ?? '';
  const special = [
    device.slice(0, 1),
    ...(mode & 0o4000 ? ['u'] : []),
    ...(mode & 0o2000 ? ['g'] : []),
    device.slice(1),
    ...(mode & 0o1000 ? ['t'] : []),
  ].join('');
  const bits = [...'rwxrwxrwx'].map((letter, i) => (mode & (0o400 >> i) ? letter : '-')).join('');
  return `${special || '-'}${bits}`;
}
