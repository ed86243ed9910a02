import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { onDisk, randomTree, readTree, temporaryFolder, treeOf, writeTree } from '../../test/rigs/file-tree.ts';
import { bytesOf, cut, fileEntry, folderEntry, header, linkEntry, tarOf } from '../../test/rigs/tar-bytes.ts';
import { concatTars } from './tar-concat.ts';
import { encodeHeader, type TarHeader } from './tar-header.ts';
import { packTar } from './tar-pack.ts';
import { readTar } from './tar-reader.ts';
import { rewriteTar, withOwner, withPrefix } from './tar-rewrite.ts';
import { writeTar } from './tar-writer.ts';

const signal = new AbortController().signal;

async function entriesOf(source: AsyncIterable<Uint8Array>): Promise<{ header: TarHeader; body: Buffer }[]> {
  const entries: { header: TarHeader; body: Buffer }[] = [];
  for await (const entry of readTar(source)) entries.push({ header: entry.header, body: await bytesOf(entry.body) });
  return entries;
}

const nameBytes = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte))));
const slashedName = fc
  .array(nameBytes, { minLength: 1, maxLength: 3 })
  .map((parts) => Buffer.from(parts.map((part) => part.toString('latin1')).join('/'), 'latin1'));
const number = fc.oneof(
  fc.nat(),
  fc.nat({ max: 2 ** 40 }),
  fc.constantFrom(0, 8 ** 7 - 1, 8 ** 7, 8 ** 11 - 1, 8 ** 11),
);

describe('headers', () => {
  const anyHeader = fc.record({
    name: slashedName,
    type: fc.constantFrom('file', 'directory', 'fifo'),
    mode: fc.nat({ max: 0o7777 }),
    uid: number,
    gid: number,
    mtimeMs: fc.integer({ min: -(2 ** 34), max: 2 ** 40 }).map((seconds) => seconds * 1000),
    size: fc.constant(0),
  }) as fc.Arbitrary<TarHeader>;

  test('are read as they were written, wherever the stream is cut', async () => {
    const entry = fc.oneof(
      anyHeader,
      fc
        .tuple(anyHeader, slashedName, fc.constantFrom('symlink', 'hardlink'))
        .map(([base, linkName, type]) => ({ ...base, type, linkName })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 5 }),
        async (headers, cuts) => {
          const tar = await bytesOf(writeTar(headers.map((each) => ({ header: each }))));
          expect((await entriesOf(cut(tar, cuts))).map((read) => read.header)).toEqual(headers);
        },
      ),
    );
  });

  test('of big files state their size in a pax header', async () => {
    const size = 8 ** 11 + 5;
    const head = encodeHeader(header('big', { size }));
    const stream = async function* () {
      yield head;
    };
    for await (const entry of readTar(stream())) {
      expect(entry.header.size).toBe(size);
      break;
    }
  });

  test('that fit take one block, also if the name needs the prefix field', () => {
    expect(encodeHeader(header(`${'p'.repeat(150)}/${'n'.repeat(100)}`))).toHaveLength(512);
    expect(encodeHeader(header('n'.repeat(101)))).toHaveLength(3 * 512);
  });
});

describe('other programs', () => {
  test.each(['ustar', 'pax', 'gnu', 'oldgnu', 'v7'])('the %s format of tar is read', async (format) => {
    using dir = temporaryFolder();
    const long = format === 'v7' ? 'short' : `${'d'.repeat(90)}/${'e'.repeat(90)}`;
    const tree = treeOf({
      'a/b.txt': 'hello',
      [long]: 'long',
      'a/link': {
        type: 'link',
        target: Buffer.from(format === 'pax' || format.includes('gnu') ? 't'.repeat(180) : 'b.txt'),
      },
    });
    writeTree(dir.path, tree);
    const tar = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', dir.path, '.'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const entries = await entriesOf(cut(tar, [1000]));
    const found = new Map(entries.map((entry) => [entry.header.name.toString('latin1').replace(/^\.\/?/, ''), entry]));
    for (const [name, node] of tree) {
      const { header: read, body } = found.get(name)!;
      expect(read.type).toBe(node.type === 'link' ? 'symlink' : node.type === 'folder' ? 'directory' : 'file');
      if (node.type === 'file') expect(body).toEqual(node.content);
      if (node.type === 'link') expect(read.linkName).toEqual(node.target);
    }
  });

  test('hard links and base-256 numbers of GNU are read', async () => {
    using dir = temporaryFolder();
    fs.writeFileSync(`${dir.path}/one`, 'x');
    fs.linkSync(`${dir.path}/one`, `${dir.path}/two`);
    const tar = execFileSync('tar', [
      '--format=gnu',
      '--owner=:3000000',
      '--group=:3000001',
      '--mtime=@-5',
      '-cf',
      '-',
      '-C',
      dir.path,
      'one',
      'two',
    ]);
    const [one, two] = await entriesOf(cut(tar));
    expect(one!.header).toMatchObject({ uid: 3000000, gid: 3000001, mtimeMs: -5000, type: 'file' });
    expect(two!.header).toMatchObject({ type: 'hardlink', linkName: Buffer.from('one'), size: 0 });
  });

  test('tar unpacks random trees that Slipway packed', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (tree) => {
        using dir = temporaryFolder();
        writeTree(`${dir.path}/in`, tree);
        fs.mkdirSync(`${dir.path}/out`);
        execFileSync('tar', ['-xpf', '-', '-C', `${dir.path}/out`], {
          input: await bytesOf(packTar(`${dir.path}/in`, '', signal)),
        });
        expect(readTree(`${dir.path}/out`)).toEqual(tree);
      }),
      onDisk(30),
    );
  });
});

