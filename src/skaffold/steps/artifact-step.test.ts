import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { plainStep, WorkRig } from '../../../test/rigs/step-work.ts';
import { Cancelled } from '../../model/outcome.ts';
import { FakeImageBuilder } from '../../runtime/fake/fake-image-builder.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { ArtifactStepSpec } from '../plan/artifact-spec.ts';
import { sourceFiles } from '../../util/source-files.ts';
import { artifactStep } from './artifact-step.ts';

describe('artifact steps', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let images: FakeImageBuilder;
  beforeEach(() => {
    folder = temporaryFolder();
    images = new FakeImageBuilder();
    for (const name of ['app', 'home', 'caches']) fs.mkdirSync(path.join(folder.path, name));
    write({ 'app/Dockerfile': 'FROM base:1\n', 'app/in-context': 'c', 'home/in-home': 'h', elsewhere: 'e' });
  });
  afterEach(() => folder[Symbol.dispose]());

  const at = (name: string) => path.join(folder.path, name);
  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(at(name), content);
  }

  type Docker = Extract<ArtifactStepSpec['builder'], { type: 'docker' }>;
  const docker: Docker = {
    ...{ type: 'docker', dockerfile: 'Dockerfile', args: [], addHosts: [], cacheFrom: [], secrets: [] },
    ...{ noCache: false, pull: 'missing' },
  };

  interface Around {
    readonly rig?: WorkRig;
    readonly env?: Readonly<Record<string, string>>;
    readonly builds?: object;
  }

  async function run(
    builder: Partial<Docker> = {},
    spec: Partial<ArtifactStepSpec> = {},
    { rig = new WorkRig(), env = {}, builds = { images } }: Around = {},
  ) {
    const identity = { store: 'store', run: 'run', stages: [] };
    const resources = { starting: () => ({ [Symbol.dispose]: () => undefined }) };
    const runner = artifactStep({ builds, runtime: builds, identity, resources } as unknown as StepContext, {
      ...{ env, home: at('home'), files: sourceFiles, caches: at('caches'), clock: rig.clock },
      ...{ platform: 'linux', machine: 'linux/amd64' },
    });
    const step = {
      ...plainStep(),
      spec: {
        ...{ kind: 'artifact', image: 'app', reference: 'app:1', context: at('app'), requires: [], platforms: [] },
        ...{ push: false, insecure: false, cache: false, builder: { ...docker, ...builder }, ...spec },
      } as ArtifactStepSpec,
    };
    return await runner.run(step, rig.work);
  }

  describe('the build of an artifact', () => {
    it('has the image as its artifact', async () => {
      expect(await run()).toMatchObject({
        outcome: { status: 'succeeded' },
        artifacts: [{ kind: 'image', name: 'app', references: ['app:1'], pushed: [] }],
      });
    });

    it('has the digest if it was pushed', async () => {
      const { artifacts } = await run({}, { push: true, insecure: true });
      expect(artifacts).toMatchObject([{ pushed: [{ reference: 'app:1', digest: images.registry.get('app:1') }] }]);
      expect(images.pushes).toMatchObject([{ reference: 'app:1', insecure: true }]);
    });

    it('passes the images that it requires as arguments, which the configuration may replace', async () => {
      const requires = ['A', 'B'].map((alias) => ({ alias, reference: `${alias}:1` }));
      await run({ args: [{ name: 'B', value: 'mine' }] }, { requires });
      expect(images.builds[0]?.args).toEqual([
        { name: 'A', value: 'A:1' },
        { name: 'B', value: 'mine' },
      ]);
    });

    it('says where a missing file is named', async () => {
      const writtenAt = { context: { file: 'skaffold.yaml', line: 7, column: 14 } };
      const missing = { code: 'file-missing', field: 'context', path: at('none') };
      const { outcome } = await run({}, { context: at('none'), writtenAt });
      expect(outcome).toMatchObject({ failure: { ...missing, at: writtenAt.context } });
      expect(await run({}, { context: at('none') })).toMatchObject({ outcome: { failure: missing } });
    });

    it('takes its image from the cache, unless it is told not to', async () => {
      await run({}, { cache: true });
      expect((await run({}, { cache: true })).artifacts).toMatchObject([{ cache: { hit: true } }]);
      expect(images.builds).toHaveLength(1);
      expect((await run()).artifacts[0]).not.toHaveProperty('cache');
      expect(images.builds).toHaveLength(2);
    });

    it('is a pod of the cluster if it is meant for one, with the logins of a file', async () => {
      write({ 'logins.json': '{"auths":{}}' });
      const cluster = { pod: { kanikoFlags: ['--cache=true'] }, dockerConfig: at('logins.json') };
      const { artifacts } = await run(
        {},
        { cluster, push: true, cache: true },
        { builds: { kind: 'kubernetes', images } },
      );
      expect(images.builds[0]).toMatchObject({
        workload: { name: expect.stringMatching(/-1-1-1-1$/) as string, labels: { 'slipway.dev/step': '1.1.1' } },
        pod: cluster.pod,
        login: { config: '{"auths":{}}' },
        pushes: [{ reference: 'app:1', login: { config: '{"auths":{}}' } }],
      });
      // A builder in a pod keeps no images.
      expect(artifacts[0]).not.toHaveProperty('cache');
      const missing = { pod: {}, dockerConfig: at('none.json') };
      expect(await run({}, { cluster: missing }, { builds: { kind: 'kubernetes', images } })).toMatchObject({
        outcome: { failure: { code: 'file-missing', field: 'build.cluster.dockerConfig.path' } },
      });
    });

    it('masks the logins of a builder in a cluster', async () => {
      const auth = Buffer.from('robot:hunter2hunter2').toString('base64');
      const other = { identitytoken: 'identity-token', registrytoken: 'registry-token', password: 'plain-password' };
      write({
        'logins.json': JSON.stringify({ auths: { 'a.example': { auth }, 'b.example': other } }),
        'app/Dockerfile': [
          ...['FROM base:1', ...[auth, 'hunter2hunter2', ...Object.values(other)].map((text) => `RUN echo ${text}`)],
          'RUN fail hunter2hunter2',
        ].join('\n'),
      });
      const rig = new WorkRig();
      const cluster = { pod: {}, dockerConfig: at('logins.json') };
      const { outcome } = await run({}, { cluster }, { rig, builds: { kind: 'kubernetes', images } });
      const shown = `${rig.lines.join('\n')} ${JSON.stringify(outcome)}`;
      expect(outcome).toMatchObject({ status: 'failed' });
      expect(shown).toContain('echo ***');
      expect(shown).toContain('fail ***');
      for (const secret of [auth, 'hunter2', ...Object.values(other)]) expect(shown).not.toContain(secret);
    });

    it('names the build argument that changed', async () => {
      const args = (value: string) => ({ args: [{ name: 'WHO', value }] });
      await run(args('a'), { cache: true });
      const { artifacts } = await run(args('b'), { cache: true });
      expect(artifacts).toMatchObject([{ cache: { missed: 'option buildArgs.WHO changed' } }]);
    });

    it('runs its hooks around a build, not for a cached image, with the variables of skaffold.env', async () => {
      write({ 'skaffold.env': 'OF_FILE=file\nOF_BOTH=file\n' });
      const say = 'echo "$SKAFFOLD_IMAGE $OF_FILE $OF_BOTH $PWD" >> hooks.log';
      const spec: Partial<ArtifactStepSpec> = {
        ...{ cache: true, place: { folder: folder.path } },
        hooks: { before: [{ command: ['sh', '-c', say], os: [] }], after: [] },
      };
      const env = { PATH: process.env['PATH'] ?? '', OF_BOTH: 'environment' };
      await run({}, spec, { env });
      expect((await run({}, spec, { env })).artifacts).toMatchObject([{ cache: { hit: true } }]);
      expect(fs.readFileSync(at('hooks.log'), 'utf8')).toBe(`app:1 file environment ${folder.path}\n`);
      // Another hook may make another image.
      const other = { ...spec, hooks: { before: [], after: [] } };
      expect((await run({}, other, { env })).artifacts).toMatchObject([{ cache: { missed: 'option hooks changed' } }]);
    });

    it('fails if skaffold.env cannot be read', async () => {
      fs.writeFileSync(at('skaffold.env'), new Uint8Array([0xff, 0xfe, 0x80]));
      expect(await run({}, { place: { folder: folder.path } })).toMatchObject({
        outcome: { status: 'failed', failure: { code: 'file-error' } },
      });
    });

    it('needs a runtime that builds images', async () => {
      const without = { withoutImages: { because: 'no Docker here', advice: 'install it' } };
      expect(await run({}, {}, { builds: without })).toMatchObject({
        outcome: { failure: { code: 'unsupported', detail: 'no Docker here: install it' } },
      });
    });

    it('is cancelled with its signal, before and during the build', async () => {
      const before = new WorkRig();
      before.stop.abort(new Cancelled('user'));
      expect(await run({}, {}, { rig: before })).toMatchObject({ outcome: { status: 'cancelled', because: 'user' } });
      expect(images.builds).toEqual([]);
      write({ 'app/Dockerfile': 'FROM base:1\nRUN sleep 3600\n' });
      for (const which of ['stop', 'atOnce'] as const) {
        const rig = new WorkRig();
        const ended = run({}, {}, { rig });
        await expect.poll(() => images.hanging.size).toBe(1);
        rig[which].abort(new Cancelled('user'));
        expect(await ended).toMatchObject({ outcome: { status: 'cancelled', because: 'user' }, artifacts: [] });
      }
    });
  });

  describe('a secret of a build', () => {
    it.each<[string, Docker['secrets'][number], string]>([
      ['a file of the context', { id: 's', file: 'in-context' }, 'c'],
      ['a file of the home folder', { id: 's', file: '~/in-home' }, 'h'],
      ['a file above the context', { id: 's', file: '../elsewhere' }, 'e'],
      ['a variable', { id: 's', variable: 'TOKEN' }, 't'],
      ['the variable with its name', { id: 'OWN' }, 'o'],
    ])('comes from %s', async (_, secret, value) => {
      await run({ secrets: [secret] }, {}, { env: { TOKEN: 't', OWN: 'o' } });
      expect(images.builds[0]?.secrets).toEqual(new Map([[secret.id, value]]));
    });

    it('comes from skaffold.env', async () => {
      write({ 'skaffold.env': 'TOKEN=of-file\n' });
      await run({ secrets: [{ id: 's', variable: 'TOKEN' }] }, { place: { folder: folder.path } });
      expect(images.builds[0]?.secrets.get('s')).toBe('of-file');
    });

    it('is masked in the output and in the failure', async () => {
      write({ 'app/secret': 'hunter2hunter2', 'app/Dockerfile': 'FROM base:1\nRUN echo hunter2hunter2\nRUN exit 1\n' });
      const rig = new WorkRig();
      const { outcome } = await run({ secrets: [{ id: 's', file: 'secret' }] }, {}, { rig });
      expect(outcome).toMatchObject({ status: 'failed' });
      expect(rig.lines.join('\n')).not.toContain('hunter2');
      expect(rig.lines.join('\n')).toContain('***');
    });

    it('comes from an absolute path', async () => {
      await run({ secrets: [{ id: 's', file: at('elsewhere') }] });
      expect(images.builds[0]?.secrets.get('s')).toBe('e');
    });

    it.each<[string, Partial<Docker>, object]>([
      ['file is missing', { secrets: [{ id: 's', file: 'none' }] }, { code: 'file-missing', field: 'secret s' }],
      ['file is a folder', { secrets: [{ id: 's', file: '.' }] }, { code: 'file-error' }],
      [
        'variable is not set',
        { secrets: [{ id: 's', variable: 'NONE' }] },
        { code: 'build-failed', detail: 'secret s: the variable NONE is not set' },
      ],
      [
        'agent is missing',
        { ssh: 'default' },
        { code: 'build-failed', detail: 'no ssh-agent: SSH_AUTH_SOCK is not set' },
      ],
      ['key is missing', { ssh: 'default=none' }, { code: 'file-missing', field: 'ssh' }],
    ])('fails the build if its %s', async (_, builder, failure) => {
      expect(await run(builder)).toMatchObject({ outcome: { status: 'failed', failure } });
      expect(images.builds).toEqual([]);
    });

    it.each([
      ['default', { SSH_AUTH_SOCK: '/agent' }, new Map([['default', { agent: '/agent' }]])],
      ['other=~/in-home', {}, new Map([['other', { keys: ['h'] }]])],
    ])('of SSH is %s', async (ssh, env, expected) => {
      await run({ ssh }, {}, { env });
      expect(images.builds[0]?.ssh).toEqual(expected);
    });
  });
});
