import { describe, expect, test } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { dockerDependencies, type DockerDependencies, type DockerDependencyRequest } from './docker-dependencies.ts';
import { readDockerfile } from './read-dockerfile.ts';

function dependencies(text: string, request: Partial<DockerDependencyRequest> = {}): DockerDependencies {
  const file = readDockerfile(new SourceText('Dockerfile', text));
  return dockerDependencies(file, { dockerfile: 'Dockerfile', args: new Map(), ...request });
}

const ignoring = (text: string) => ({ ignoreFile: new SourceText('.dockerignore', text) });

describe('the inputs of a build', () => {
  test.each<[string, readonly string[], readonly string[], Partial<DockerDependencyRequest>?]>([
    ['COPY . .', ['a', 'b/c', 'Dockerfile'], []],
    ['COPY a b/ /c/', ['a', 'b/x/y'], ['ab', 'c', 'b2/x']],
    [
      'COPY *.txt s?c/*/x[0-9] /d/',
      ['a.txt', 'a.txt/below', 'src/b/x1', 'src/b/x1/deep'],
      ['b/a.txt', 'src/x1', 's/c/b/x1', 'src/b/xy'],
    ],
    ['COPY **/x /d/', ['a/x', 'b/x/c'], ['x', 'a/b/x']],
    ['COPY [ /d/', [], ['[', 'a']],
    ['COPY a\\\\*b* /d', ['a*b', 'a*bc'], ['axb']],
    ['COPY --exclude=*.md --exclude=**/x . /d', ['a', 'b/c.md'], ['a.md', 'x', 'b/x', 'b/x/y']],
    // A source itself is never excluded, and patterns are relative to it.
    ['COPY --exclude=*.md a.md b /d', ['a.md', 'b/c/a.md', 'b/c'], ['b/a.md']],
    ['COPY --exclude=x s* /d', ['src', 'src/y'], ['src/x', 'x']],
    ['COPY --exclude=* --exclude=!keep a /d', ['a/keep', 'a/keep/b'], ['a/other']],
    ['COPY --parents a/./b/*.c /d', ['a/b/x.c', 'a/b/x.c/y'], ['a', 'a/x.c', 'b/x.c']],
    ['COPY --parents **/go.mod /d', ['go.mod', 'a/b/go.mod'], ['go.sum']],
    ['RUN --mount=source=a,target=/m x', ['a', 'a/b'], ['b']],
    ['RUN --mount=target=/m x', ['a'], []],
    ['RUN --mount=type=cache,target=/m x', [], ['a', 'm']],
    ['COPY . /d', ['a', 'n/keep/b'], ['n', 'n/x', 'b/c.log'], ignoring('n\n!n/keep\n**/*.log')],
    ['COPY n /d', [], ['n/x'], ignoring('n')],
    ['COPY . /d', ['Dockerfile', '.dockerignore'], ['a', 'd/Dockerfile'], ignoring('**')],
    [
      'COPY . /d',
      ['a'],
      ['b', '.dockerignore'],
      { ...ignoring('a'), ownIgnoreFile: new SourceText('own', 'b\n.dockerignore') },
    ],
    ['RUN x', ['Dockerfile', 'Dockerfile.dockerignore', '.dockerignore'], ['a']],
    ['COPY l /d', ['l', 'real/a'], ['other'], { links: new Map([['l', 'real']]) }],
    ['COPY x/l/c /d', ['x/l', 'y/c', 'y/c/d'], ['y/e', 'x/c2'], { links: new Map([['x/l', '../y']]) }],
    [
      'COPY l* /d',
      ['l1', 'real/a', 'top'],
      ['other'],
      {
        links: new Map([
          ['l1', './real'],
          ['l2', '/top'],
          ['x/l3', 'other'],
        ]),
      },
    ],
    ['COPY l/*.c /d', ['l', 'real/a.c'], ['real/b'], { links: new Map([['l', 'real']]) }],
    [
      'COPY a /d',
      ['a', 'b'],
      ['c'],
      {
        links: new Map([
          ['a', 'b'],
          ['b', 'a'],
        ]),
      },
    ],
    // What cannot be understood depends on everything.
    ['COPY ${ /d', ['a', 'b/c'], ['d.log'], ignoring('*.log')],
    ['COPY a /d', ['b'], [], ignoring('[')],
  ])('%j', (text, inputs, others, request) => {
    const { matches, mayMatchBelow } = dependencies(`FROM x\n${text}`, request).inputs;
    expect([...inputs, ...others].filter(matches)).toEqual(inputs);
    // A walk that leaves folders out finds the same.
    const folders = inputs.filter(matches).flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, i, all) => all.slice(0, i + 1).join('/')),
    );
    expect(folders.filter((folder) => !mayMatchBelow(folder))).toEqual([]);
  });
});

test('folders without inputs can be left out of a walk', () => {
  const { mayMatchBelow } = dependencies(
    'FROM x\nCOPY src/app lib/* /d/\nCOPY --exclude=big data /e',
    ignoring('node_modules\n**/tmp\n!src/app/tmp/keep'),
  ).inputs;
  expect(
    [
      'src',
      'src/app',
      'src/app/b',
      'src/other',
      'lib',
      'lib/x',
      'docs',
      'node_modules',
      'src/app/tmp',
      'lib/tmp',
      'data',
      'data/big',
      'data/small',
    ].filter(mayMatchBelow),
  ).toEqual(['src', 'src/app', 'src/app/b', 'lib', 'lib/x', 'src/app/tmp', 'data', 'data/small']);
});

test('inputs are patterns', () => {
  const { inputs } = dependencies('FROM x AS y\nCOPY a/b*/c d /e/\nCOPY d /e/\nRUN --mount=source=f,target=/f g', {
    ...ignoring('x/\n!y'),
    dockerfile: '../other/Dockerfile',
  });
  expect(inputs.rules).toEqual([
    { path: 'a', glob: 'b*/c', parents: undefined, excludes: [] },
    { path: 'd', glob: undefined, parents: undefined, excludes: [] },
    { path: 'f', glob: undefined, parents: undefined, excludes: [] },
  ]);
  expect(inputs.ignore).toEqual(['x', '!y']);
  expect(inputs.files).toEqual(['../other/Dockerfile', '../other/Dockerfile.dockerignore', '.dockerignore']);
  expect(dependencies('FROM x\nCOPY a b\nCOPY . c').inputs.rules).toEqual([
    { path: '', glob: undefined, parents: undefined, excludes: [] },
  ]);
});

test('a mistake of the ignore file has its line', () => {
  const { diagnostics } = dependencies('FROM x', ignoring('a\n\nb[\nc'));
  expect(diagnostics).toMatchObject([
    {
      code: 'D024',
      message: '`b[` is not a valid pattern',
      place: { file: '.dockerignore', line: 3, column: 1, length: 2 },
    },
  ]);
});
