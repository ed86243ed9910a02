import { describe, expect, it } from 'vitest';
import { plainJson } from '../../../test/rigs/located-yaml.ts';
import { artifact, head, named, profiles, readFiles, summary } from '../../../test/rigs/read-configurations.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';

describe('required configurations', () => {
  const files = {
    '/p/skaffold.yaml': named('main', 'requires: [{path: lib}, {path: web/config.yaml}, {path: ../out}]\n'),
    '/p/lib/skaffold.yml': named('lib', artifact('l')),
    '/p/web/config.yaml': named('web', `requires: [{path: ../lib/skaffold.yml}]\n${artifact('w')}`),
    '/out/skaffold.yaml': named('out'),
  };

  it('stand once, before those that require them, with paths relative to their own folder', async () => {
    const result = await readFiles(files);
    expect([summary(result), result.found]).toEqual([['lib', 'web', 'out', 'main'], []]);
    expect(result.configurations.map(({ required }) => required)).toEqual([true, true, true, false]);
    const [lib, web] = result.configurations.map(({ document }) => plainJson(document));
    expect(lib).toMatchObject({ build: { artifacts: [{ context: '/p/lib' }] } });
    expect(web).toMatchObject({ build: { artifacts: [{ context: '/p/web' }] } });
    expect(web).not.toHaveProperty('requires');
  });

  it.each([
    [['lib'], ['lib']],
    [['web'], ['lib', 'web']],
    [
      ['out', 'lib'],
      ['lib', 'out'],
    ],
    [['main'], ['lib', 'web', 'out', 'main']],
  ])('are selected by --module: %j', async (modules, expected) => {
    const result = await readFiles(files, { modules });
    expect([summary(result), result.found]).toEqual([expected, []]);
  });

  it('are selected by configs, also in the same file', async () => {
    const lib = ['a', 'b', 'c'].map((name) => named(name)).join('---\n');
    const main = `${named('one', 'requires: [{path: lib, configs: [c, a]}]\n')}---\n${named('two', 'requires: [{configs: [one]}]\n')}`;
    const result = await readFiles({ '/p/skaffold.yaml': main, '/p/lib/skaffold.yaml': lib });
    expect([summary(result), result.found]).toEqual([['a', 'c', 'one', 'two'], []]);
    expect(result.configurations.map(({ required }) => required)).toEqual([true, true, false, false]);
  });

  it('may require each other', async () => {
    const circular = {
      '/p/skaffold.yaml': named('main', 'requires: [{path: a}]\n'),
      '/p/a/skaffold.yaml': named('a', 'requires: [{path: ../b}, {configs: [a]}]\n'),
      '/p/b/skaffold.yaml': named('b', 'requires: [{path: ../a}, {path: ..}]\n'),
    };
    const result = await readFiles(circular);
    expect([summary(result), result.found]).toEqual([['b', 'a', 'main'], []]);
  });

  it('may be patched by a profile', async () => {
    const text = named(
      'main',
      'requires: [{path: lib}]\nprofiles: [{name: p, patches: [{path: /requires/0/path, value: web}]}]\n',
    );
    const result = await readFiles(
      { '/p/skaffold.yaml': text, '/p/lib/skaffold.yaml': named('lib'), '/p/web/skaffold.yaml': named('web') },
      { profiles: ['p'] },
    );
    expect(summary(result)).toEqual(['web', 'main p']);
  });

  describe('with profiles', () => {
    const main = (activeProfiles: string, more = '') => ({
      '/p/skaffold.yaml': named(
        'main',
        `requires: [{path: lib, activeProfiles: [${activeProfiles}]}${more}]\n${profiles('p', 'q')}`,
      ),
      '/p/lib/skaffold.yaml': named('lib', profiles('x', 'y', 'q')),
    });

    it.each<[string, Partial<ConfigurationRequest>, readonly string[]]>([
      ['{name: x}', {}, ['lib x', 'main']],
      ['{name: x, activatedBy: [p, q]}', {}, ['lib', 'main']],
      ['{name: x, activatedBy: [p, q]}', { profiles: ['p'] }, ['lib x', 'main p']],
      ['{name: y}, {name: x}', {}, ['lib y x', 'main']],
      ['{name: x}', { profiles: ['q'] }, ['lib x q', 'main q']],
      ['{name: q}', { profiles: ['q'] }, ['lib q', 'main q']],
      ['{name: x}', { profiles: ['q'], propagateProfiles: false }, ['lib x', 'main q']],
      ['{name: x}', { profiles: ['y'] }, ['lib x y', 'main']],
      ['{name: x}', { profiles: ['-x'] }, ['lib', 'main']],
      ['{name: unknown}', {}, ['lib', 'main']],
    ])('%s and %j: %j', async (activeProfiles, request, expected) => {
      const result = await readFiles(main(activeProfiles), request);
      expect([summary(result), result.found]).toEqual([expected, []]);
    });

    it('may be required twice with the same ones', async () => {
      const result = await readFiles(
        main('{name: x}, {name: y}', ', {path: lib, activeProfiles: [{name: y}, {name: x}]}'),
      );
      expect([summary(result), result.found]).toEqual([['lib x y', 'main'], []]);
    });

    it('may not be required with different ones', async () => {
      const { found } = await readFiles(main('{name: x}', ', {path: lib}'));
      const message = 'lib is required with 1 profile (x) and with no profiles';
      expect(found).toEqual([['S006', 'skaffold.yaml', 4, 54, message]]);
    });

    it('names a file that has no name', async () => {
      const lib = `${head}${profiles('x')}`;
      const { found } = await readFiles({ ...main('{name: x}', ', {path: lib}'), '/p/lib/skaffold.yaml': lib });
      expect(found).toMatchObject([
        ['S006', 'skaffold.yaml', 4, 54, 'lib/skaffold.yaml is required with 1 profile (x) and with no profiles'],
      ]);
    });
  });

  describe('of Git', () => {
    const text = (git: string) => named('main', `requires:\n- git: {${git}}\n`);

    it('are fetched once for each ref', async () => {
      const main = named(
        'main',
        'requires:\n- git: {repo: r, ref: v1, path: a, sync: True}\n- git: {repo: r, ref: v1, path: b/skaffold.yaml}\n- git: {repo: r}\n',
      );
      const result = await readFiles(
        {
          '/p/skaffold.yaml': main,
          '/r/skaffold.yaml': named('root'),
          '/r/a/skaffold.yaml': named('a', artifact('x')),
          '/r/b/skaffold.yaml': named('b', 'requires: [{path: ../c}]'),
          '/r/c/skaffold.yaml': named('c'),
        },
        {},
        { git: { r: '/r' } },
      );
      expect([summary(result), result.found]).toEqual([['a', 'c', 'b', 'root', 'main'], []]);
      expect(result.calls).toEqual([{ repo: 'r', ref: 'v1', sync: true }, { repo: 'r' }]);
      expect(plainJson(result.configurations[0]?.document ?? expect.fail())).toMatchObject({
        build: { artifacts: [{ context: '/r/a' }] },
      });
    });

    it('pass on that nothing is to be fetched', async () => {
      expect((await readFiles(text('repo: r, sync: false'))).calls).toEqual([{ repo: 'r', sync: false }]);
    });

    it.each<[string, unknown]>([
      ['repo: none', ['S008', 'skaffold.yaml', 5, 8, '`none` cannot be fetched: git: no such repository']],
      ['repo: r, path: z', ['S005', 'skaffold.yaml', 5, 24, 'the required configuration `z` does not exist in `r`']],
      ['repo: r', ['S005', 'skaffold.yaml', 5, 3, 'the required configuration `skaffold.yaml` does not exist in `r`']],
    ])('may be missing: %s', async (git, expected) => {
      expect((await readFiles(text(git), { profiles: ['any'], modules: ['any'] }, { git: { r: '/r' } })).found).toEqual(
        [expected],
      );
    });
  });

  it.each<[string, unknown]>([
    ['path: none', ['S005', 'skaffold.yaml', 4, 19, 'the required configuration `none` does not exist']],
    [
      'path: "https://x/y"',
      [
        'S005',
        'skaffold.yaml',
        4,
        19,
        'the required configuration `https://x/y` is a URL: use `git`, or a copy in this repository',
      ],
    ],
    [
      'googleCloudStorage: {source: "gs://x"}',
      [
        'S008',
        'skaffold.yaml',
        4,
        33,
        'the required configuration cannot be fetched: Slipway uses no service of Google: name its Git repository with `git`, or a copy with `path`',
      ],
    ],
    [
      'googleCloudBuildRepoV2: {repo: r, projectID: p, region: r, connection: c}',
      [
        'S008',
        'skaffold.yaml',
        4,
        37,
        'the required configuration cannot be fetched: Slipway uses no service of Google: name its Git repository with `git`, or a copy with `path`',
      ],
    ],
    [
      'configs: [lib, mian]',
      ['S007', 'skaffold.yaml', 4, 28, 'no configuration has the name `mian`, did you mean `main`?'],
    ],
  ])('that cannot be read are mistakes: %s', async (requirement, expected) => {
    const { found } = await readFiles(`${named('main', `requires: [{${requirement}}]\n`)}---\n${named('lib')}`);
    expect(found).toEqual([expected]);
  });
});
