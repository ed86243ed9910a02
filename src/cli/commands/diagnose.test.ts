import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import type { MergedConfiguration } from '../../engine/configuration-reader.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';

const warning: Diagnostic = { code: 'S015', severity: 'warning', message: 'nothing to remove' };
const error: Diagnostic = { code: 'S010', severity: 'error', message: 'no such profile' };

const shop: MergedConfiguration = {
  name: 'shop',
  file: '/home/me/shop/skaffold.yaml',
  version: 'v2beta29',
  profiles: ['dev', 'prod'],
  activeProfiles: ['prod'],
  artifacts: [
    { image: 'web', builder: 'docker', context: '/home/me/shop/web' },
    { image: 'api-server', builder: 'jib', context: '/home/me/shop' },
    { image: 'old', builder: 'docker', context: '/elsewhere' },
  ],
  manifests: ['rawYaml', 'helm'],
  deployers: ['kubectl'],
  commands: [{ field: 'build.hooks.before[0]', command: 'make assets' }],
  newest: 'v4beta14',
  value: { apiVersion: 'skaffold/v4beta14' },
};
const lib: MergedConfiguration = {
  file: '/home/me/lib/skaffold.yaml',
  version: 'v4beta14',
  ...{ profiles: [], activeProfiles: [], artifacts: [], manifests: [], deployers: [], commands: [] },
  newest: 'v4beta14',
  value: {},
};

describe('diagnose', () => {
  it('describes each configuration', async ({ services, slipway }) => {
    services.merged = { configurations: [lib, shop], yaml: 'unused', diagnostics: [] };
    const { code, stdout, stderr } = await slipway(['diagnose']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        '../lib/skaffold.yaml',
        '  version    v4beta14',
        '  artifacts  none',
        '',
        'shop  skaffold.yaml',
        '  version    v2beta29, read as v4beta14',
        '  profiles   dev, prod (active)',
        '  artifacts  3 artifacts',
        '    web         docker  web',
        '    api-server  jib     .',
        '    old         docker  ../../../elsewhere',
        '  manifests  rawYaml, helm',
        '  deploy     kubectl',
        '  commands   these run as you, on this machine',
        '    build.hooks.before[0]',
        '      make assets',
        '',
      ].join('\n'),
    );
  });

  it('says how many files each image is built from, and lists them with --verbose', async ({ services, slipway }) => {
    const [web, api, old] = shop.artifacts;
    if (!web || !api || !old) throw new Error('the shop has three artifacts');
    const artifacts = [
      { ...web, files: ['/home/me/shop/web/Dockerfile', '/home/me/shop/web/\u001b'] },
      { ...api, unlisted: 'Maven or Gradle lists them' },
      old,
    ];
    services.merged = { configurations: [{ ...shop, artifacts }], yaml: '', diagnostics: [] };
    const printed = async (...flags: readonly string[]) => (await slipway(['diagnose', ...flags])).stdout.split('\n');
    const web2 = '    web         docker  web                 2 files';
    const others = [
      '    api-server  jib     .                   files not listed: Maven or Gradle lists them',
      '    old         docker  ../../../elsewhere',
    ];
    expect((await printed()).slice(4, 7)).toEqual([web2, ...others]);
    expect((await printed('-v')).slice(4, 9)).toEqual([web2, '      web/Dockerfile', '      web/\\u001b', ...others]);
    expect(JSON.parse((await slipway(['diagnose', '--output', 'json'])).stdout)).toMatchObject({
      configurations: [{ artifacts }],
    });
  });

  it('prints only YAML with --yaml-only, and diagnostics beside it', async ({ services, slipway }) => {
    services.merged = { configurations: [lib], yaml: 'kind: Config\n', diagnostics: [warning] };
    expect(await slipway(['diagnose', '--yaml-only'])).toMatchObject({
      ...{ code: 0, stdout: 'kind: Config\n' },
      stderr: expect.stringContaining('warning S015 nothing to remove') as string,
    });
  });

  it('exits 2 after a mistake, and prints no configuration', async ({ services, slipway }) => {
    services.merged = { configurations: [], yaml: '', diagnostics: [error, warning] };
    for (const argv of [['diagnose'], ['diagnose', '--yaml-only']]) {
      const { code, stdout, stderr } = await slipway(argv);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('error S010 no such profile');
      expect(stderr).toContain('warning S015');
    }
  });

  it('exits 2 after a mistake that a build would meet, and describes the configuration', async ({
    services,
    slipway,
  }) => {
    services.merged = { configurations: [lib], yaml: '', diagnostics: [error] };
    const { code, stdout, stderr } = await slipway(['diagnose']);
    expect([code, stdout.split('\n')[0]]).toEqual([2, '../lib/skaffold.yaml']);
    expect(stderr).toContain('error S010');
  });

  it('prints JSON', async ({ services, slipway }) => {
    services.merged = { configurations: [shop], yaml: '', diagnostics: [warning] };
    const { value, ...about } = shop;
    const { code, stdout, stderr } = await slipway(['diagnose', '--output', 'json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      configurations: [{ ...about, configuration: value }],
      diagnostics: [warning],
    });
    services.merged = { configurations: [], yaml: '', diagnostics: [error] };
    const refused = await slipway(['diagnose', '--output', 'json']);
    expect([refused.code, JSON.parse(refused.stdout)]).toEqual([2, { configurations: [], diagnostics: [error] }]);
  });

  it('shows no control characters of a file', async ({ services, slipway }) => {
    services.merged = {
      configurations: [{ ...lib, name: 'a\u001b[31m', profiles: ['p\n'], file: '/home/me/shop/\u202e' }],
      yaml: '',
      diagnostics: [],
    };
    const { stdout } = await slipway(['diagnose']);
    expect(stdout).toContain('a\\u001b[31m  \\u202e\n');
    expect(stdout).toContain('profiles   p\\n\n');
  });
});
