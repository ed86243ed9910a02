import { expect, test } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { Cancelled, failed, succeeded, type Failure } from '../../model/outcome.ts';
import type { Exit } from '../../runtime/container-io.ts';
import type { ContainerHook, HookContainer, HookContainers } from './container-hook.ts';
import { runContainerHook } from './run-container-hook.ts';

/** A container that prints its arguments and ends. */
const container = (pod: string, exit: Exit = { code: 0 }, namespace?: string): HookContainer => ({
  ...{ pod, container: 'app', ...(namespace !== undefined && { namespace }) },
  async exec(argv, io) {
    io.signal.throwIfAborted();
    await io.stdout?.(Buffer.from(`${argv.join(' ')}\nin ${pod}`));
    return exit;
  },
});
const place = (...containers: readonly HookContainer[]): HookContainers => ({
  find: async () => await Promise.resolve(succeeded(containers)),
});

async function run(containers: HookContainers, { hook = {}, phase = 'after', signal }: Options = {}) {
  const rig = recordingWork(signal);
  const outcome = await runContainerHook({ command: ['migrate', '-x'], ...hook }, phase, containers, rig.work);
  return { outcome, text: rig.text(), observed: rig.observed };
}

interface Options {
  readonly hook?: Partial<ContainerHook>;
  readonly phase?: 'before' | 'after';
  readonly signal?: AbortSignal;
}

test('the output of one container is that of the step', async () => {
  expect(await run(place(container('web-0')))).toEqual({
    outcome: succeeded(undefined),
    text: 'migrate -x\nin web-0',
    observed: [],
  });
});

test('lines of several containers say where they come from', async () => {
  const { outcome, text } = await run(place(container('web-0'), container('web-1')));
  expect(outcome).toEqual(succeeded(undefined));
  expect(text.split('\n').sort()).toEqual([
    '',
    '[web-0 app] in web-0',
    '[web-0 app] migrate -x',
    '[web-1 app] in web-1',
    '[web-1 app] migrate -x',
  ]);
});

const refused: Failure = { code: 'workload-deleted', detail: 'the pod no longer exists', by: 'cluster' };

test.each<[string, Exit, string | undefined, Failure]>([
  [
    'an exit code',
    { code: 3 },
    'shop',
    { code: 'exit-nonzero', exitCode: 3, command: 'after hook `migrate -x` in pod shop/web-0, container app' },
  ],
  [
    'a signal',
    { code: 137, signal: 'SIGKILL' },
    undefined,
    {
      ...{ code: 'exit-nonzero', exitCode: 137, signal: 'SIGKILL' },
      command: 'after hook `migrate -x` in pod web-0, container app',
    },
  ],
  [
    'a pod that is gone',
    { failure: refused },
    'shop',
    { ...refused, detail: 'after hook `migrate -x` in pod shop/web-0, container app: the pod no longer exists' },
  ],
])('a failure names pod, container and reason: %s', async (_, exit, namespace, failure) => {
  expect((await run(place(container('web-0', exit, namespace)))).outcome).toEqual(failed(failure));
});

test('all failures are told, and the first one of the order counts', async () => {
  const { outcome, observed } = await run(
    place(container('web-0'), container('web-1', { code: 1 }), container('web-2', { code: 2 })),
  );
  expect(outcome).toMatchObject({ failure: { exitCode: 1 } });
  expect(observed).toEqual([
    {
      ...{ type: 'noted', level: 'warning' },
      message: 'after hook `migrate -x` in pod web-2, container app failed: exit code 2',
    },
  ]);
});

test.each<[Options, string, string]>([
  [
    { hook: { podName: 'web-*', containerName: 'app' } },
    'warning',
    'after hook `migrate -x` skipped: this deploy has no running container app of a pod web-*',
  ],
  [{ phase: 'before' }, 'info', 'before hook `migrate -x` skipped: this deploy has no running container'],
])('without a container nothing runs and nothing fails: %j', async (options, level, message) => {
  expect(await run(place(), options)).toEqual({
    outcome: succeeded(undefined),
    text: '',
    observed: [{ type: 'noted', level, message }],
  });
});

test('is cancelled with its signal', async () => {
  const signal = AbortSignal.abort(new Cancelled('user'));
  expect((await run(place(container('web-0')), { signal })).outcome).toEqual({ status: 'cancelled', because: 'user' });
});

test('what cannot be searched fails the hook', async () => {
  const lost = failed({ code: 'runtime-lost', detail: 'gone' });
  expect((await run({ find: async () => await Promise.resolve(lost) })).outcome).toEqual(lost);
});
