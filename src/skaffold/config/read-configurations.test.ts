import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { plainJson } from '../../../test/rigs/located-yaml.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';
import { newestVersion } from '../schema/newest-types.ts';
import type { Configuration, ConfigurationSurroundings, GitModule, KubeDefaults } from './configuration.ts';
import { readConfigurations } from './read-configurations.ts';

const head = `apiVersion: skaffold/${newestVersion}\nkind: Config\n`;

/** Returns a document with a name. `more` begins at line 4. */
const named = (name: string, more = '') => `${head}metadata: {name: ${name}}\n${more}`;
const artifact = (image: string) => `build: {artifacts: [{image: ${image}}]}\n`;
const profiles = (...names: readonly string[]) =>
  `profiles:\n${names.map((name) => `- {name: ${name}, build: {insecureRegistries: [${name}]}}\n`).join('')}`;

interface Around {
  readonly kube?: KubeDefaults;
  readonly git?: Readonly<Record<string, string>>;
}

interface Read {
  readonly configurations: readonly Configuration[];
  /** Code, file, line, column and message of each diagnostic. */
  readonly found: readonly (readonly unknown[])[];
  /** The calls to Git and to the kubeconfig. */
  readonly calls: readonly unknown[];
}

async function read(
  files: Readonly<Record<string, string>> | string,
  request: Partial<ConfigurationRequest> = {},
  { kube = {}, git = {} }: Around = {},
): Promise<Read> {
  const calls: unknown[] = [];
  const around: ConfigurationSurroundings = {
    files: memoryFiles(typeof files === 'string' ? { '/p/skaffold.yaml': files } : files),
    home: '/home/me',
    kube: async (wanted) => {
      calls.push(wanted === undefined ? 'kube' : `kube ${wanted}`);
      return await Promise.resolve(wanted === undefined ? kube : { context: wanted });
    },
    repositories: {
      git: async (module: GitModule) => {
        calls.push(module);
        const folder = git[module.repo];
        return await Promise.resolve(folder === undefined ? { why: 'git: no such repository' } : { folder });
      },
    },
    random: () => 'random',
  };
  const { configurations, diagnostics } = await readConfigurations(
    {
      ...{ path: '/p', command: 'dev', profiles: [], autoActivation: true, propagateProfiles: true },
      ...{ modules: [], env: {}, fetch: 'missing', strict: false, ...request },
    },
    around,
  );
  const found = diagnostics.map(({ code, message, place }) => [code, place?.file, place?.line, place?.column, message]);
  return { configurations, found, calls };
}

/** Returns the names with the active profiles of what was read. */
const summary = ({ configurations }: Read) =>
  configurations.map(({ name, activeProfiles }) => [name ?? '', ...activeProfiles].join(' '));

