import { describe, expect, it } from 'vitest';
import type { ImageConfig } from '../../runtime/opened-image.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { checkCommand, type CommandEnd } from './check-command.ts';
import { checkContents, checkExistence, type FileContent, type FileFacts } from './check-file.ts';
import { checkMetadata } from './check-metadata.ts';
import { expandVariables } from './expand-variables.ts';
import { goFileMode } from './go-file-mode.ts';
import type { CommandTest, FileExistenceTest, MetadataTest } from './structure-tests.ts';

const { signal } = new AbortController();

describe('a command test', () => {
  const end: CommandEnd = { exitCode: 0, stdout: 'hello\nworld\n', stderr: 'oops' };
  it.each<[string, Partial<CommandTest>, readonly string[]]>([
    ['passes', { expectedOutput: ['^hello', '(?m)^world$'], excludedOutput: ['^world'], expectedError: ['o{2}'] }, []],
    ['compares the exit code', { exitCode: 2 }, ['exit code 0, expected 2']],
    [
      'searches stdout',
      { expectedOutput: ['oops'], excludedOutput: ['wor'] },
      ['stdout does not match `oops`', 'stdout matches `wor`'],
    ],
    [
      'searches stderr',
      { expectedError: ['hello'], excludedError: ['o'] },
      ['stderr does not match `hello`', 'stderr matches `o`'],
    ],
  ])('%s', async (_, test, expected) => {
    const whole: CommandTest = {
      ...{ name: 'a', setup: [], teardown: [], env: [], command: ['a'], exitCode: 0, expectedOutput: [] },
      ...{ excludedOutput: [], expectedError: [], excludedError: [] },
      ...test,
    };
    expect(await checkCommand(whole, end, signal)).toEqual(expected);
  });
});

describe('a file existence test', () => {
  const file: FileFacts = { type: 'file', mode: 0o640, uid: 7, gid: 8 };
  it.each<[Partial<FileExistenceTest>, FileFacts | undefined, readonly string[]]>([
    [{}, file, []],
    [{}, undefined, ['`/a` does not exist']],
    [{ shouldExist: false }, file, ['`/a` exists, but must not']],
    [{ shouldExist: false, permissions: '-rw-r--r--' }, undefined, []],
    [{ permissions: '-rw-r-----', uid: 7, gid: 8 }, file, []],
    [{ permissions: '-rw-r--r--' }, file, ['`/a` has the permissions -rw-r-----, expected -rw-r--r--']],
    [{ uid: 0, gid: 0 }, file, ['`/a` belongs to the user 7, expected 0', '`/a` belongs to the group 8, expected 0']],
    [{ isExecutableBy: 'any' }, file, ['`/a` is not executable by any: -rw-r-----']],
    [{ isExecutableBy: 'any' }, { ...file, mode: 0o001 }, []],
    [{ isExecutableBy: 'owner' }, { ...file, mode: 0o100 }, []],
    [{ isExecutableBy: 'group' }, { ...file, mode: 0o010 }, []],
    [{ isExecutableBy: 'other' }, { ...file, mode: 0o110 }, ['`/a` is not executable by other: ---x--x---']],
  ])('%j of %j: %j', (test, facts, expected) => {
    expect(checkExistence({ name: 'a', path: '/a', shouldExist: true, ...test }, facts)).toEqual(expected);
  });
});

it.each<[FileContent, readonly string[]]>([
  [{ kind: 'file', text: 'one' }, []],
  [{ kind: 'file', text: 'two' }, ['`/a` does not match `^one`', '`/a` matches `^two`']],
  [{ kind: 'missing' }, ['`/a` does not exist']],
  [{ kind: 'folder' }, ['`/a` is a folder, not a file']],
  [{ kind: 'unreadable', why: 'too many links' }, ['`/a`: too many links']],
])('a file content test of %j: %j', async (content, expected) => {
  const test = { name: 'a', path: '/a', expectedContents: ['^one'], excludedContents: ['^two'] };
  expect(await checkContents(test, content, signal)).toEqual(expected);
});