describe('an invalid tar', () => {
  test('is reported as truncated at every length, after its readable entries', async () => {
    const tar = await tarOf(fileEntry('a', 'x'.repeat(700)), fileEntry('n'.repeat(120), 'y'));
    for (const length of [0, 1, 511, 512, 900, 1536, 2000, tar.length - 1025, tar.length - 1024]) {
      await expect(entriesOf(cut(tar.subarray(0, length), [333])), String(length)).rejects.toMatchObject({
        code: 'truncated',
      });
    }
    await expect(entriesOf(cut(tar.subarray(0, tar.length - 512)))).resolves.toHaveLength(2);
  });

  test('is reported as not-a-tar, and never as anything else, for random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 3000 }), async (bytes) => {
        bytes[0] = 1;
        await expect(entriesOf(cut(Buffer.from(bytes)))).rejects.toMatchObject({ code: 'not-a-tar' });
      }),
    );
  });

  test('never hangs or crashes for a tar with some changed bytes', async () => {
    const tar = await tarOf(
      folderEntry('d'),
      fileEntry('d/f', 'hello'),
      linkEntry('d/l', 'f'.repeat(150)),
      fileEntry('z'.repeat(130), 'z'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: tar.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 }),
        async (changes) => {
          const changed = Buffer.from(tar);
          for (const [at, byte] of changes) changed[at] = byte;
          await entriesOf(cut(changed)).catch((error: unknown) => expect(error).toHaveProperty('name', 'TarError'));
        },
      ),
    );
  });

  test('sparse files are refused by name', async () => {
    using dir = temporaryFolder();
    fs.closeSync(fs.openSync(`${dir.path}/holes`, 'w'));
    fs.truncateSync(`${dir.path}/holes`, 10_000_000);
    for (const format of ['gnu', 'pax']) {
      const tar = execFileSync('tar', [`--format=${format}`, '--sparse', '-cf', '-', '-C', dir.path, 'holes']);
      await expect(entriesOf(cut(tar))).rejects.toMatchObject({ code: 'unsupported' });
    }
  });
});

describe('reading', () => {
  test('continues after a body that was not read, or not to its end', async () => {
    const tar = await tarOf(fileEntry('a', 'a'.repeat(2000)), fileEntry('b', 'b'.repeat(2000)), fileEntry('c', 'c'));
    const names: string[] = [];
    for await (const { header: read, body } of readTar(cut(tar, [100]))) {
      names.push(read.name.toString());
      if (names.length === 2) for await (const _ of body) break;
    }
    expect(names).toEqual(['a', 'b', 'c']);
  });

  test('closes the source when it stops early, and reads it to its end otherwise', async () => {
    const tar = await tarOf(fileEntry('a', 'x'), fileEntry('b', 'x'));
    const closed: string[] = [];
    const source = async function* () {
      try {
        yield tar;
        yield Buffer.from('what is behind the end');
        closed.push('read');
      } finally {
        closed.push('closed');
      }
    };
    for await (const _ of readTar(source())) break;
    expect(closed).toEqual(['closed']);
    await entriesOf(source());
    expect(closed).toEqual(['closed', 'read', 'closed']);
  });
});

describe('rewriting', () => {
  test('changes headers, drops entries with their bodies and leaves bodies alone', async () => {
    const tar = await tarOf(
      folderEntry('d'),
      fileEntry('d/keep', 'k'.repeat(100_000)),
      fileEntry('d/drop', 'd'.repeat(5000)),
      linkEntry('d/soft', 'keep'),
      linkEntry('d/hard', 'd/keep', 'hardlink'),
    );
    const kept = rewriteTar(cut(tar, [700]), (each) => (each.name.toString() === 'd/drop' ? undefined : each));
    const entries = await entriesOf(rewriteTar(rewriteTar(kept, withOwner({ uid: 7, gid: 8 })), withPrefix('in/side')));
    expect(
      entries.map(({ header: { name, uid, gid, linkName } }) => [name.toString(), uid, gid, linkName?.toString()]),
    ).toEqual([
      ['in/side/d', 7, 8, undefined],
      ['in/side/d/keep', 7, 8, undefined],
      ['in/side/d/soft', 7, 8, 'keep'],
      ['in/side/d/hard', 7, 8, 'in/side/d/keep'],
    ]);
    expect(entries[1]!.body.toString()).toBe('k'.repeat(100_000));
  });

  test('several tars become one, with one end', async () => {
    const parts = [await tarOf(fileEntry('a', '1')), await tarOf(), await tarOf(folderEntry('d'), fileEntry('a', '2'))];
    const entries = await entriesOf(concatTars(parts.map((part) => cut(part, [100]))));
    expect(entries.map(({ header: { name }, body }) => [name.toString(), body.toString()])).toEqual([
      ['a', '1'],
      ['d', ''],
      ['a', '2'],
    ]);
  });
});

test('a body whose size differs from its header is a bug', async () => {
  await expect(bytesOf(writeTar([{ header: header('a', { size: 3 }), body: Buffer.from('four') }]))).rejects.toThrow(
    'longer',
  );
  await expect(bytesOf(writeTar([{ header: header('a', { size: 5 }), body: Buffer.from('four') }]))).rejects.toThrow(
    'shorter',
  );
});
