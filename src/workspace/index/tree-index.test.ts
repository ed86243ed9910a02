import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { openTreeIndex, type FileSelection } from './tree-index.ts';

describe('the index of files', () => {
  const all: FileSelection = { matches: () => true, mayMatchBelow: () => true };
  const signal = new AbortController().signal;

  /** A time at which every file has settled. */
  const later = () => Date.now() + 3_600_000;

  let folder: ReturnType<typeof temporaryFolder>;
  let tree: string;
  let cache: string;

  beforeEach(() => {
    folder = temporaryFolder();
    tree = path.join(folder.path, 'tree');
    cache = path.join(folder.path, 'cache');
    fs.mkdirSync(tree);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    folder[Symbol.dispose]();
  });

  const at = (name: string) => path.join(tree, name);
  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.writeFileSync(at(name), content);
    }
  }
  const open = (now = later) => openTreeIndex(cache, now);
  const hashesOf = async (selection = all, index = open()) =>
    Object.fromEntries((await index.hashes(tree, selection, signal)).byPath());

  /** Learns the tree, stores it, and returns the hashes. */
  async function learned(): Promise<Record<string, string>> {
    const index = open();
    const hashes = await hashesOf(all, index);
    index.save();
    return hashes;
  }

  /** Counts the files that are opened for reading during an action. */
  async function opened(action: () => Promise<unknown>): Promise<number> {
    const spy = vi.spyOn(fs, 'openSync');
    await action();
    const count = spy.mock.calls.filter(([name]) => String(name).startsWith(tree)).length;
    spy.mockRestore();
    return count;
  }

  describe('the hashes of a folder', () => {
    it('name every wanted file, its folders, and empty folders', async () => {
      write({ a: '1', 'b/c': '2', 'b/d/e': '3' });
      fs.mkdirSync(at('empty'));
      expect(Object.keys(await hashesOf())).toEqual(['a', 'b/', 'b/c', 'b/d/', 'b/d/e', 'empty/']);
      const selection = {
        matches: (name: string) => name.startsWith('b/'),
        mayMatchBelow: (name: string) => name === 'b',
      };
      expect(Object.keys(await hashesOf(selection))).toEqual(['b/', 'b/c']);
    });

    it('are the same whatever the neighbours of a folder are called', async () => {
      write({ 'a/x': '1' });
      const before = await hashesOf();
      // Sorts between the folder and its content.
      write({ 'a-b': '2' });
      expect(Object.keys(await hashesOf())).toEqual(['a-b', 'a/', 'a/x']);
      expect(await hashesOf()).toMatchObject(before);
    });

    it('do not change by `touch`, and by another folder', async () => {
      write({ a: '1' });
      const before = await learned();
      fs.utimesSync(at('a'), new Date(0), new Date(0));
      expect(await hashesOf()).toEqual(before);
    });

    it('change by a byte whose old mtime is restored', async () => {
      write({ a: 'one', b: 'two' });
      const before = await learned();
      const { atime, mtime } = fs.statSync(at('a'));
      fs.writeFileSync(at('a'), 'eno');
      fs.utimesSync(at('a'), atime, mtime);
      const after = await hashesOf();
      expect(after['a']).not.toBe(before['a']);
      expect(after['b']).toBe(before['b']);
    });

    it('change by a file with the same size and mtime that takes the place of another', async () => {
      write({ a: 'one' });
      const before = await learned();
      const { atime, mtime } = fs.statSync(at('a'));
      fs.writeFileSync(at('new'), 'two');
      fs.utimesSync(at('new'), atime, mtime);
      fs.renameSync(at('new'), at('a'));
      expect((await hashesOf())['a']).not.toBe(before['a']);
    });

    it('tell files, programs, links and folders apart', async () => {
      write({ file: 'x', program: 'x', other: 'x' });
      fs.chmodSync(at('program'), 0o755);
      fs.symlinkSync('x', at('link'));
      const hashes = await hashesOf();
      expect(new Set(Object.values(hashes)).size).toBe(3);
      expect(hashes['file']).toBe(hashes['other']);
    });

    it.each([0o600, 0o700, 0o4644, 0o444])('change with a mode, as images get it: %o', async (mode) => {
      write({ a: 'x', 'd/e/f': 'x' });
      for (const name of ['a', 'd/e']) fs.chmodSync(at(name), 0o644 | (name === 'a' ? 0 : 0o111));
      const before = await learned();
      fs.chmodSync(at('a'), mode);
      const after = await hashesOf();
      expect({ ...after, a: '' }).toEqual({ ...before, a: '' });
      expect(after['a']).not.toBe(before['a']);
      fs.chmodSync(at('a'), 0o644);
      expect(await hashesOf()).toEqual(before);
      const digest = async () => (await open().hashes(tree, all, signal)).digest;
      const was = await digest();
      fs.chmodSync(at('d/e'), mode | 0o500);
      expect(await digest()).not.toBe(was);
      expect(await hashesOf()).toEqual({ ...before, 'd/e/': (mode | 0o500).toString(8) });
    });

    it('have metadata that tells of a file that changed and changed back', async () => {
      write({ a: 'one', 'd/b': 'two' });
      const seen = async () => await open().hashes(tree, all, signal);
      const before = await seen();
      expect((await seen()).metadata()).toEqual(before.metadata());
      fs.writeFileSync(at('d/b'), 'owt');
      fs.writeFileSync(at('d/b'), 'two');
      const after = await seen();
      expect(after.digest).toBe(before.digest);
      expect(after.metadata()).not.toEqual(before.metadata());
      expect(after.metadata()).toHaveLength(before.metadata().length);
    });

    it('change with the target of a link', async () => {
      write({ a: 'x', target: 'y' });
      fs.symlinkSync('target', at('link'));
      const before = await learned();
      fs.writeFileSync(at('target'), 'changed');
      expect((await hashesOf())['link']).toBe(before['link']);
      fs.unlinkSync(at('link'));
      fs.symlinkSync('a', at('link'));
      expect((await hashesOf())['link']).not.toBe(before['link']);
    });

    it('leave out what is neither a file, a link nor a folder', async () => {
      write({ a: '1' });
      execFileSync('mkfifo', [at('pipe')]);
      expect(Object.keys(await hashesOf())).toEqual(['a']);
    });

    it('are those of bytes: large files and names that are no text', async () => {
      write({ 'ä ö\n': '1' });
      fs.writeFileSync(at('large'), Buffer.alloc(3 * 2 ** 20, 7));
      const before = await hashesOf();
      expect(Object.keys(before)).toEqual(['large', 'ä ö\n']);
      const fd = fs.openSync(at('large'), 'r+');
      fs.writeSync(fd, Buffer.from([8]), 0, 1, 3 * 2 ** 20 - 1);
      fs.closeSync(fd);
      expect((await hashesOf())['large']).not.toBe(before['large']);
    });

    it('stop with the signal', async () => {
      write({ a: '1' });
      const stopped = AbortSignal.abort(new Error('stopped'));
      for (let i = 0; i < 200; i++) write({ [`d${i}/f`]: 'x'.repeat(4096) });
      // Only after a while: a short listing may end before.
      await open()
        .hashes(tree, all, stopped)
        .then(
          () => undefined,
          (error: unknown) => expect(error).toMatchObject({ message: 'stopped' }),
        );
    });
  });

  describe('the digest of a folder', () => {
    const digestOf = async (selection = all, index = open()) => (await index.hashes(tree, selection, signal)).digest;

    it('is equal exactly if paths and hashes are', async () => {
      write({ a: '1', 'd/b': '2' });
      fs.mkdirSync(at('empty'));
      const digests = [await digestOf()];
      const next = async (change: () => void) => {
        change();
        digests.push(await digestOf());
      };
      await next(() => write({ a: '2' }));
      await next(() => fs.renameSync(at('a'), at('c')));
      await next(() => fs.renameSync(at('d/b'), at('b')));
      await next(() => fs.rmdirSync(at('empty')));
      await next(() => fs.rmdirSync(at('d')));
      expect(new Set(digests).size).toBe(digests.length);
    });

    it('depends on the selection, whatever the index knows', async () => {
      write({ a: '1', b: '2' });
      const onlyA: FileSelection = { matches: (name) => name === 'a', mayMatchBelow: () => true };
      const index = open();
      const [whole, part] = [await digestOf(all, index), await digestOf(onlyA, index)];
      expect(whole).not.toBe(part);
      expect(await digestOf(all, index)).toBe(whole);
      index.save();
      expect(await digestOf(onlyA)).toBe(part);
      fs.rmSync(at('b'));
      expect(await digestOf()).toBe(part);
    });

    it('of an earlier look does not change', async () => {
      write({ a: '1' });
      const index = open();
      const before = await index.hashes(tree, all, signal);
      const hash = before.byPath().get('a');
      write({ a: '2' });
      expect((await index.hashes(tree, all, signal)).byPath().get('a')).not.toBe(hash);
      expect(before.byPath().get('a')).toBe(hash);
    });
  });

  describe('files that change while they are listed', () => {
    it.each<[string, (name: string) => void]>([
      ['are removed', (name) => fs.rmSync(name)],
      [
        'become links',
        (name) => {
          fs.rmSync(name);
          fs.symlinkSync('nowhere', name);
        },
      ],
    ])('%s', async (_, change) => {
      write({ a: '1', b: '2' });
      const real = fs.openSync;
      vi.spyOn(fs, 'openSync').mockImplementation((name, ...more) => {
        if (String(name) === at('a')) change(at('a'));
        return real(name, ...more);
      });
      expect(Object.keys(await hashesOf())).toEqual(['b']);
    });

    it('are removed before their metadata is read', async () => {
      write({ a: '1', b: '2' });
      const hashes = await hashesOf({
        matches: (name) => {
          if (name === 'b') fs.rmSync(at('b'));
          return true;
        },
        mayMatchBelow: () => true,
      });
      expect(Object.keys(hashes)).toEqual(['a']);
    });

    it('were links, and are files', async () => {
      fs.symlinkSync('x', at('a'));
      const real = fs.readlinkSync;
      vi.spyOn(fs, 'readlinkSync').mockImplementation(((name: fs.PathLike, options: 'buffer') => {
        fs.rmSync(at('a'));
        write({ a: '1' });
        return real(name, options);
      }) as typeof fs.readlinkSync);
      expect(await hashesOf()).toEqual({});
    });

    it('that cannot be read are an error', async () => {
      write({ a: '1' });
      vi.spyOn(fs, 'openSync').mockImplementation(() => {
        throw Object.assign(new Error('EACCES: permission denied, open'), { code: 'EACCES', syscall: 'open' });
      });
      await expect(hashesOf()).rejects.toMatchObject({ code: 'EACCES' });
    });
  });

  describe('one file', () => {
    it('has the same hash as in its folder, and none if it is missing', async () => {
      write({ a: '1' });
      const index = open();
      expect(await index.hash(at('a'), signal)).toBe((await hashesOf(all, index))['a']);
      expect(await index.hash(at('missing'), signal)).toBeUndefined();
      expect(await index.hash(at('a/below'), signal)).toBeUndefined();
    });
  });

  describe('a large file', () => {
    const bytes = 64 << 20;
    const small = 'x'.repeat(100);
    function writeLarge(name: string): void {
      write({ [name]: '' });
      fs.truncateSync(at(name), bytes);
    }

    const fileHead = (name: string) => `file ${(fs.statSync(at(name)).mode & 0o7777).toString(8)} `;

    it('is hashed with the files beside and below it, once', async () => {
      write({ a: small, 'below/c': small, 'z/y': small });
      writeLarge('b');
      const expected = createHash('sha256').update(fileHead('b')).update(Buffer.alloc(bytes)).digest('hex');
      const index = open();
      expect(await opened(async () => await hashesOf(all, index))).toBe(4);
      const hashes = await hashesOf(all, index);
      expect(Object.keys(hashes)).toEqual(['a', 'b', 'below/', 'below/c', 'z/', 'z/y']);
      expect(hashes['b']).toBe(expected);
      expect(await index.hash(at('b'), signal)).toBe(expected);
      index.save();
      expect(await opened(async () => await hashesOf(all, open()))).toBe(0);
    });

    it.each([
      ['in its folder', async (stop: AbortSignal) => await open().hashes(tree, all, stop)],
      ['by itself', async (stop: AbortSignal) => await open().hash(at('b'), stop)],
    ])('is not read to its end after the signal: %s', async (_, hash) => {
      writeLarge('b');
      const reads = vi.spyOn(fs, 'readSync');
      const closes = vi.spyOn(fs, 'closeSync');
      const stop = new AbortController();
      setImmediate(() => stop.abort(new Error('stopped')));
      await expect(hash(stop.signal)).rejects.toThrow('stopped');
      expect(reads.mock.calls.length).toBeLessThan(bytes >> 20);
      expect(closes).toHaveBeenCalledOnce();
    });

    it('that changes while it is read is read again the next time', async () => {
      writeLarge('b');
      const index = open();
      const first = index.hashes(tree, all, signal);
      fs.writeFileSync(at('b'), '1');
      await first;
      const { b } = await hashesOf(all, index);
      expect(b).toBe(
        createHash('sha256')
          .update(`${fileHead('b')}1`)
          .digest('hex'),
      );
    });

    it('that is gone meanwhile is left out', async () => {
      write({ a: small });
      writeLarge('b');
      const found = open().hashes(tree, all, signal);
      fs.rmSync(at('b'));
      expect([...(await found).byPath().keys()]).toEqual(['a']);
    });
  });

  describe('a second look', () => {
    it('reads no file that did not change, in this process and in the next', async () => {
      write({ a: '1', 'b/c': '2' });
      const index = open();
      expect(await opened(async () => await hashesOf(all, index))).toBe(2);
      expect(await opened(async () => await hashesOf(all, index))).toBe(0);
      index.save();
      expect(await opened(async () => await hashesOf(all, open()))).toBe(0);
      write({ a: '3' });
      expect(await opened(async () => await hashesOf(all, open()))).toBe(1);
    });

    it('reads a file again that may have changed within the tick of its metadata', async () => {
      write({ a: '1' });
      const justNow = () => Number(fs.statSync(at('a'), { bigint: true }).ctimeNs / 1_000_000n) + 10;
      const index = open(justNow);
      await hashesOf(all, index);
      expect(await opened(async () => await hashesOf(all, index))).toBe(1);
      index.save();
      expect(await opened(async () => await hashesOf(all, open()))).toBe(1);
    });

    it('forgets the old hash of a file that changed within the tick', async () => {
      write({ a: '1' });
      await learned();
      write({ a: '22' });
      const index = open(() => Number(fs.statSync(at('a'), { bigint: true }).ctimeNs / 1_000_000n));
      await hashesOf(all, index);
      index.save();
      expect(await opened(async () => await hashesOf(all, open()))).toBe(1);
    });

    it.each<[string, (content: Buffer) => Buffer | string]>([
      ['nothing', () => ''],
      ['no JSON', () => '{\n'],
      ['other JSON', () => 'null\n'],
      ['no listings', () => '{"format":"3 LE","folder":"/x"}\n'],
      ['another format', (content) => content.toString('latin1').replace('"4 ', '"9 ')],
      ['another folder', (content) => content.toString('latin1').replace('/tree"', '/eert"')],
      ['a negative count', (content) => content.toString('latin1').replace(',1]', ',-1]')],
      ['no end', (content) => content.subarray(0, -1)],
      ['a longer end', (content) => Buffer.concat([content, content])],
    ])('survives an index file with %s', async (_, damaged) => {
      write({ a: '1' });
      const before = await learned();
      const [name] = fs.readdirSync(cache);
      const file = path.join(cache, name!);
      const content = damaged(fs.readFileSync(file));
      fs.writeFileSync(file, content, 'latin1');
      const index = open();
      expect(await opened(async () => expect(await hashesOf(all, index)).toEqual(before))).toBe(1);
      index.save();
      expect(await opened(async () => await hashesOf(all, open()))).toBe(0);
    });

    it('reads only the new file of a folder to which one was added', async () => {
      write({ 'd/b': '1', 'd/c': '2' });
      await learned();
      write({ 'd/a': '3' });
      expect(await opened(async () => await learned())).toBe(1);
      fs.rmSync(at('d/b'));
      expect(await opened(async () => expect(Object.keys(await learned())).toEqual(['d/', 'd/a', 'd/c']))).toBe(0);
    });

    it('forgets folders that are gone', async () => {
      write({ 'd/secret-name': '1', e: '2' });
      await learned();
      fs.rmSync(at('d'), { recursive: true });
      await learned();
      expect(fs.readFileSync(path.join(cache, fs.readdirSync(cache)[0]!), 'latin1')).not.toContain('secret-name');
    });

    it('survives a cache that cannot be written', async () => {
      write({ a: '1' });
      fs.writeFileSync(cache, 'a file');
      const index = open();
      expect(Object.keys(await hashesOf(all, index))).toEqual(['a']);
      index.save();
      expect(fs.readFileSync(cache, 'utf8')).toBe('a file');
    });

    it('is right with two indexes at once, whoever saves last', async () => {
      write({ a: '1', b: '2' });
      const [one, two] = [open(), open()];
      await hashesOf(all, one);
      write({ a: '3' });
      const right = await hashesOf(all, two);
      two.save();
      one.save();
      expect(await hashesOf()).toEqual(right);
      expect(fs.readdirSync(cache)).toHaveLength(1);
    });

    it('keeps nothing of another folder with the same names', async () => {
      write({ 'x/a': '1', 'y/a': '2' });
      const index = open();
      const [x, y] = [await index.hashes(at('x'), all, signal), await index.hashes(at('y'), all, signal)];
      expect(x.byPath().get('a')).not.toBe(y.byPath().get('a'));
      expect(x.digest).not.toBe(y.digest);
      index.save();
      expect(fs.readdirSync(cache)).toHaveLength(2);
    });
  });

  it('an index that was used before finds what a new one finds', async () => {
    const name = fc.constantFrom('a', 'b', 'd/a', 'd/e/a', 'd-a');
    const change = fc.record({
      name,
      content: fc.constantFrom('1', '2', '33'),
      removes: fc.boolean(),
      saves: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        fs.rmSync(tree, { recursive: true });
        fs.mkdirSync(tree);
        for (const { name: changed, content, removes, saves } of changes) {
          if (removes) fs.rmSync(at(changed), { force: true, recursive: true });
          else if (!fs.existsSync(at(changed)) || fs.statSync(at(changed)).isFile()) write({ [changed]: content });
          const used = open(Date.now);
          const hashes = await used.hashes(tree, all, signal);
          if (saves) used.save();
          const fresh = await openTreeIndex(path.join(folder.path, 'none'), later).hashes(tree, all, signal);
          expect([...hashes.byPath()]).toEqual([...fresh.byPath()]);
          expect(hashes.digest).toBe(fresh.digest);
        }
      }),
      { numRuns: 60 },
    );
  });
});