describe('a metadata test', () => {
  const config: ImageConfig = {
    env: ['PORT=8080', 'EMPTY='],
    entrypoint: ['/app'],
    cmd: ['serve', '-v'],
    labels: { vendor: 'shop', built: '2026-11-28' },
    exposedPorts: ['53/udp', '8080/tcp'],
    volumes: ['/data'],
    workdir: '/work',
    user: '7',
  };
  it.each<[Partial<MetadataTest>, readonly string[]]>([
    [
      {
        env: [
          { key: 'PORT', value: '8080', isRegex: false },
          { key: 'EMPTY', value: '', isRegex: false },
        ],
        unboundEnv: ['HOME'],
        labels: [{ key: 'built', value: '^\\d{4}-', isRegex: true }],
        ...{ exposedPorts: ['$PORT', '53', '53/udp'], unexposedPorts: ['80', '53/tcp'] },
        ...{ volumes: ['/data'], unmountedVolumes: ['/tmp'], entrypoint: ['/app'], cmd: ['serve', '-v'] },
        ...{ workdir: '/work', user: '7' },
      },
      [],
    ],
    [{ env: [{ key: 'PORT', value: '80', isRegex: false }] }, ['the variable `PORT` is `8080`, expected `80`']],
    [{ env: [{ key: 'HOME', value: '', isRegex: false }] }, ['the variable `HOME` is not set']],
    [{ unboundEnv: ['EMPTY'] }, ['the variable `EMPTY` is set, but must not']],
    [{ labels: [{ key: 'toString', value: '', isRegex: false }] }, ['the label `toString` is not set']],
    [
      { labels: [{ key: 'built', value: '^x', isRegex: true }] },
      ['the label `built` is `2026-11-28`, which does not match `^x`'],
    ],
    [{ exposedPorts: ['80'], unexposedPorts: ['53'] }, ['port 80 is not exposed', 'port 53 is exposed, but must not']],
    [{ volumes: ['/tmp'], unmountedVolumes: ['/data'] }, ['`/tmp` is no volume', '`/data` is a volume, but must not']],
    [{ entrypoint: [] }, ['entrypoint is ["/app"], expected []']],
    [{ cmd: ['serve'] }, ['cmd is ["serve","-v"], expected ["serve"]']],
    [{ workdir: '/', user: 'root' }, ['workdir is `/work`, expected `/`', 'user is `7`, expected `root`']],
  ])('%j: %j', (test, expected) => {
    const none: MetadataTest = {
      ...{ env: [], unboundEnv: [], labels: [], exposedPorts: [], unexposedPorts: [], volumes: [] },
      unmountedVolumes: [],
    };
    expect(checkMetadata({ ...none, ...test }, config)).toEqual(expected);
  });
});

it.each<[TarHeader['type'], number, string]>([
  ['file', 0o644, '-rw-r--r--'],
  ['directory', 0o755, 'drwxr-xr-x'],
  ['directory', 0o1777, 'dtrwxrwxrwx'],
  ['file', 0o4755, 'urwxr-xr-x'],
  ['file', 0o6750, 'ugrwxr-x---'],
  ['symlink', 0o777, 'Lrwxrwxrwx'],
  ['characterDevice', 0o666, 'Dcrw-rw-rw-'],
  ['blockDevice', 0o660, 'Drw-rw----'],
  ['fifo', 0o600, 'prw-------'],
])('the mode of a %s with %s is %s', (type, mode, expected) => {
  expect(goFileMode({ type, mode })).toBe(expected);
});

it.each([
  ['/env/bin:$PATH', '/env/bin:/bin'],
  ['${PATH}x', '/binx'],
  ['echo $i ${j} $ $1', 'echo $i ${j} $ $1'],
  ['$PATHS', '$PATHS'],
])('%s becomes %s', (text, expected) => {
  expect(expandVariables(text, new Map([['PATH', '/bin']]))).toBe(expected);
});
