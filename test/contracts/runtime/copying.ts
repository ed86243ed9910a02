import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { tarSource } from '../../rigs/tree.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace, treeOf } from './volumes.ts';

/** Files into and out of containers, while they run and after their end. */
export function copyingContract({ bench }: Contract): void {
  const tree = [
    { path: 'dist' },
    { path: 'dist/app.js', content: 'app' },
    { path: 'dist/empty' },
    { path: 'dist/bin', mode: 0o755, content: 'bin' },
    { path: 'dist/link', link: 'app.js' },
    { path: 'away', link: 'dist' },
  ];

  test('copies a folder, a file, a link, and nothing for a missing path, while it runs and after its end', async () => {
    const workload = await bench().start(
      [say.write('dist/made', 'by the command'), say.print('made\n'), say.wait('go'), say.exit(0)],
      inWorkspace(tree),
    );
    await bench().hearUntil(workload, 'made');
    const look = async () => {
      expect(await treeOf(workload, '/mnt/repo/dist')).toEqual({
        dist: '755 /',
        'dist/app.js': '644 app',
        'dist/empty': '755 /',
        'dist/bin': '755 bin',
        'dist/link': '-> app.js',
        'dist/made': '644 by the command',
      });
      expect(await treeOf(workload, '/mnt/repo/dist/app.js')).toEqual({ 'app.js': '644 app' });
      expect(await treeOf(workload, '/mnt/repo/away')).toEqual({ away: '-> dist' });
      expect(await treeOf(workload, '/mnt/repo/dist/empty')).toEqual({ empty: '755 /' });
      expect(await treeOf(workload, '/mnt/repo/nothing')).toBeUndefined();
      expect(await treeOf(workload, '/mnt/repo/nothing/at/all')).toBeUndefined();
      expect(await treeOf(workload, '/mnt/repo/dist/app.js/below')).toBeUndefined();
    };
    await look();
    await bench().exec(workload, [say.write('go', '')]);
    await workload.exited('main');
    await look();
  });

  test('copies a big file completely', async () => {
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 253));
    const workload = await bench().start([say.exit(0)], inWorkspace([{ path: 'big', content }]));
    await workload.exited('main');
    const found = await workload.copyOut('main', '/mnt/repo/big', new AbortController().signal);
    const bytes: Uint8Array[] = [];
    for await (const part of found ?? []) bytes.push(part);
    expect(
      Buffer.concat(bytes)
        .subarray(512, 512 + content.length)
        .equals(content),
    ).toBe(true);
  });

  test('lets a reader stop half way', async () => {
    const workload = await bench().start(
      [say.exit(0)],
      inWorkspace([{ path: 'big', content: Buffer.alloc(3_000_000) }]),
    );
    await workload.exited('main');
    const found = await workload.copyOut('main', '/mnt/repo', new AbortController().signal);
    for await (const _ of found ?? []) break;
    expect(await treeOf(workload, '/mnt/repo/big')).toBeDefined();
  });

  test('shows copied files to commands', async () => {
    const workload = await bench().start([say.hang()], inWorkspace([{ path: 'a', content: 'old' }]));
    const more = tarSource([{ path: 'a', content: 'new' }, { path: 'b' }, { path: 'b/c', content: 'too' }]);
    await workload.copyIn('main', more.open(undefined, new AbortController().signal), '/mnt/repo');
    const { stdout } = await bench().exec(workload, [say.file('a'), say.file('b/c')]);
    expect(stdout.toString()).toBe('newtoo');
  });

  test('copies below a mount', async () => {
    const workload = await bench().start([say.hang()], inWorkspace([{ path: 'sub' }]));
    await workload.copyIn(
      'main',
      tarSource([{ path: 'x', content: 'here' }]).open(undefined, new AbortController().signal),
      '/mnt/repo/sub',
    );
    expect((await bench().exec(workload, [say.file('sub/x')])).stdout.toString()).toBe('here');
  });
}
