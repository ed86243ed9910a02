import { readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { expect, test } from 'vitest';
import type { ImageBuild, SshKeys } from '../../../src/runtime/image-builder.ts';
import { librariesOf } from '../../rigs/engine-images.ts';
import { recordingWork } from '../../rigs/recording-work.ts';
import { noSshAgent, sshAdd, SshAgentRig } from '../../rigs/ssh-agent.ts';
import { onPath } from '../../rigs/tool-image.ts';
import { tarSource, type TreeEntry } from '../../rigs/tree.ts';
import type { ImageBuilderContract } from './under-test.ts';

const ownArchitecture = arch() === 'arm64' ? 'arm64' : 'amd64';
const foreignArchitecture = ownArchitecture === 'arm64' ? 'amd64' : 'arm64';

/** The options of builds that differ between builders. */
export function optionsContract({ traits, subject, unique, buildOf }: ImageBuilderContract): void {
  const build = async (what: ImageBuild) => {
    const { work, text } = recordingWork();
    const outcome = await subject().builder.build(what, work);
    return { outcome, text: text(), lines: text().split('\n') };
  };
  const built = async (what: ImageBuild) => {
    const result = await build(what);
    expect(result.outcome, result.text).toMatchObject({ status: 'succeeded' });
    return result;
  };
  const isRefused = async (what: ImageBuild, option: string) => {
    const { outcome, text } = await build(what);
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { code: 'unsupported', detail: expect.stringContaining(` ${option}: `) as string },
    });
    // Nothing was sent.
    expect(text).toBe('');
  };
  const withDockerfile = (lines: readonly string[]) =>
    tarSource([{ path: 'Dockerfile', content: [...lines, ''].join('\n') }]);

  test('builds up to the stage that `target` names', async () => {
    const word = unique();
    const context = withDockerfile([
      `FROM ${subject().base} AS first`,
      `RUN echo first-${word}`,
      `FROM ${subject().base} AS second`,
      `RUN echo second-${word}`,
    ]);
    const { lines } = await built(buildOf([], { context, target: 'first' }));
    expect(lines).toContain(`first-${word}`);
    expect(lines).not.toContain(`second-${word}`);
    expect((await build(buildOf([], { context, target: 'third' }))).outcome).toMatchObject({
      status: 'failed',
      failure: { code: 'build-failed', detail: expect.stringContaining('third') as string },
    });
  });

  test('runs every instruction again with `noCache`', async () => {
    const word = unique();
    const lines = [`RUN echo ${word}`];
    expect((await built(buildOf(lines))).lines).toContain(word);
    expect((await built(buildOf(lines))).lines.includes(word)).toBe(!traits.caches);
    expect((await built(buildOf(lines, { noCache: true }))).lines).toContain(word);
  });

  test('uses layers of the images in `cacheFrom`, and does without missing ones', async () => {
    const word = unique();
    const lines = ['ARG BUILDKIT_INLINE_CACHE', `RUN echo ${word}`];
    const args = [{ name: 'BUILDKIT_INLINE_CACHE', value: '1' }];
    const first = buildOf(lines, { args });
    const cacheFrom = first.references;
    if (!traits.cacheFrom) {
      await isRefused(buildOf(lines, { cacheFrom }), 'cacheFrom');
      return;
    }
    await built(first);
    expect((await built(buildOf(lines, { args, cacheFrom }))).lines.includes(word)).toBe(!traits.caches);
    await built(buildOf(lines, { args, cacheFrom: ['localhost/slipway-test/missing:1'] }));
  });

  const interfacesOf = async (network: string) => {
    const word = unique();
    const { text } = await built(buildOf([`RUN echo begin-${word}; ls /sys/class/net; echo end-${word}`], { network }));
    const [, names = ''] = new RegExp(`^begin-${word}\n([^]*)^end-${word}$`, 'm').exec(text) ?? [];
    // Those of containers and pods come and go while others run.
    return names
      .trim()
      .split('\n')
      .filter((name) => !/^(veth|cni|br-)/.test(name));
  };

  test('has only a loopback interface with the network `none`', async () => {
    if (traits.networks.includes('none')) expect(await interfacesOf('none')).toEqual(['lo']);
    else await isRefused(buildOf([], { network: 'none' }), 'network');
  });

  test('has the interfaces of the engine with the network `host`', async () => {
    if (traits.networks.includes('host')) {
      const [host, usual] = [await interfacesOf('host'), await interfacesOf('default')];
      expect(host.length).toBeGreaterThan(1);
      if (traits.defaultNetwork === 'own') expect(host).not.toEqual(usual);
      else expect(host).toEqual(usual);
    } else await isRefused(buildOf([], { network: 'host' }), 'network');
  });

  test('builds with the network `default`', async () => {
    expect(await interfacesOf('default')).toContain('lo');
  });

  test('fails if the engine has no network of that name', async () => {
    const what = buildOf([`RUN echo ${unique()}`], { network: 'slipway-test-missing' });
    if (traits.networks.includes('name'))
      expect((await build(what)).outcome).toMatchObject({ status: 'failed', failure: { code: 'build-failed' } });
    else await isRefused(what, 'network');
  });

  const describe = async ({ references: [reference = ''] }: ImageBuild) =>
    (await subject().describeImage(reference)) ?? '';
  const architectureOf = (description: string) => /"architecture" ?: ?"([^"]*)"/i.exec(description)?.[1];

  test('builds for the platform of this machine, and the image says so', async () => {
    const what = buildOf([`RUN echo ${unique()}`], { platforms: [`linux/${ownArchitecture}`] });
    await built(what);
    expect(architectureOf(await describe(what))).toBe(ownArchitecture);
  });

  test.each([
    [`linux/${foreignArchitecture}`, foreignArchitecture],
    // After the other one: a builder must not mix them up in its cache.
    ['linux/arm/v7', 'arm'],
    [`linux/${ownArchitecture}`, ownArchitecture],
  ])('builds from scratch for the platform %s, and the image says so', async (platform, architecture) => {
    const context = withDockerfile(['FROM scratch', 'COPY Dockerfile /made-of']);
    const what = buildOf([], { context, platforms: [platform], baseImages: [] });
    await built(what);
    expect(architectureOf(await describe(what))).toBe(architecture);
  });

  test('fails if the base image is for another platform', async () => {
    const what = buildOf([`LABEL word=${unique()}`], { platforms: [`linux/${foreignArchitecture}`] });
    const { outcome } = await build(what);
    expect(outcome.status).toBe(traits.checksPlatform ? 'failed' : 'succeeded');
  });

  test('refuses two platforms', async () => {
    await isRefused(buildOf([], { platforms: ['linux/amd64', 'linux/arm64'] }), 'platforms');
  });

  test('adds `addHosts` to /etc/hosts of each instruction', async () => {
    const what = buildOf([`RUN echo ${unique()}; cat /etc/hosts`], {
      addHosts: [
        { name: 'one.example', address: '192.0.2.1' },
        { name: 'two.example', address: '192.0.2.2' },
      ],
    });
    if (!traits.addHosts) {
      await isRefused(what, 'addHosts');
      return;
    }
    const { text } = await built(what);
    expect(text).toMatch(/^192\.0\.2\.1\s+one\.example$/m);
    expect(text).toMatch(/^192\.0\.2\.2\s+two\.example$/m);
  });

  test.each(['agent', 'keys'] as const)('lets instructions that mount them sign with SSH keys: %s', async (kind) => {
    const refused = new Map<string, SshKeys>([['default', kind === 'agent' ? { agent: '/s' } : { keys: ['k'] }]]);
    if (!traits.ssh.includes(kind)) await isRefused(buildOf([], { ssh: refused }), 'ssh');
  });

  test.skipIf(noSshAgent !== undefined).each(traits.ssh)(
    'lets instructions that mount them sign with SSH keys: %s (needs OpenSSH)',
    async (kind) => {
      await using agent = await SshAgentRig.start();
      const keys: SshKeys = kind === 'agent' ? { agent: agent.socket } : { keys: [agent.key.privateKey] };
      const ssh = new Map([
        ['default', keys],
        ['other', keys],
      ]);
      const files = [...(await programFiles('ssh-add')), { path: 'ssh/key.pub', content: `${agent.key.publicKey}\n` }];
      const { text } = await built(
        buildOf(
          [
            'COPY ssh /',
            `RUN echo ${unique()}`,
            'RUN --mount=type=ssh ssh-add -L',
            'RUN --mount=type=ssh,id=other ssh-add -T /key.pub',
          ],
          { ssh },
          files,
        ),
      );
      expect(text).toContain(agent.key.publicKey);
      // A build must not change the agent of the user.
      await build(buildOf(['COPY ssh /', `RUN echo ${unique()}`, 'RUN --mount=type=ssh ssh-add -D'], { ssh }, files));
      expect((await sshAdd(agent.socket, ['-L'])).output).toContain(agent.key.publicKey);
    },
  );

  test.skipIf(!traits.ssh.includes('agent'))('fails if no ssh-agent listens on the socket', async () => {
    const { outcome, text } = await build(buildOf([], { ssh: new Map([['deploy', { agent: '/nowhere/agent' }]]) }));
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { code: 'build-failed', detail: expect.stringMatching(/id deploy: .*\/nowhere\/agent/) as string },
    });
    expect(text).toBe('');
  });
}

/** A program of this machine and its libraries, in the folder `ssh` of a context. */
async function programFiles(name: string): Promise<readonly TreeEntry[]> {
  const program = onPath(name) ?? '';
  const paths = [program, ...(await librariesOf(program))];
  return paths.map((path) => ({
    path: `ssh${path === program ? `/bin/${name}` : path}`,
    mode: 0o755,
    content: readFileSync(path),
  }));
}
