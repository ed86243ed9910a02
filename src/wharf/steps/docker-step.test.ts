import { noFollowedOutput } from '../../../test/rigs/no-followed-output.ts';
import { describe, expect, test } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { tarSource } from '../../../test/rigs/tree.ts';
import type { RunId, StepId, StoreId } from '../../model/ids.ts';
import { Cancelled } from '../../model/outcome.ts';
import type { DockerStepSpec } from '../specs/specs.ts';
import { systemClock } from '../../model/clock.ts';
import { FakeImageBuilder, type FakeImageSettings } from '../../runtime/fake/fake-image-builder.ts';
import { fakeRuntime } from '../../runtime/fake/fake-runtime.ts';
import { noMask } from '../../secrets/mask.ts';
import { dockerStep } from './docker-step.ts';
import { noProvisions, type Provisions } from '../../model/provisions.ts';
import type { StepResult } from '../../steps/step-runner.ts';

const spec: DockerStepSpec = {
  kind: 'docker',
  file: 'Dockerfile',
  context: '',
  tag: '1,latest',
  destination: 'registry.example/Team/App',
  push: true,
  args: [],
  secretArgs: [],
  defaultSecret: '${REG_SECRET}',
  insecure: { variable: 'REG_INSECURE' },
};
const names = ['registry.example/team/app:1', 'registry.example/team/app:latest'];
const secrets = (all: Record<string, Record<string, string>>): Provisions => ({
  ...noProvisions,
  secret: (name) => (all[name] === undefined ? undefined : new Map(Object.entries(all[name]))),
});

interface World {
  readonly files?: Readonly<Record<string, string>>;
  readonly provisions?: Provisions;
  readonly builder?: FakeImageSettings | 'none';
  /** Cancels the step when the build prints this. */
  readonly cancelAt?: string;
}

async function run(
  more: Partial<DockerStepSpec>,
  { files = { Dockerfile: 'FROM base' }, provisions = noProvisions, builder = {}, cancelAt }: World = {},
) {
  const images = new FakeImageBuilder(builder === 'none' ? {} : builder);
  const runtime = fakeRuntime({ clock: systemClock, ...(builder !== 'none' && { images }) });
  const snapshot = tarSource(Object.entries(files).map(([path, content]) => ({ path, content })));
  const stop = new AbortController();
  const recorded = recordingWork(stop.signal);
  if (cancelAt !== undefined) void recorded.until(cancelAt).then(() => stop.abort(new Cancelled('user')));
  const step = {
    id: '1.1.1' as StepId,
    name: 'app',
    needs: [],
    policy: { retries: 0, allowFailure: false },
    artifacts: [],
    cache: [],
    spec: { ...spec, ...more },
  };
  const result: StepResult = await dockerStep({
    identity: { store: 'store' as StoreId, run: 'run' as RunId, stages: [{ ordinal: 1, name: 'build' }] },
    mask: noMask,
    builds: runtime,
    resources: { workspace: () => snapshot, starting: () => ({ [Symbol.dispose]: () => undefined }) },
    provisions,
    pull: 'missing',
  }).run(step, {
    ...recorded.work,
    atOnce: new AbortController().signal,
    attempt: 1,
    attemptStartedAt: 0,
    followed: noFollowedOutput,
    nextAttempt: () => {
      throw new Error('unexpected attempt');
    },
  });
  const notes = recorded.observed.flatMap((fact) => (fact.type === 'noted' ? [`${fact.level}: ${fact.message}`] : []));
  return { result, images, recorded, notes, build: images.builds[0] };
}

