import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import type { RunningContainer } from '../../../src/runtime/running-container.ts';
import { describeTar, tarSource, type TreeEntry } from '../../rigs/tree.ts';
import type { RunningContract } from './under-test.ts';

/** Files into and out of a container, and their removal. */
export function runningFilesContract({ bench }: RunningContract): void {
  const { signal } = new AbortController();
  const tar = (entries: readonly TreeEntry[]) => tarSource(entries).open(undefined, signal);
  const treeOf = async (container: RunningContainer, path: string) => {
    const found = await container.files.copyOut(path, signal);
    return found && (await describeTar(found));
  };
  /** A container with this tree at `/app`. */
  const withTree = async (entries: readonly TreeEntry[]) => {
    const container = await bench().running([say.hang()]);
    await container.files.copyIn(
      tar([{ path: 'app' }, ...entries.map((entry) => ({ ...entry, path: `app/${String(entry.path)}` }))]),
      '/',
      signal,
    );
    return container;
  };

  test('copies files in and out with modes and links, and replaces files', async () => {
    const container = await withTree([
      { path: 'a', content: 'old' },
      { path: 'run', mode: 0o755, content: 'bin' },
      { path: 'deep/er/c', content: 'C' },
      { path: 'link', link: 'a' },
    ]);
    await container.files.copyIn(
      tar([
        { path: 'a', content: 'new' },
        { path: 'b', content: 'more' },
      ]),
      '/app',
      signal,
    );
    expect(await treeOf(container, '/app')).toMatchObject({
      app: '755 /',
      'app/a': '644 new',
      'app/b': '644 more',
      'app/run': '755 bin',
      'app/deep/er/c': '644 C',
      'app/link': '-> a',
    });
    expect(await treeOf(container, '/app/deep/er/c')).toEqual({ c: '644 C' });
    expect((await bench().exec(container, say.file('/app/a'))).stdout).toBe('new');
  });

  test('copies a large file completely', async () => {
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 253));
    const container = await withTree([{ path: 'big', content }]);
    const bytes: Uint8Array[] = [];
    for await (const part of (await container.files.copyOut('/app/big', signal)) ?? []) bytes.push(part);
    const body = Buffer.concat(bytes).subarray(512, 512 + content.length);
    expect(body.equals(content)).toBe(true);
  });

  test('there is nothing at a missing path', async () => {
    const container = await withTree([{ path: 'a', content: 'A' }]);
    expect(await treeOf(container, '/app/nothing')).toBeUndefined();
    expect(await treeOf(container, '/nothing/at/all')).toBeUndefined();
  });

  test('deletes files and folders of any name, and not others', async () => {
    const odd = ["quo'te", 'a b', 'new\nline', '$(touch x)', '-rf', 'grün', '*'];
    const container = await withTree([
      ...odd.map((path) => ({ path, content: 'odd' })),
      { path: 'dir/below/file', content: 'x' },
      { path: 'kept', content: 'K' },
      { path: 'kept2', content: 'K' },
    ]);
    await container.files.remove(
      [...odd.map((name) => `/app/${name}`), '/app/dir', '/app/missing', '/no/such'],
      signal,
    );
    expect(await treeOf(container, '/app')).toEqual({ app: '755 /', 'app/kept': '644 K', 'app/kept2': '644 K' });
  });

  test('deletes very many files', async () => {
    const names = Array.from({ length: 3_000 }, (_, i) => `file-with-a-rather-long-name-${i}`);
    const container = await withTree(names.map((path) => ({ path, content: '' })));
    await container.files.remove(
      names.slice(1).map((name) => `/app/${name}`),
      signal,
    );
    expect(await treeOf(container, '/app')).toEqual({ app: '755 /', [`app/${names[0]}`]: '644 ' });
    await container.files.remove([], signal);
  });

  test.each(['relative', '/', '', '/..', '/a\0b'])('refuses to delete %j', async (path) => {
    const container = await withTree([{ path: 'a', content: 'A' }]);
    await expect(container.files.remove(['/app/a', path], signal)).rejects.toThrow('absolute path');
    expect(await treeOf(container, '/app/a')).toEqual({ a: '644 A' });
  });

  test('a folder that does not exist is refused, and the message names it', async () => {
    const container = await bench().running([say.hang()]);
    await expect(
      container.files.copyIn(tar([{ path: 'a', content: 'A' }]), '/no/such/folder', signal),
    ).rejects.toMatchObject({
      name: 'RuntimeRefused',
      failure: { code: 'unsupported', detail: expect.stringContaining('/no/such/folder') as string },
    });
  });

  test('a container that is gone has no files', async () => {
    const watch = bench().watch();
    const name = await bench().create([say.hang()]);
    const container = await watch.appeared();
    await bench().remove(name);
    await watch.gone(name);
    const refused = { name: 'RuntimeRefused', failure: { code: 'workload-deleted' } };
    await expect(container.files.copyIn(tar([{ path: 'a', content: 'A' }]), '/', signal)).rejects.toMatchObject(
      refused,
    );
    await expect(container.files.remove(['/a'], signal)).rejects.toMatchObject(refused);
  });
}
