import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { named, profiles, readFiles } from '../../../test/rigs/read-configurations.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';
import { readConfigurations } from './read-configurations.ts';

describe('mistakes', () => {
  const lib = (text: string) => ({
    '/p/skaffold.yaml': named('main', 'requires: [{path: lib}]\n'),
    '/p/lib/skaffold.yaml': text,
  });

  it.each<[string, Readonly<Record<string, string>> | string, Partial<ConfigurationRequest>, readonly unknown[]]>([
    ['no file', {}, {}, [['S017', undefined, undefined, undefined, 'there is no `skaffold.yaml` at `/p`']]],
    ['an empty file', '', {}, [['S016', 'skaffold.yaml', 1, 1, 'the file has no configuration']]],
    [
      'an empty required file',
      lib('# empty\n'),
      {},
      [['S016', 'lib/skaffold.yaml', 1, 1, 'the file has no configuration']],
    ],
    ['an unknown version', lib('apiVersion: x\n'), {}, [['S001', 'lib/skaffold.yaml', 1, 13, 'unknown version `x`']]],
    [
      'one name in one file',
      `${named('a')}---\n${named('a')}`,
      {},
      [['S004', 'skaffold.yaml', 7, 18, 'two configurations have the name `a`']],
    ],
    [
      'one name in two files',
      lib(named('main')),
      {},
      [['S004', 'lib/skaffold.yaml', 3, 18, 'two configurations have the name `main`']],
    ],
    [
      'an unknown module',
      named('main'),
      { modules: ['main', 'mian'] },
      [['S007', undefined, undefined, undefined, 'no configuration has the name `mian`, did you mean `main`?']],
    ],
    [
      'an unknown profile',
      named('main', profiles('prod')),
      { profiles: ['prdo', 'prod'] },
      [['S010', undefined, undefined, undefined, 'no configuration has a profile `prdo`, did you mean `prod`?']],
    ],
    [
      'an unknown profile to switch off',
      named('main', profiles('prod')),
      { profiles: ['-x'] },
      [['S010', undefined, undefined, undefined, 'no configuration has a profile `x`']],
    ],
    [
      'a patch that does not apply',
      named('main', 'profiles: [{name: p, patches: [{path: /build/x}]}]\n'),
      { profiles: ['p'] },
      [['S011', 'skaffold.yaml', 4, 39, 'profile `p` cannot replace `/build/x`: there is no field "build"']],
    ],
    [
      'an unknown operation',
      named('main', 'profiles: [{name: p, patches: [{op: delete, path: /build}]}]\n'),
      { profiles: ['p'] },
      [['S012', 'skaffold.yaml', 4, 37, 'unknown patch operation `delete`']],
    ],
    [
      'a patch that removes nothing',
      named('main', 'profiles: [{name: p, patches: [{op: remove, path: /build/x}]}]\n'),
      { profiles: ['p'] },
      [['S011', 'skaffold.yaml', 4, 51, 'profile `p` cannot remove `/build/x`: there is no field "build"']],
    ],
    [
      'an unknown patched field',
      named('main', 'profiles: [{name: p, patches: [{op: add, path: /x, value: 1}]}]\n'),
      { profiles: ['p'] },
      [['S015', 'skaffold.yaml', 4, 59, expect.stringContaining('a patch adds the field `x` to a configuration')]],
    ],
    [
      'an invalid activation',
      named('main', 'profiles: [{name: p, activation: [{env: A}]}]\n'),
      {},
      [['S013', 'skaffold.yaml', 4, 41, 'invalid activation `A`: it has no `=`']],
    ],
    [
      'an invalid pattern',
      named('main', 'profiles: [{name: p, activation: [{command: "("}]}]\n'),
      {},
      [['S018', 'skaffold.yaml', 4, 45, '`(` is not a regular expression and matches only itself']],
    ],
    [
      'an unknown field',
      named('main', 'biuld: {}\n'),
      {},
      [['W012', 'skaffold.yaml', 4, 1, expect.stringContaining('unknown field `biuld`')]],
    ],
  ])('%s', async (_, files, request, expected) => {
    expect((await readFiles(files, request)).found).toEqual(expected);
  });

  it('of all files are reported at once, each one once', async () => {
    const { found } = await readFiles(
      {
        '/p/skaffold.yaml': named(
          'main',
          'requires: [{path: lib}, {path: lib, activeProfiles: []}, {path: none}]\nbiuld: {}\n',
        ),
        '/p/lib/skaffold.yaml': named('lib', 'delpoy: {}\n'),
      },
      { modules: ['lib'] },
    );
    expect(found.map(([code, file, line]) => [code, file, line])).toEqual([
      ['W012', 'lib/skaffold.yaml', 4],
      ['S005', 'skaffold.yaml', 4],
      ['W012', 'skaffold.yaml', 5],
    ]);
  });

  it('hide unknown names, which a mistake may have meant to define', async () => {
    const { found } = await readFiles(named('main', 'profiels: [{name: p}]\n'), { profiles: ['p'], modules: ['x'] });
    expect(found.map(([code]) => code)).toEqual(['W012']);
  });

  it('include names that exist, but not in what is read', async () => {
    const files = {
      '/p/skaffold.yaml': named('main', 'requires: [{path: lib, configs: [a]}]\n'),
      '/p/lib/skaffold.yaml': `${named('a', profiles('x'))}---\n${named('b', profiles('y'))}`,
    };
    const codes = async (request: Partial<ConfigurationRequest>) =>
      (await readFiles(files, request)).found.map(([code]) => code);
    expect(await codes({ modules: ['b'] })).toEqual(['S007']);
    expect(await codes({ profiles: ['y'] })).toEqual(['S010']);
    expect(await codes({ profiles: ['x'] })).toEqual([]);
    expect(await codes({ profiles: ['x'], propagateProfiles: false })).toEqual(['S010']);
  });

  it('in a file that cannot be read are reported', async () => {
    const files = memoryFiles({ '/p/skaffold.yaml': new Uint8Array([0xff]) });
    const around = {
      files,
      home: '/',
      kube: async () => ({}),
      random: () => '',
      repositories: { git: async () => ({ why: '' }) },
    };
    const { diagnostics } = await readConfigurations(
      {
        path: '/p',
        command: 'dev',
        profiles: ['p'],
        autoActivation: true,
        propagateProfiles: true,
        modules: [],
        env: {},
        fetch: 'never',
        strict: false,
      },
      around,
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['W003']);
  });
});
