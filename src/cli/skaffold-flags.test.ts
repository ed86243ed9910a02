import { describe, expect } from 'vitest';
import { it } from '../../test/rigs/command-line.ts';
import type { ConfigurationRequest } from '../engine/configuration-reader.ts';

const defaults: ConfigurationRequest = {
  path: '/home/me/shop',
  command: 'diagnose',
  profiles: [],
  autoActivation: true,
  propagateProfiles: true,
  modules: [],
  env: {},
  fetch: 'missing',
  strict: true,
};

describe('flags of Skaffold', () => {
  it.for<readonly [readonly string[], Readonly<Record<string, string>>, Partial<ConfigurationRequest>]>([
    [[], {}, {}],
    [['sub'], {}, { path: '/home/me/shop/sub' }],
    [['-f', 'sub/a.yaml'], {}, { path: '/home/me/shop/sub/a.yaml', base: '/home/me/shop' }],
    [['--filename=/a'], {}, { path: '/a', base: '/home/me/shop' }],
    [['-f=/a', '-m=b'], {}, { path: '/a', modules: ['b'], base: '/home/me/shop' }],
    [['a', '-f', 'a'], {}, { path: '/home/me/shop/a' }],
    [['-p', 'a', '--profile', 'b'], {}, { profiles: ['a', 'b'] }],
    [['-p', 'a,b', '-p=-c'], {}, { profiles: ['a', 'b', '-c'] }],
    [['-p', '-a'], {}, { profiles: ['-a'] }],
    [['-m', 'a,b', '--module', 'c'], {}, { modules: ['a', 'b', 'c'] }],
    [['--no-profile-auto-activation'], {}, { autoActivation: false }],
    [['--profile-auto-activation=false'], {}, { autoActivation: false }],
    [['--profile-auto-activation=F'], {}, { autoActivation: false }],
    [['--profile-auto-activation=1'], {}, { autoActivation: true }],
    [['--propagate-profiles=0'], {}, { propagateProfiles: false }],
    [['--no-propagate-profiles'], {}, { propagateProfiles: false }],
    [['--kube-context', 'c'], {}, { kubeContext: 'c' }],
    [['--kube-context='], {}, {}],
    [['--sync-remote-cache', 'never'], {}, { fetch: 'never' }],
    [['--remote-cache-dir', 'cache'], {}, { repositories: '/home/me/shop/cache' }],
    [[], { SKAFFOLD_FILENAME: 'sub' }, { path: '/home/me/shop/sub', base: '/home/me/shop' }],
    [[], { SKAFFOLD_PROFILE: 'a,b' }, { profiles: ['a', 'b'] }],
    [[], { SKAFFOLD_MODULE: 'a' }, { modules: ['a'] }],
    [[], { SKAFFOLD_PROFILE_AUTO_ACTIVATION: 'false' }, { autoActivation: false }],
    [[], { SKAFFOLD_PROFILE_AUTO_ACTIVATION: 'TRUE' }, {}],
    [[], { SKAFFOLD_PROPAGATE_PROFILES: '0' }, { propagateProfiles: false }],
    [[], { SKAFFOLD_KUBE_CONTEXT: 'c' }, { kubeContext: 'c' }],
    [[], { SKAFFOLD_SYNC_REMOTE_CACHE: 'always' }, { fetch: 'always' }],
    [[], { SKAFFOLD_REMOTE_CACHE_DIR: '/cache' }, { repositories: '/cache' }],
    [['-f', 'x'], { SKAFFOLD_FILENAME: 'sub' }, { path: '/home/me/shop/x', base: '/home/me/shop' }],
    [['-p', 'x'], { SKAFFOLD_PROFILE: 'a,b' }, { profiles: ['x'] }],
    [['-m', 'x'], { SKAFFOLD_MODULE: 'a' }, { modules: ['x'] }],
    [['--profile-auto-activation=true'], { SKAFFOLD_PROFILE_AUTO_ACTIVATION: 'false' }, {}],
    [['--no-propagate-profiles'], { SKAFFOLD_PROPAGATE_PROFILES: 'true' }, { propagateProfiles: false }],
    [['--kube-context', 'x'], { SKAFFOLD_KUBE_CONTEXT: 'c' }, { kubeContext: 'x' }],
    [['--sync-remote-cache=missing'], { SKAFFOLD_SYNC_REMOTE_CACHE: 'always' }, {}],
    [['--remote-cache-dir', 'x'], { SKAFFOLD_REMOTE_CACHE_DIR: '/c' }, { repositories: '/home/me/shop/x' }],
    [[], { SKAFFOLD_FILENAME: '', SKAFFOLD_PROFILE: '', SKAFFOLD_MODULE: '', SKAFFOLD_KUBE_CONTEXT: '' }, {}],
    [[], { SKAFFOLD_PROPAGATE_PROFILES: '', SKAFFOLD_SYNC_REMOTE_CACHE: '', SKAFFOLD_REMOTE_CACHE_DIR: '' }, {}],
  ])('%j with %j ask for %j', async ([argv, env, expected], { services, slipway }) => {
    services.environment = env;
    const { stderr } = await slipway(['diagnose', ...argv]);
    expect([services.configurationRequest, stderr]).toEqual([{ ...defaults, env, ...expected }, '']);
  });

  it.for<readonly [string, Partial<ConfigurationRequest>, readonly string[]]>([
    ['-', { path: '/home/me/shop/<stdin>', text: 'kind: Piped' }, []],
    [
      'https://me:secret@git.example/a/app.yaml?token=x',
      { path: '/home/me/shop/<app.yaml of git.example>', text: 'kind: Config' },
      ['fetched https://me:secret@git.example/a/app.yaml?token=x'],
    ],
    [
      'http://git.example',
      { path: '/home/me/shop/<skaffold.yaml of git.example>', text: 'kind: Config' },
      ['fetched http://git.example/'],
    ],
  ])(
    '-f %s is no file, and its paths start at the current folder',
    async ([file, expected, calls], { services, slipway }) => {
      const pipe: Parameters<typeof slipway>[1] = (host) => void host.piped.push(Buffer.from('kind: Piped'));
      await slipway(['diagnose', '-f', file], pipe);
      const base = '/home/me/shop';
      expect([services.configurationRequest, services.calls]).toEqual([{ ...defaults, base, ...expected }, calls]);
      services.calls.length = 0;
      await slipway(['fix', '-f', file], pipe);
      expect(services.calls).toEqual([...calls, `upgraded ${expected.path}`]);
      expect((await slipway(['fix', '--overwrite', '-f', file], pipe)).stderr).toContain('--overwrite needs a file');
    },
  );

  it.for([
    ['ftp://git.example/skaffold.yaml', 'only http and https URLs can be fetched'],
    ['file:///etc/passwd', 'only http and https URLs can be fetched'],
    ['https://:0:/', 'only http and https URLs can be fetched'],
  ])('-f %s is refused', async ([file = '', message = ''], { slipway }) => {
    expect(await slipway(['diagnose', '-f', file])).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining(message) as string },
    });
  });

  it('reads skaffold.env of the folder that -C names', async ({ services, slipway }) => {
    const asked: string[] = [];
    services.configurations.environment = async (folder) => {
      asked.push(folder);
      return await Promise.resolve({ value: { SKAFFOLD_FILENAME: 'x' }, diagnostics: [] });
    };
    await slipway(['-C', '/', 'diagnose']);
    expect([asked, services.configurationRequest?.path]).toEqual([['/'], '/x']);
  });

  it('reports an unreadable skaffold.env, and reads nothing else', async ({ services, slipway }) => {
    services.configurations.environment = async () =>
      await Promise.resolve({ diagnostics: [{ code: 'W003', severity: 'error', message: 'cannot read it' }] });
    expect(await slipway(['diagnose'])).toMatchObject({ code: 2, stderr: expect.stringContaining('W003') as string });
    expect(services.configurationRequest).toBeUndefined();
  });

  it.for<readonly [readonly string[], Readonly<Record<string, string>>, readonly string[]]>([
    [['a', '-f', 'b'], {}, ['the path is given twice: as an argument and with --filename']],
    [['-f', ''], {}, ['a path is empty']],
    [['--profile-auto-activation=maybe'], {}, ['--profile-auto-activation=maybe: the value must be true or false']],
    [
      ['--profile-auto-activation=', '--propagate-profiles=2'],
      {},
      ['--profile-auto-activation=: the value must be true or false', '--propagate-profiles=2: the value must be'],
    ],
    [['--sync-remote-cache', 'often'], {}, ['Allowed choices are always, missing, never']],
    [
      [],
      { SKAFFOLD_SYNC_REMOTE_CACHE: 'often', SKAFFOLD_PROPAGATE_PROFILES: 'maybe' },
      [
        'SKAFFOLD_SYNC_REMOTE_CACHE=often: the value must be always, missing or never',
        'SKAFFOLD_PROPAGATE_PROFILES=maybe: the value must be true or false',
      ],
    ],
  ])('%j with %j are refused: %j', async ([argv, env, expected], { services, slipway }) => {
    services.environment = env;
    const { code, stderr } = await slipway(['diagnose', ...argv]);
    expect(code).toBe(2);
    for (const one of expected) expect(stderr).toContain(one);
    expect(services.configurationRequest).toBeUndefined();
  });

  it('takes words after -- as they are', async ({ services, slipway }) => {
    await slipway(['diagnose', '--', '--propagate-profiles=false']);
    expect(services.configurationRequest).toMatchObject({
      path: '/home/me/shop/--propagate-profiles=false',
      propagateProfiles: true,
    });
  });
});
