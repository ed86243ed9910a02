import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { currentTarget, familySync, libcOf } from './native-target.ts';

it('names the same binary as the packages that it replaces', () => {
  const require = createRequire(import.meta.url);
  const ofLibsql = createRequire(require.resolve('libsql'));
  expect(currentTarget()).toBe((ofLibsql('@neon-rs/load') as { currentTarget(): string }).currentTarget());
  expect(familySync()).toBe((ofLibsql('detect-libc') as { familySync(): string | null }).familySync());
});

it.each([
  ['\x7fELF.../lib64/ld-linux-x86-64.so.2\0GNU', 'glibc'],
  ['\x7fELF.../lib/ld-linux-aarch64.so.1\0', 'glibc'],
  ['\x7fELF.../lib/ld-linux.so.2\0', 'glibc'],
  ['\x7fELF.../lib/ld-musl-x86_64.so.1\0', 'musl'],
  ['\x7fELF.../lib/ld-musl-aarch64.so.1\0', 'musl'],
  ['\x7fELF, linked statically', undefined],
  ['', undefined],
])('reads the C library of an executable: %j', async (head, expected) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-libc-'));
  try {
    const file = join(folder, 'node');
    await writeFile(file, head);
    expect(libcOf(file)).toBe(expected);
    expect(libcOf(join(folder, 'missing'))).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});
