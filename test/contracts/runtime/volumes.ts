import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import type { VolumeSpec, Workload } from '../../../src/runtime/runtime.ts';
import { describeTar, tarSource, type TreeEntry } from '../../rigs/tree.ts';
import type { Wanted } from './bench.ts';
import type { Contract } from './under-test.ts';

/** A workspace at `/mnt/repo`, the working directory. */
export function inWorkspace(...layers: readonly (readonly TreeEntry[])[]): Wanted & { volumes: VolumeSpec[] } {
  return {
    volumes: [{ name: 'workspace', content: layers.map(tarSource) }],
    container: {
      mounts: [{ volume: 'workspace', path: '/mnt/repo' }],
      workingDirectory: { volume: 'workspace', path: '' },
    },
  };
}

/** Returns what the container has at a path. */
export async function treeOf(workload: Workload, path: string): Promise<Record<string, string> | undefined> {
  const tar = await workload.copyOut('main', path, new AbortController().signal);
  if (tar === undefined) return undefined;
  // Folders may have the setgid bit if the platform gives volumes to a group.
  return Object.fromEntries(
    Object.entries(await describeTar(tar)).map(([name, is]) => [name, is.replace(/^2(\d{3} \/)$/, '$1')]),
  );
}

/** Volumes with content that is in place before the first command. */
export function volumesContract({ bench, traits }: Contract): void {
  test('content is in place before the first command', async () => {
    const { stdout } = await bench().run(
      [say.file('a.txt'), say.file('deep/er/b.txt')],
      inWorkspace([
        { path: 'a.txt', content: 'A' },
        { path: 'deep/er/b.txt', content: 'B' },
      ]),
    );
    expect(stdout.toString()).toBe('AB');
  });

  test('an environment variable can be the path of a file, wherever the runtime mounts its volume', async () => {
    const wanted = inWorkspace([{ path: 'deep/config', content: 'found' }]);
    const workload = await bench().start([say.variable('WHERE'), say.hang()], {
      ...wanted,
      container: { ...wanted.container, env: { WHERE: { volume: 'workspace', path: 'deep/config', before: 'at:' } } },
    });
    const said = (await bench().hearUntil(workload, '\n')).stdout.toString().trim();
    expect(said.startsWith('at:')).toBe(true);
    const path = said.slice('at:'.length);
    expect((await bench().exec(workload, [say.file(path)])).stdout.toString()).toBe('found');
  });

  test('later layers replace earlier ones', async () => {
    const { stdout } = await bench().run(
      [say.file('both'), say.file('lower'), say.file('upper'), say.file('folder/kept'), say.file('folder/new')],
      inWorkspace(
        [
          { path: 'both', content: '1' },
          { path: 'lower', content: '2' },
          { path: 'folder' },
          { path: 'folder/kept', content: '3' },
        ],
        [
          { path: 'both', content: '4' },
          { path: 'upper', content: '5' },
          { path: 'folder' },
          { path: 'folder/new', content: '6' },
        ],
      ),
    );
    expect(stdout.toString()).toBe('42536');
  });

  test('modes, links, broken links, empty folders and strange names are kept', async () => {
    const odd = Buffer.from([0x6f, 0xff, 0xfe, 0x64]);
    const workload = await bench().start(
      [say.exit(0)],
      inWorkspace([
        { path: 'run.sh', mode: 0o755, content: 'x' },
        { path: 'private', mode: 0o600, content: 'p' },
        { path: 'link', link: 'run.sh' },
        { path: 'broken', link: 'nowhere/at/all' },
        { path: 'empty', mode: 0o755 },
        { path: ' a b  c ', content: 'spaces' },
        { path: 'new\nline', content: 'newline' },
        { path: 'grün-💗', content: 'utf-8' },
        { path: odd, content: 'bytes' },
        { path: '-rf', content: 'dash' },
        { path: `${'long/'.repeat(40)}name`, content: 'deep' },
      ]),
    );
    await workload.exited('main');
    expect(await treeOf(workload, '/mnt/repo')).toMatchObject({
      'repo/run.sh': '755 x',
      'repo/private': '600 p',
      'repo/link': '-> run.sh',
      'repo/broken': '-> nowhere/at/all',
      'repo/empty': '755 /',
      'repo/ a b  c ': '644 spaces',
      'repo/new\nline': '644 newline',
      'repo/grün-💗': '644 utf-8',
      'repo/o\\xff\\xfed': '644 bytes',
      'repo/-rf': '644 dash',
      [`repo/${'long/'.repeat(40)}name`]: '644 deep',
    });
  });

  test('a script may be in a volume of its own, outside the workspace, and arguments may be paths', async () => {
    const script = bench().script(say.file('a.txt'), say.print(' and done'));
    const { stdout } = await bench().run([], {
      volumes: [
        { name: 'workspace', content: [tarSource([{ path: 'a.txt', content: 'A' }])] },
        { name: 'script', content: [tarSource([{ path: 'step.sh', mode: 0o755, content: script }])] },
      ],
      container: {
        mounts: [
          { volume: 'workspace', path: '/mnt/repo' },
          { volume: 'script', path: '/mnt/slipway' },
        ],
        workingDirectory: { volume: 'workspace', path: '' },
        command: bench().scriptArgv({ volume: 'script', path: 'step.sh' }),
      },
    });
    expect(stdout.toString()).toBe('A and done');
  });

  test('the working directory may be below the workspace', async () => {
    const wanted = inWorkspace([{ path: 'sub' }, { path: 'sub/here', content: 'yes' }]);
    const { stdout } = await bench().run([say.file('here')], {
      ...wanted,
      container: { ...wanted.container, workingDirectory: { volume: 'workspace', path: 'sub' } },
    });
    expect(stdout.toString()).toBe('yes');
  });

  test('an empty volume is writable', async () => {
    const wanted = { ...inWorkspace(), volumes: [{ name: 'workspace', content: [] }] };
    const { stdout, exit } = await bench().run([say.write('made', 'here'), say.file('made')], wanted);
    expect([stdout.toString(), exit]).toMatchObject(['here', { code: 0 }]);
  });

  test('workloads with the same content do not see what others write', async () => {
    const wanted = inWorkspace([{ path: 'a', content: 'original' }]);
    await bench().run([say.write('a', 'changed')], wanted);
    const { stdout } = await bench().run([say.file('a')], wanted);
    expect(stdout.toString()).toBe('original');
  });

  test('a volume may have very many files', async () => {
    const files = Array.from({ length: traits.manyFiles }, (_, i) => ({
      path: `d${i % 100}/f${i}`,
      content: `content ${i}`,
    }));
    const last = traits.manyFiles - 1;
    const { stdout } = await bench().run([say.file('d0/f0'), say.file(`d${last % 100}/f${last}`)], inWorkspace(files));
    expect(stdout.toString()).toBe(`content 0content ${last}`);
  });
}
