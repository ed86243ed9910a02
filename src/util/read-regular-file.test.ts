import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/rigs/file-tree.ts';
import { readRegularFile, readRegularFileSync, UnreadableFile } from './read-regular-file.ts';

/** Both ways of reading, with one interface. */
const ways: readonly (readonly [string, (path: string, atMost?: number) => Promise<Buffer>])[] = [
  ['awaited', async (path, atMost) => await readRegularFile(path, { ...(atMost !== undefined && { atMost }) })],
  ['at once', async (path, atMost) => readRegularFileSync(path, { ...(atMost !== undefined && { atMost }) })],
];

describe.each(ways)('a file, %s', (_, read) => {
  test.each([0, 1, 4095, 4096, 4097, 3_000_000])('of %i bytes is read whole', async (size) => {
    using dir = temporaryFolder();
    const content = Buffer.alloc(size, 'abc');
    fs.writeFileSync(`${dir.path}/f`, content);
    fs.symlinkSync('f', `${dir.path}/link`);
    expect((await read(`${dir.path}/link`)).equals(content)).toBe(true);
  });

  test('of the maximum size is read, one byte more is not', async () => {
    using dir = temporaryFolder();
    fs.writeFileSync(`${dir.path}/f`, Buffer.alloc(2 ** 20));
    expect(await read(`${dir.path}/f`, 2 ** 20)).toHaveLength(2 ** 20);
    fs.appendFileSync(`${dir.path}/f`, 'x');
    await expect(read(`${dir.path}/f`, 2 ** 20)).rejects.toThrow(`${dir.path}/f is larger than 1 MiB`);
  });

  test.runIf(process.platform === 'linux')('that reports no size is limited while it is read', async () => {
    expect((await read('/proc/self/stat')).length).toBeGreaterThan(10);
    await expect(read('/proc/self/stat', 3)).rejects.toThrow(UnreadableFile);
  });

  test.each<[string, (path: string) => unknown, string]>([
    ['a device', (path) => fs.symlinkSync('/dev/zero', path), 'a device, not a file'],
    ['a pipe without a writer', (path) => execFileSync('mkfifo', [path]), 'a pipe, not a file'],
    ['a folder', (path) => fs.mkdirSync(path), 'a folder, not a file'],
  ])('%s is refused by name', async (_name, make, what) => {
    using dir = temporaryFolder();
    make(`${dir.path}/f`);
    await expect(read(`${dir.path}/f`)).rejects.toThrow(`${dir.path}/f is ${what}`);
  });

  test('a socket is refused by name', async () => {
    using dir = temporaryFolder();
    const server = net.createServer().listen(`${dir.path}/f`);
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(read(`${dir.path}/f`)).rejects.toThrow(`${dir.path}/f is a socket, not a file`);
    server.close();
  });

  test('the null device is empty', async () => {
    expect(await read('/dev/null')).toHaveLength(0);
  });

  test('a missing file is the error of the system', async () => {
    await expect(read('/nonexistent/f')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('with `orPipe` a pipe', () => {
  test('is read to its end, even if its writer starts late', async () => {
    using dir = temporaryFolder();
    execFileSync('mkfifo', [`${dir.path}/f`]);
    const reading = readRegularFile(`${dir.path}/f`, { orPipe: true });
    spawn('sh', ['-c', `sleep 0.2; { printf one; sleep 0.2; printf two; } > ${dir.path}/f`]);
    expect((await reading).toString()).toBe('onetwo');
  });

  test('is limited', async () => {
    using dir = temporaryFolder();
    execFileSync('mkfifo', [`${dir.path}/f`]);
    spawn('sh', ['-c', `exec cat /dev/zero > ${dir.path}/f`]);
    await expect(readRegularFile(`${dir.path}/f`, { orPipe: true, atMost: 2 ** 20 })).rejects.toThrow(
      'larger than 1 MiB',
    );
  });
});
