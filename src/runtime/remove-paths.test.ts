import { describe, expect, test } from 'vitest';
import type { ExecIo, Exit } from './container-io.ts';
import { removalScript, removePaths } from './remove-paths.ts';

describe('the script', () => {
  test('deletes each path as one word, and reports a failure after the others', () => {
    expect(removalScript(['/a', "/it's", '/b/../c/'])).toBe(
      `failed=0\nrm -rf -- /a '/it'\\''s' /c || failed=1\nexit $failed\n`,
    );
  });

  test('splits long lists below the limits of arguments', () => {
    const paths = Array.from({ length: 5_000 }, (_, i) => `/a/path/of/some/length/${i}`);
    const commands = removalScript(paths).match(/^rm .*$/gm) ?? [];
    expect(commands.length).toBeGreaterThan(1);
    expect(Math.max(...commands.map(({ length }) => length))).toBeLessThan(40_000);
    expect(commands.join(' ').match(/\/a\/path/g)).toHaveLength(5_000);
  });

  test.each(['', 'a', './a', '/', '//', '/a/..', '/a\0'])('refuses %j', (path) => {
    expect(() => removalScript(['/fine', path])).toThrow('must be an absolute path below /');
  });
});

describe('removePaths', () => {
  const { signal } = new AbortController();
  const run = async (exit: Exit, said = '') =>
    await removePaths(
      async (_argv: readonly string[], io: ExecIo) => {
        await io.stderr?.(Buffer.from(said));
        return exit;
      },
      ['/a'],
      signal,
    );

  test('succeeds with the command', async () => {
    await run({ code: 0 });
  });

  test.each<[string, Exit, string, object]>([
    [
      'no shell',
      { code: 127 },
      '',
      { code: 'unsupported', detail: 'cannot delete files in the container: its image has no `sh`' },
    ],
    [
      'a read-only file system',
      { code: 1 },
      'rm: read-only\n',
      { code: 'unsupported', detail: 'cannot delete files in the container: rm: read-only' },
    ],
    [
      'no message',
      { code: 1 },
      '',
      { code: 'unsupported', detail: 'cannot delete files in the container: exit code 1' },
    ],
    [
      'a lost platform',
      { failure: { code: 'runtime-lost', detail: 'gone' } },
      '',
      { code: 'runtime-lost', detail: 'gone' },
    ],
  ])('%s', async (_, exit, said, failure) => {
    await expect(run(exit, said)).rejects.toMatchObject({ name: 'RuntimeRefused', failure });
  });

  test('runs nothing for no paths', async () => {
    const forbidden = async (): Promise<Exit> => await Promise.reject(new Error('must not run'));
    await removePaths(forbidden, [], signal);
  });
});