describe('a docker step', () => {
  test('builds the image, pushes every name and returns the digests', async () => {
    const { result, images, recorded } = await run({});
    const pushed = names.map((reference) => ({ reference, digest: images.registry.get(reference) }));
    expect(result).toEqual({
      outcome: { status: 'succeeded', value: undefined },
      artifacts: [
        {
          kind: 'image',
          name: 'registry.example/Team/App',
          id: images.images.get(names[0] ?? '')?.id,
          references: names,
          pushed,
        },
      ],
    });
    expect(recorded.observed.map(({ type }) => type)).toEqual([
      'progress',
      'image.built',
      'image.pushing',
      'image.pushed',
      'image.pushing',
      'image.pushed',
    ]);
  });

  test('the builder gets all pushes and the workload name with the build', async () => {
    const { images, build } = await run({ secret: '' });
    expect(build?.pushes).toEqual(names.map((reference) => ({ reference, login: 'anonymous', insecure: false })));
    expect(images.pushes.map((push, i) => push === build?.pushes?.[i])).toEqual([true, true]);
    expect(build?.workload).toMatchObject({
      name: 'slipway-run-1-1-1-1',
      labels: { 'slipway.dev/step': '1.1.1', 'slipway.dev/attempt': '1' },
      annotations: { 'slipway.dev/stage-name': 'build', 'slipway.dev/step-name': 'app' },
    });
  });

  test('`push: false` builds only', async () => {
    const { result, images } = await run({ push: false });
    expect(result.artifacts).toMatchObject([{ kind: 'image', references: names, pushed: [] }]);
    expect(images.pushes).toEqual([]);
  });

  test('returns the image although a registry refuses a name', async () => {
    const { result } = await run(
      {},
      { builder: { admit: (reference) => (reference.endsWith('latest') ? 'denied' : undefined) } },
    );
    expect(result.outcome).toEqual({
      status: 'failed',
      failure: { code: 'push-failed', image: names[1], detail: 'denied' },
    });
    expect(result.artifacts).toMatchObject([{ references: names, pushed: [{ reference: names[0] }] }]);
  });

  test('a failed build fails the step', async () => {
    const { result } = await run({}, { files: { Dockerfile: 'FROM base\nRUN exit 7' } });
    expect(result).toEqual({
      outcome: { status: 'failed', failure: { code: 'build-failed', detail: 'exit code 7: RUN exit 7' } },
      artifacts: [],
    });
  });

  test('a missing Dockerfile fails the step', async () => {
    const { result } = await run({ file: 'docker/Dockerfile' });
    expect(result.outcome).toMatchObject({
      status: 'failed',
      failure: { code: 'file-missing', field: 'file', path: 'docker/Dockerfile' },
    });
  });

  test('a runtime that cannot build images fails the step with advice', async () => {
    const { result } = await run({}, { builder: 'none' });
    expect(result.outcome).toMatchObject({ status: 'failed', failure: { code: 'unsupported' } });
    expect(JSON.stringify(result.outcome)).toContain('--on docker');
  });

  test('cancelling the step cancels the build', async () => {
    const { result } = await run({}, { files: { Dockerfile: 'FROM base\nRUN sleep 5' }, cancelAt: 'RUN sleep' });
    expect(result).toEqual({ outcome: { status: 'cancelled', because: 'user' }, artifacts: [] });
  });

  test('passes on base images, insecure registries and the pull policy', async () => {
    const { build, images } = await run(
      { insecure: true, args: ['V=2'] },
      { files: { Dockerfile: 'ARG V=1\nFROM base:$V' } },
    );
    expect(build).toMatchObject({ baseImages: ['base:2'], insecure: true, pull: 'missing', labels: {} });
    expect(images.pushes.every(({ insecure }) => insecure)).toBe(true);
  });
});