describe('one file', () => {
  it('is read with profiles, defaults and absolute paths', async () => {
    const text = named('a', `${artifact('x')}${profiles('p', 'q')}`);
    const result = await read(text, { profiles: ['q'] });
    expect(result.found).toEqual([]);
    const [configuration, second] = result.configurations;
    expect(second).toBeUndefined();
    expect(configuration).toMatchObject({
      ...{ name: 'a', file: '/p/skaffold.yaml', index: 0, version: newestVersion, required: false },
      ...{ profiles: ['p', 'q'], activeProfiles: ['q'] },
    });
    expect(configuration && plainJson(configuration.document)).toEqual({
      apiVersion: `skaffold/${newestVersion}`,
      kind: 'Config',
      metadata: { name: 'a' },
      build: {
        artifacts: [{ image: 'x', context: '/p', docker: { dockerfile: 'Dockerfile' } }],
        insecureRegistries: ['q'],
        tagPolicy: { gitCommit: {} },
        local: { concurrency: 1 },
      },
      deploy: { logs: { prefix: 'container' } },
    });
  });

  it.each([
    ['/p', { '/p/skaffold.yaml': head, '/p/skaffold.yml': named('b') }, '/p/skaffold.yaml'],
    ['/p', { '/p/skaffold.yml': head }, '/p/skaffold.yml'],
    ['/p/other', { '/p/other': head }, '/p/other'],
  ])('is found at %s in %j', async (path, files, file) => {
    const { configurations, found } = await read(files, { path });
    expect([configurations.map((one) => one.file), found]).toEqual([[file], []]);
  });

  it('may have several documents', async () => {
    const result = await read(`${named('a')}---\n${head}---\n${named('c')}`);
    expect(summary(result)).toEqual(['a', '', 'c']);
    expect(result.configurations.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('reads the kubeconfig only if something depends on it', async () => {
    expect(
      (await read(named('a', 'deploy: {kubectl: {}}\nprofiles: [{name: p, activation: [{command: dev}]}]'))).calls,
    ).toEqual([]);
    expect((await read(named('a', 'build: {cluster: {}}'))).calls).toEqual(['kube']);
  });

  it.each([
    [{}, {}, 'default'],
    [{}, { namespace: 'ns' }, 'ns'],
    [{ kubeContext: 'other' }, { namespace: 'ns' }, 'default'],
  ])('builds in the namespace of the context: %j with %j in %s', async (request, kube, namespace) => {
    const { configurations } = await read(named('a', 'build: {cluster: {}}'), request, { kube });
    expect(plainJson(configurations[0]?.document ?? expect.fail())).toMatchObject({
      build: { cluster: { namespace } },
    });
  });
});

describe('profiles', () => {
  const activation = (condition: string) =>
    named('a', `profiles: [{name: self, activation: [${condition}]}, {name: p}, {name: q}]\n`);

  it.each<[string, Partial<ConfigurationRequest>, KubeDefaults, string]>([
    ['{command: dev}', {}, {}, 'a self'],
    ['{command: dev}', { command: 'build' }, {}, 'a'],
    ['{command: dev}', { autoActivation: false }, {}, 'a'],
    ['{command: dev}', { profiles: ['p', 'self', 'q'] }, {}, 'a self p q'],
    ['{command: dev}', { profiles: ['p', '-self'] }, {}, 'a p'],
    ['{command: dev}', { profiles: ['-self', 'q', 'p'] }, {}, 'a q p'],
    ['{command: dev}', { profiles: ['p', '-p'], autoActivation: false }, {}, 'a'],
    ['{env: A=1}', { env: { A: '1' } }, {}, 'a self'],
    ['{env: A=1}', { env: { A: '2' } }, {}, 'a'],
    ['{kubeContext: prod}', {}, { context: 'prod' }, 'a self'],
    ['{kubeContext: prod}', {}, { context: 'dev' }, 'a'],
    ['{kubeContext: prod}', {}, {}, 'a'],
    ['{kubeContext: "!prod"}', {}, {}, 'a self'],
    ['{kubeContext: prod}', { kubeContext: 'prod' }, { context: 'dev' }, 'a self'],
    ['{kubeContext: prod}', { kubeContext: 'dev' }, { context: 'prod' }, 'a'],
    ['{command: dev}], requiresAllActivations: true, patches: [', {}, {}, 'a self'],
    ['{command: dev}, {env: A=1}], requiresAllActivations: true, patches: [', {}, {}, 'a'],
  ])('with %s and %j in %j: %s', async (condition, request, kube, expected) => {
    const result = await read(activation(condition), request, { kube });
    expect([summary(result), result.found]).toEqual([[expected], []]);
  });

  it('is not asked for its context if the command line has one', async () => {
    expect((await read(activation('{kubeContext: prod}'), { kubeContext: 'prod' })).calls).toEqual([]);
    expect((await read(activation('{kubeContext: prod}'), { autoActivation: false })).calls).toEqual([]);
  });

  const own = named(
    'a',
    'deploy: {kubeContext: other}\nprofiles: [{name: p, activation: [{kubeContext: "^(dev)?$"}]}]\n',
  );
  it.each<[Partial<ConfigurationRequest>, KubeDefaults, boolean]>([
    [{}, { context: 'dev' }, true],
    [{}, {}, true],
    [{ profiles: ['-p'] }, { context: 'dev' }, true],
    [{}, { context: 'third' }, false],
    [{ kubeContext: 'dev' }, { context: 'dev' }, false],
    [{ autoActivation: false }, { context: 'dev' }, false],
  ])('contradict deploy.kubeContext with %j in %j: %s', async (request, kube, contradicts) => {
    const { found } = await read(own, request, { kube });
    const message = `profile \`p\` is active for the kube context \`${kube.context ?? ''}\`, but \`deploy.kubeContext\` is \`other\``;
    expect(found).toEqual(contradicts ? [['S014', 'skaffold.yaml', 4, 23, message]] : []);
  });

  it('may choose the context that is current', async () => {
    expect((await read(own, {}, { kube: { context: 'other' } })).found).toEqual([]);
  });
});

describe('required configurations', () => {
  const files = {
    '/p/skaffold.yaml': named('main', 'requires: [{path: lib}, {path: web/config.yaml}, {path: ../out}]\n'),
    '/p/lib/skaffold.yml': named('lib', artifact('l')),
    '/p/web/config.yaml': named('web', `requires: [{path: ../lib/skaffold.yml}]\n${artifact('w')}`),
    '/out/skaffold.yaml': named('out'),
  };

  it('stand once, before those that require them, with paths relative to their own folder', async () => {
    const result = await read(files);
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
    const result = await read(files, { modules });
    expect([summary(result), result.found]).toEqual([expected, []]);
  });

  it('are selected by configs, also in the same file', async () => {
    const lib = ['a', 'b', 'c'].map((name) => named(name)).join('---\n');
    const main = `${named('one', 'requires: [{path: lib, configs: [c, a]}]\n')}---\n${named('two', 'requires: [{configs: [one]}]\n')}`;
    const result = await read({ '/p/skaffold.yaml': main, '/p/lib/skaffold.yaml': lib });
    expect([summary(result), result.found]).toEqual([['a', 'c', 'one', 'two'], []]);
    expect(result.configurations.map(({ required }) => required)).toEqual([true, true, false, false]);
  });

  it('may require each other', async () => {
    const circular = {
      '/p/skaffold.yaml': named('main', 'requires: [{path: a}]\n'),
      '/p/a/skaffold.yaml': named('a', 'requires: [{path: ../b}, {configs: [a]}]\n'),
      '/p/b/skaffold.yaml': named('b', 'requires: [{path: ../a}, {path: ..}]\n'),
    };
    const result = await read(circular);
    expect([summary(result), result.found]).toEqual([['b', 'a', 'main'], []]);
  });

  it('may be patched by a profile', async () => {
    const text = named(
      'main',
      'requires: [{path: lib}]\nprofiles: [{name: p, patches: [{path: /requires/0/path, value: web}]}]\n',
    );
    const result = await read(
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
      const result = await read(main(activeProfiles), request);
      expect([summary(result), result.found]).toEqual([expected, []]);
    });

    it('may be required twice with the same ones', async () => {
      const result = await read(main('{name: x}, {name: y}', ', {path: lib, activeProfiles: [{name: y}, {name: x}]}'));
      expect([summary(result), result.found]).toEqual([['lib x y', 'main'], []]);
    });

    it('may not be required with different ones', async () => {
      const { found } = await read(main('{name: x}', ', {path: lib}'));
      const message = 'lib is required with 1 profile (x) and with no profiles';
      expect(found).toEqual([['S006', 'skaffold.yaml', 4, 54, message]]);
    });

    it('names a file that has no name', async () => {
      const lib = `${head}${profiles('x')}`;
      const { found } = await read({ ...main('{name: x}', ', {path: lib}'), '/p/lib/skaffold.yaml': lib });
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
      const result = await read(
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
      expect((await read(text('repo: r, sync: false'))).calls).toEqual([{ repo: 'r', sync: false }]);
    });

    it.each<[string, unknown]>([
      ['repo: none', ['S008', 'skaffold.yaml', 5, 8, '`none` cannot be fetched: git: no such repository']],
      ['repo: r, path: z', ['S005', 'skaffold.yaml', 5, 24, 'the required configuration `z` does not exist in `r`']],
      ['repo: r', ['S005', 'skaffold.yaml', 5, 3, 'the required configuration `skaffold.yaml` does not exist in `r`']],
    ])('may be missing: %s', async (git, expected) => {
      expect((await read(text(git), { profiles: ['any'], modules: ['any'] }, { git: { r: '/r' } })).found).toEqual([
        expected,
      ]);
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
    const { found } = await read(`${named('main', `requires: [{${requirement}}]\n`)}---\n${named('lib')}`);
    expect(found).toEqual([expected]);
  });
});

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
    expect((await read(files, request)).found).toEqual(expected);
  });

  it('of all files are reported at once, each one once', async () => {
    const { found } = await read(
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
    const { found } = await read(named('main', 'profiels: [{name: p}]\n'), { profiles: ['p'], modules: ['x'] });
    expect(found.map(([code]) => code)).toEqual(['W012']);
  });

  it('include names that exist, but not in what is read', async () => {
    const files = {
      '/p/skaffold.yaml': named('main', 'requires: [{path: lib, configs: [a]}]\n'),
      '/p/lib/skaffold.yaml': `${named('a', profiles('x'))}---\n${named('b', profiles('y'))}`,
    };
    const codes = async (request: Partial<ConfigurationRequest>) =>
      (await read(files, request)).found.map(([code]) => code);
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
