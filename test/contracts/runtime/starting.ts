import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { Cancelled } from '../../../src/model/outcome.ts';
import type { TarSource } from '../../../src/model/tree.ts';
import type { Contract } from './under-test.ts';
import { aborted } from '../../../src/util/abort.ts';

const blocking: TarSource = {
  async *open(_owner, signal) {
    yield new Uint8Array(0);
    await aborted(signal);
    signal.throwIfAborted();
  },
};

const broken: TarSource = {
  async *open() {
    yield new Uint8Array(0);
    throw new Error('the tree could not be read');
  },
};

/** Failed starts, which leave nothing behind. */
export function startingContract({ bench, traits }: Contract): void {
  test('a missing program fails the start, or the end if the engine detects it only then', async () => {
    const { runtime, spec, work } = bound(bench());
    const outcome = await runtime.start(spec([], { container: { command: ['/no/such/command'] } }), work());
    if (outcome.status === 'succeeded') {
      const exit = await bench().tracked(outcome.value).exited('main');
      expect(exit).toMatchObject({
        failure: { code: 'start-failed', detail: expect.stringContaining('/no/such/command') as string },
      });
    } else {
      expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'start-failed' } });
      expect(await bench().leftovers()).toEqual([]);
    }
  });

  test('a program that exists but finds no command has run', async () => {
    const { exit } = await bench().run([say.exit(127)]);
    expect(exit).toMatchObject({ code: 127 });
  });

  test.skipIf(!traits.images).each(['never', 'missing', 'always'] as const)(
    'a missing image is image-unavailable with pull %s',
    async (pull) => {
      const { runtime, spec, work } = bound(bench());
      const image = 'localhost/slipway-contract/no-such-image:1';
      const outcome = await runtime.start(spec([say.exit(0)], { pull, container: { image } }), work());
      const failure = { code: 'image-unavailable', image, ...(pull === 'never' && { notPulled: true }) };
      expect(outcome).toMatchObject({ status: 'failed', failure });
      expect(await bench().leftovers()).toEqual([]);
    },
  );

  test('a start that is cancelled before it begins creates nothing', async () => {
    const { runtime, spec, work } = bound(bench());
    const outcome = await runtime.start(spec([say.exit(0)]), work(AbortSignal.abort(new Cancelled('siblingFailed'))));
    expect(outcome).toEqual({ status: 'cancelled', because: 'siblingFailed' });
    expect(await bench().leftovers()).toEqual([]);
  });

  test('a start that is cancelled while its volumes are filled leaves nothing', async () => {
    const { runtime, spec, work } = bound(bench());
    const cancel = new AbortController();
    const content: TarSource = {
      open(owner, signal) {
        queueMicrotask(() => cancel.abort(new Cancelled('user')));
        return blocking.open(owner, signal);
      },
    };
    const wanted = {
      volumes: [{ name: 'workspace', content: [content] }],
      container: { mounts: [{ volume: 'workspace', path: '/mnt/repo' }] },
    };
    expect(await runtime.start(spec([say.exit(0)], wanted), work(cancel.signal))).toEqual({
      status: 'cancelled',
      because: 'user',
    });
    expect(await bench().leftovers()).toEqual([]);
  });

  test('an error of unreadable content is rethrown, and nothing is left', async () => {
    const { runtime, spec, work } = bound(bench());
    const wanted = {
      volumes: [{ name: 'workspace', content: [broken] }],
      container: { mounts: [{ volume: 'workspace', path: '/mnt/repo' }] },
    };
    await expect(runtime.start(spec([say.exit(0)], wanted), work())).rejects.toThrow('the tree could not be read');
    expect(await bench().leftovers()).toEqual([]);
  });

  test('the signal of a start does not cancel the started workload', async () => {
    const cancel = new AbortController();
    const { runtime, spec, work } = bound(bench());
    const outcome = await runtime.start(spec([say.exitOnTerm(5), say.print('up\n'), say.hang()]), work(cancel.signal));
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
    const workload = bench().tracked(outcome.value);
    await bench().hearUntil(workload, 'up');
    cancel.abort(new Cancelled('user'));
    await workload.stop(20_000);
    expect(await workload.exited('main')).toMatchObject({ code: 5 });
  });

  test('a name that is in use is refused, and the running workload stays', async () => {
    const { runtime, spec, work } = bound(bench());
    const wanted = spec([say.exitOnTerm(6), say.print('up\n'), say.hang()]);
    const first = await bench().startSpec(wanted);
    await bench().hearUntil(first, 'up');
    expect(await runtime.start(wanted, work())).toMatchObject({ status: 'failed', failure: { code: 'internal' } });
    await first.stop(20_000);
    expect(await first.exited('main')).toMatchObject({ code: 6 });
  });

  test('init containers run one after the other before the others', async () => {
    const { image } = bench();
    const mounts = [{ volume: 'shared', path: '/shared' }];
    const common = { image, env: {}, mounts, workingDirectory: { volume: 'shared', path: '' } };
    const { exit, stdout } = await bench().run([say.file('a'), say.file('b')], {
      volumes: [{ name: 'shared', content: [] }],
      initContainers: [
        { name: 'first', command: bench().argv(say.write('a', 'one ')), ...common },
        { name: 'second', command: bench().argv(say.file('a'), say.write('b', 'two')), ...common },
      ],
      container: common,
    });
    expect(stdout.toString()).toBe('one two');
    expect(exit).toMatchObject({ code: 0 });
  });

  test('a failed init container fails the start', async () => {
    const { runtime, spec, work } = bound(bench());
    const init = { name: 'init', image: bench().image, command: bench().argv(say.exit(9)), env: {}, mounts: [] };
    const outcome = await runtime.start(spec([say.exit(0)], { initContainers: [init] }), work());
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'start-failed' } });
    expect(await bench().leftovers()).toEqual([]);
  });
}

function bound(bench: ReturnType<Contract['bench']>) {
  return { runtime: bench.runtime, spec: bench.spec.bind(bench), work: bench.work.bind(bench) };
}
