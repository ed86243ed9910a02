import { describe, expect, test } from 'vitest';
import { describeTar, tarSource, type TreeEntry } from '../../../../test/rigs/tree.ts';
import type { BuildContext } from './build-context.ts';
import { findContext } from './build-context.ts';

const { signal } = new AbortController();
const text = 'FROM x\n';

async function find(layers: readonly (readonly TreeEntry[])[], file = 'Dockerfile', context = '') {
  return await findContext(
    layers.map((entries) => tarSource(entries)),
    { file, context },
    signal,
  );
}

async function found(...args: Parameters<typeof find>): Promise<BuildContext> {
  const outcome = await find(...args);
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

async function sent(context: BuildContext, dockerfile = context.text): Promise<Record<string, string>> {
  return await describeTar(context.tree(dockerfile, []).open(undefined, signal));
}

const file = (path: string, content = path): TreeEntry => ({ path, content });

describe('the context of a build', () => {
  test('is the whole workspace', async () => {
    const context = await found([
      [file('Dockerfile', text), { path: 'src', mode: 0o700 }, file('src/a'), { path: 'link', link: '../../outside' }],
    ]);
    expect(context.dockerfile).toBe('Dockerfile');
    expect(await sent(context)).toEqual({
      src: '700 /',
      'src/a': '644 src/a',
      link: '-> ../../outside',
      Dockerfile: '644 FROM x\n',
    });
  });

  test('is the folder `context`; a Dockerfile in it keeps its name', async () => {
    const context = await found(
      [[file('other'), file('app/Dockerfile', text), file('app/a'), file('app2/b')]],
      'app/Dockerfile',
      'app',
    );
    expect(context.dockerfile).toBe('Dockerfile');
    expect(Object.keys(await sent(context))).toEqual(['a', 'Dockerfile']);
  });

  test('a Dockerfile outside of it is sent with a hidden name', async () => {
    const context = await found(
      [[file('docker/api.Dockerfile', text), file('app/a')]],
      'docker/api.Dockerfile',
      './app/',
    );
    expect(await sent(context)).toEqual({ a: '644 app/a', [context.dockerfile]: '644 FROM x\n' });
    expect(context.dockerfile).toMatch(/^\./);
  });

  test('later layers replace earlier ones, also for the Dockerfile and ignore rules', async () => {
    const context = await found([
      [file('Dockerfile', 'FROM old\n'), file('.dockerignore', 'b'), file('a', 'old'), file('b')],
      [file('a', 'new'), file('Dockerfile', text), file('.dockerignore', 'c'), file('c')],
    ]);
    expect(context.text).toBe(text);
    expect(await sent(context)).toEqual({
      '.dockerignore': '644 c',
      a: '644 new',
      b: '644 b',
      Dockerfile: '644 FROM x\n',
    });
  });

  test('`.dockerignore` of the context applies, but not to the Dockerfile', async () => {
    const context = await found(
      [
        [
          file('.dockerignore', 'a'),
          file('app/.dockerignore', '*\n!keep\n'),
          file('app/Dockerfile', text),
          file('app/a'),
          file('app/keep/b'),
        ],
      ],
      'app/Dockerfile',
      'app',
    );
    expect(Object.keys(await sent(context))).toEqual(['keep/b', 'Dockerfile']);
  });

  test('the ignore file of the Dockerfile takes precedence', async () => {
    const context = await found([
      [
        file('.dockerignore', 'a'),
        file('Dockerfile', text),
        file('Dockerfile.dockerignore', 'b'),
        file('a'),
        file('b'),
      ],
    ]);
    expect(Object.keys(await sent(context))).toEqual(['.dockerignore', 'Dockerfile.dockerignore', 'a', 'Dockerfile']);
  });

  test('a Dockerfile that is a link is read from its target, and sent as a file', async () => {
    const context = await found([[{ path: 'Dockerfile', link: 'docker/prod' }, file('docker/prod', text)]]);
    expect(context.text).toBe(text);
    expect((await sent(context))[context.dockerfile]).toBe('644 FROM x\n');
  });

  test('the text of the Dockerfile can be replaced, and other trees added', async () => {
    const context = await found([[file('Dockerfile', text)]]);
    const tree = context.tree('FROM y\n', [{ folder: '.beside', content: tarSource([file('root.crt', 'PEM')]) }]);
    expect(await describeTar(tree.open(undefined, signal))).toEqual({
      '.beside/root.crt': '644 PEM',
      Dockerfile: '644 FROM y\n',
    });
  });

  test('names with any bytes are kept', async () => {
    const odd = Buffer.from('caf\xe9', 'latin1');
    const context = await found([[file('Dockerfile', text), file('żółw/a'), { path: odd, content: 'x' }]]);
    expect(Object.keys(await sent(context))).toEqual(['żółw/a', 'caf\\xe9', 'Dockerfile']);
  });
});

test.each<[string, readonly TreeEntry[], string, string, object]>([
  ['no Dockerfile', [file('a')], 'Dockerfile', '', { code: 'file-missing', field: 'file', path: 'Dockerfile' }],
  [
    'a folder instead of a Dockerfile',
    [{ path: 'Dockerfile' }, file('a')],
    'Dockerfile',
    '',
    { code: 'file-missing', field: 'file', detail: 'the path is not a file' },
  ],
  [
    'a link out of the workspace',
    [{ path: 'Dockerfile', link: '/etc/passwd' }],
    'Dockerfile',
    '',
    { code: 'file-missing', detail: 'the path leads out of the workspace' },
  ],
  [
    'no context',
    [file('Dockerfile', text)],
    'Dockerfile',
    'app',
    { code: 'file-missing', field: 'context', path: 'app' },
  ],
  [
    'a file as the context',
    [file('Dockerfile', text), file('app')],
    'Dockerfile',
    'app',
    { code: 'file-missing', field: 'context', detail: 'the path is not a folder' },
  ],
  [
    'invalid ignore rules',
    [file('Dockerfile', text), file('.dockerignore', 'a\n[')],
    'Dockerfile',
    '',
    { code: 'build-failed', detail: '.dockerignore, line 2: `[` is not a valid pattern' },
  ],
])('%s', async (_, entries, dockerfile, context, failure) => {
  expect(await find([entries], dockerfile, context)).toMatchObject({ status: 'failed', failure });
});