describe('the login for pushes', () => {
  const config = '{"auths":{"registry.example":{"auth":"eDp5"}}}';
  test.each<[string, Partial<DockerStepSpec>, Record<string, Record<string, string>>, unknown]>([
    ['default: the logins of the user', {}, {}, undefined],
    ['an empty secret: no login', { secret: '' }, { 'gitlab-registry': { '.dockerconfigjson': config } }, 'anonymous'],
    ['an empty REG_SECRET: no login', { defaultSecret: '' }, {}, 'anonymous'],
    ['a named secret', { secret: 'mine' }, { mine: { '.dockerconfigjson': config } }, { config }],
    [
      'a username and a password',
      { secret: 'mine' },
      { mine: { username: 'u', password: 'p' } },
      { username: 'u', password: 'p' },
    ],
    [
      'REG_SECRET',
      { defaultSecret: 'theirs' },
      { theirs: { username: 'u', password: 'p' }, 'gitlab-registry': { '.dockerconfigjson': config } },
      { username: 'u', password: 'p' },
    ],
    [
      'gitlab-registry if REG_SECRET is not mapped',
      { defaultSecret: 'theirs' },
      { 'gitlab-registry': { '.dockerconfigjson': config } },
      { config },
    ],
  ])('%s', async (_, more, all, login) => {
    const { images, build } = await run(more, { provisions: secrets(all) });
    expect(images.pushes.map((push) => push.login)).toEqual([login, login]);
    expect(build?.login).toEqual(login);
  });

  test.each([
    ['a missing secret', {}],
    ['a secret without credentials', { mine: { key: 'x' } }],
    ['a secret with an invalid configuration', { mine: { '.dockerconfigjson': '{' } }],
  ])('%s fails the step before anything is built', async (_, all) => {
    const { result, build } = await run({ secret: 'mine' }, { provisions: secrets(all) });
    expect(result.outcome).toMatchObject({ status: 'failed', failure: { code: 'unsupported' } });
    expect(build).toBeUndefined();
  });
});

describe('arguments', () => {
  const secret = { secretName: 'keys', secretArgs: [{ arg: 'TOKEN', key: 'token' }] };
  const provisions = secrets({ keys: { token: 'abc' } });

  test('with values are passed; a bare name is not, with a warning', async () => {
    const { build, notes } = await run({ args: ['A=1', 'B=x=y', 'C=', 'D'] });
    expect(build?.args).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: 'x=y' },
      { name: 'C', value: '' },
    ]);
    expect(notes).toEqual([expect.stringContaining('D=VALUE')]);
  });

  test('with secrets are mounted', async () => {
    const { build, notes } = await run(secret, {
      provisions,
      files: { Dockerfile: 'FROM base\nRUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN' },
    });
    expect([build?.args, build?.secrets, notes]).toEqual([[], new Map([['TOKEN', 'abc']]), []]);
  });

  test('with secrets that the Dockerfile declares are passed as upstream did, with a warning and a remedy', async () => {
    const { build, notes } = await run(secret, {
      provisions,
      files: { Dockerfile: 'FROM base\nARG TOKEN\nRUN echo x' },
    });
    expect(build?.args).toEqual([{ name: 'TOKEN', value: 'abc' }]);
    expect(notes).toEqual([expect.stringMatching(/^warning: .*history.*RUN --mount=type=secret,id=TOKEN/)]);
  });

  test('with secrets that the Dockerfile does not use cause a warning', async () => {
    const { build, notes } = await run(secret, { provisions });
    expect(build?.args).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('nothing in the Dockerfile')]);
  });

  test('with a missing key of a secret fail the step', async () => {
    const { result } = await run(secret, { provisions: secrets({ keys: {} }) });
    expect(result.outcome).toMatchObject({
      status: 'failed',
      failure: { code: 'unsupported', detail: 'the secret keys has no key token' },
    });
  });
});

describe('append-cert', () => {
  const provisions = { ...noProvisions, certificates: tarSource([{ path: 'root.crt', content: 'PEM' }]) };

  test('sends the certificates and appends them as the last layers, as root', async () => {
    const { build } = await run({ appendCert: true }, { provisions, files: { Dockerfile: 'FROM base\nUSER app' } });
    const sent = await textOf(build?.context.open(undefined, new AbortController().signal));
    expect(sent).toMatch(/USER app\nUSER 0:0\nCOPY \S+ \S+\nRUN \[.*ca-certificates\.crt.*\]\nUSER app\n/);
    expect(sent).toContain('PEM');
  });

  test('without certificates leaves the Dockerfile unchanged', async () => {
    const { build } = await run({ appendCert: true });
    expect(await textOf(build?.context.open(undefined, new AbortController().signal))).not.toContain('ca-certificates');
  });
});

async function textOf(tar: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const parts: Uint8Array[] = [];
  if (tar !== undefined) for await (const part of tar) parts.push(part);
  return Buffer.concat(parts).toString();
}
