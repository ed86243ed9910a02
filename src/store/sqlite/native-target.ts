/**
 * Replaces `@neon-rs/load` and `detect-libc` in the built program (`scripts/build.mjs`). `libsql` asks both which of its
 * binaries fits this machine. They read a diagnostic report of Node for that, which takes 5 ms at each start.
 */
import { closeSync, openSync, readSync } from 'node:fs';

export const GLIBC = 'glibc';
export const MUSL = 'musl';

/** The part of an executable that names its loader is at its beginning. */
const headLength = 4_096;

/** Returns the C library of an executable, from the loader that it names. Returns `undefined` if it names none. */
export function libcOf(executable: string): typeof GLIBC | typeof MUSL | undefined {
  let head: string;
  try {
    const file = openSync(executable, 'r');
    try {
      const bytes = Buffer.alloc(headLength);
      head = bytes.toString('latin1', 0, readSync(file, bytes, 0, headLength, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
  if (/\/ld-musl-[\w-]+\.so/.test(head)) return MUSL;
  return /\/ld-linux[\w-]*\.so/.test(head) ? GLIBC : undefined;
}

/** Returns the C library of this process; `null` on systems other than Linux. */
export function familySync(): typeof GLIBC | typeof MUSL | null {
  if (process.platform !== 'linux') return null;
  return libcOf(process.execPath) ?? reportedLibc();
}

/** Returns the name of the binary, as `@neon-rs/load` does. The package of that name exists where `libsql` supports it. */
export function currentTarget(): string {
  const { platform, arch } = process;
  switch (platform) {
    case 'linux':
      return arch === 'arm' ? 'linux-arm-gnueabihf' : `linux-${arch}-${familySync() === MUSL ? 'musl' : 'gnu'}`;
    case 'win32':
      return `win32-${arch}-msvc`;
    default:
      return `${platform}-${arch}`;
  }
}

/** `libsql` calls it for its own development only. */
export function load(): null {
  return null;
}

function reportedLibc(): typeof GLIBC | typeof MUSL {
  const { header } = process.report.getReport() as { readonly header?: object };
  return header !== undefined && 'glibcVersionRuntime' in header ? GLIBC : MUSL;
}
