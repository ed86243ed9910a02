import { describe, expect, it } from 'vitest';
import { EngineWorld, exits, stagesOf, succeeds, waits } from '../../test/rigs/engine-world.ts';
import { StoreError } from '../store/store.ts';
import { onAbort } from '../util/abort.ts';

describe('a run', () => {
  it('runs stages in order and the steps of a stage in parallel', async () => {
    using world = new EngineWorld();
    const order: string[] = [];
    let together = 0;
    const bothBegun = new Promise<void>((resolve) => {
      const meet = () => (++together === 2 ? resolve() : undefined);
      behaviours.a = async () => (meet(), await bothBegunOf(), order.push('a'), await succeeds());
      behaviours.b = async () => (meet(), await bothBegunOf(), order.push('b'), await succeeds());
    });
    async function bothBegunOf(): Promise<void> {
      await bothBegun;
    }
    const { run, done } = await world.start(
      stagesOf([
        { name: 'one', steps: ['a', 'b'] },
        { name: 'two', steps: ['c'] },
      ]),
      {
        ...behaviours,
        c: async () => (order.push('c'), await succeeds()),
      },
    );
    expect((await done).status).toBe('succeeded');
    expect(order.at(-1)).toBe('c');
    expect(await world.ends(run)).toEqual(['a: succeeded', 'b: succeeded', 'c: succeeded']);
  });

  it('cancels the siblings of a failed step and records the end of each', async () => {
    using world = new EngineWorld();
    const slow = waits();
    const { run, done } = await world.start(
      stagesOf([
        { name: 'one', steps: ['bad', 'slow'] },
        { name: 'next', steps: ['never'] },
        { name: 'after', runsIf: 'fail', steps: ['tell'] },
      ]),
      {
        bad: async () => (await slow.begun, await exits(3)()),
        slow,
        tell: succeeds,
      },
    );
    expect(await done).toMatchObject({ status: 'failed' });
    expect(await world.ends(run)).toEqual([
      'bad: failed exit-nonzero',
      'slow: cancelled siblingFailed',
      'never: skipped condition',
      'tell: succeeded',
    ]);
    const state = await world.strictState(run);
    expect(state.iterations[0]?.stages.map((stage) => stage.status)).toEqual(['failed', 'skipped', 'succeeded']);
  });

  it('stays failed when a sibling succeeds after the failure', async () => {
    using world = new EngineWorld();
    let failed = (): void => undefined;
    const afterFailure = new Promise<void>((resolve) => (failed = resolve));
    const { done } = await world.start(stagesOf([{ name: 'one', steps: ['bad', 'late'] }]), {
      bad: async (work) => {
        onAbort(work.signal, failed);
        return await exits(1)();
      },
      late: async () => (await afterFailure, await succeeds()),
    });
    expect((await done).status).toBe('failed');
  });

  it('fails only the step that throws', async () => {
    using world = new EngineWorld();
    const { run, done } = await world.start(
      stagesOf([{ name: 'one', steps: [{ name: 'broken', allowFailure: true }, 'well'] }]),
      {
        broken: async () => {
          throw new TypeError('a mistake of ours');
        },
        well: succeeds,
      },
    );
    expect((await done).status).toBe('succeeded');
    expect(await world.ends(run)).toEqual(['broken: failed internal', 'well: succeeded']);
    const [broken] = (await world.strictState(run)).steps.values();
    expect(broken?.outcome).toMatchObject({ failure: { name: 'TypeError', message: 'a mistake of ours' } });
  });

  it('retries as often as the policy allows, and records why each attempt failed', async () => {
    using world = new EngineWorld();
    let tries = 0;
    const { run, done } = await world.start(stagesOf([{ name: 'one', steps: [{ name: 'flaky', retries: 2 }] }]), {
      flaky: async (work) => {
        await work.output.write('stdout', new TextEncoder().encode(`try ${work.attempt}`));
        return ++tries < 3 ? await exits(tries)() : await succeeds();
      },
    });
    expect((await done).status).toBe('succeeded');
    const [flaky] = (await world.strictState(run)).steps.values();
    expect(flaky).toMatchObject({
      attempt: 3,
      failures: [{ attempt: 1 }, { attempt: 2 }],
      streams: { stdout: { offset: 5 } },
    });
  });

  it('fails an attempt that times out, instead of cancelling it', async () => {
    using world = new EngineWorld();
    const { run, done } = await world.start(stagesOf([{ name: 'one', steps: [{ name: 'slow', timeoutMs: 5 }] }]), {
      slow: waits(),
    });
    expect((await done).status).toBe('failed');
    expect(await world.ends(run)).toEqual(['slow: failed timed-out']);
  });

  it('records an invalid configuration as a run that failed before its first stage', async () => {
    using world = new EngineWorld();
    const diagnostics = [{ code: 'W012', severity: 'error', message: 'unknown field' }] as const;
    const { run, done } = await world.start([], {}, { diagnostics });
    expect(await done).toMatchObject({ status: 'failed', because: 'configuration' });
    const state = await world.strictState(run);
    expect(state).toMatchObject({ status: 'failed', because: 'configuration', diagnostics, iterations: [] });
  });

  it('records a runtime that does not answer', async () => {
    using world = new EngineWorld();
    const { run, done } = await world.start(
      stagesOf([{ name: 'one', steps: ['a'] }]),
      {},
      { equipped: { status: 'unavailable', because: 'runtime', detail: 'no engine' } },
    );
    expect(await done).toMatchObject({ status: 'failed', because: 'runtime' });
    expect(await world.strictState(run)).toMatchObject({ status: 'failed', detail: 'no engine' });
  });

  it('when cancelled stops running steps, runs `always` stages and skips `fail` stages', async () => {
    using world = new EngineWorld();
    const slow = waits();
    const { run, control, done } = await world.start(
      stagesOf([
        { name: 'one', steps: ['slow', 'never-begun'] },
        { name: 'two', steps: ['later'] },
        { name: 'broke', runsIf: 'fail', steps: ['tell'] },
        { name: 'tidy', runsIf: 'always', steps: ['sweep'] },
      ]),
      { slow, sweep: succeeds },
      { jobs: 1 },
    );
    await slow.begun;
    control.cancel('user');
    expect(await done).toMatchObject({ status: 'cancelled', because: 'user' });
    expect(await world.ends(run)).toEqual([
      'slow: cancelled user',
      'never-begun: cancelled user',
      'later: cancelled user',
      'tell: skipped condition',
      'sweep: succeeded',
    ]);
  });

  it('when stopped at once starts nothing more', async () => {
    using world = new EngineWorld();
    const slow = waits();
    const { run, control, done } = await world.start(
      stagesOf([
        { name: 'one', steps: ['slow'] },
        { name: 'tidy', runsIf: 'always', steps: ['sweep'] },
      ]),
      { slow },
    );
    await slow.begun;
    control.stopAtOnce('user');
    expect((await done).status).toBe('cancelled');
    expect(await world.ends(run)).toEqual(['slow: cancelled user', 'sweep: cancelled user']);
  });

  it('is cancelled by a request from another process', async () => {
    using world = new EngineWorld();
    const slow = waits();
    const { run, done } = await world.start(stagesOf([{ name: 'one', steps: ['slow'] }]), { slow });
    await slow.begun;
    await world.store().store.request(run.id, { type: 'cancel', by: 'alice' });
    expect(await done).toMatchObject({ status: 'cancelled', because: 'user' });
  });

  it('cannot append after a takeover, and leaves running workloads alone', async () => {
    using world = new EngineWorld();
    const slow = waits();
    const { run, die, done } = await world.start(stagesOf([{ name: 'one', steps: ['slow', 'other'] }]), {
      slow,
      other: async (work) => (
        await slow.begun,
        await takenOver,
        work.output.observe({ type: 'noted', level: 'info', message: 'x' }),
        await succeeds()
      ),
    });
    let taken = (): void => undefined;
    const takenOver = new Promise<void>((resolve) => (taken = resolve));
    await slow.begun;
    die();
    const resumed = await world.resume(run.id, { slow: succeeds, other: succeeds });
    taken();
    await expect(done).rejects.toMatchObject({ code: 'not-owner' });
    await expect(done).rejects.toBeInstanceOf(StoreError);
    expect((await resumed.done).status).toBe('succeeded');
    expect(await world.ends(resumed.run)).toEqual(['slow: succeeded', 'other: succeeded']);
  });
});

describe('an interrupted run', () => {
  it('resumes where it was: ended steps stay, running steps continue in their attempt, waiting steps run', async () => {
    using world = new EngineWorld();
    const slow = waits();
    const { run, die } = await world.start(
      stagesOf([
        { name: 'one', steps: ['done'] },
        { name: 'two', steps: ['slow', { name: 'twice', retries: 1 }] },
        { name: 'three', steps: ['last'] },
      ]),
      {
        done: succeeds,
        slow: async (work) => {
          await work.output.write('stdout', new TextEncoder().encode('abc'), 7);
          return await slow(work);
        },
        twice: async (work) => (work.attempt === 1 ? await exits(1)() : await slow(work)),
      },
    );
    await untilEvent(run.log, (type) => type === 'step.attempted');
    await untilEvent(run.log, (type) => type === 'output');
    die();
    const seen: Record<string, unknown> = {};
    const resumed = await world.resume(run.id, {
      slow: async (work) => (
        (seen['slow'] = work.begun?.cursors),
        await work.output.write('stdout', new TextEncoder().encode('def'), 10),
        await succeeds()
      ),
      twice: async (work) => ((seen['twice'] = work.attempt), await succeeds()),
      last: succeeds,
    });
    expect((await resumed.done).status).toBe('succeeded');
    expect(seen).toEqual({ slow: { stdout: 7 }, twice: 2 });
    const state = await world.strictState(resumed.run);
    expect([...state.steps.values()].map((step) => `${step.planned.name} ${step.status} ${step.attempt}`)).toEqual([
      'done succeeded 1',
      'slow succeeded 1',
      'twice succeeded 2',
      'last succeeded 1',
    ]);
    expect([...state.steps.values()][1]?.streams).toEqual({ stdout: { offset: 6, cursor: 10 } });
  });

  it('ends as cancelled when it is abandoned, and all its workloads are removed', async () => {
    using world = new EngineWorld();
    const slow = waits();
    const { run, die } = await world.start(
      stagesOf([
        { name: 'one', steps: ['slow'] },
        { name: 'two', runsIf: 'always', steps: ['last'] },
      ]),
      { slow },
    );
    await slow.begun;
    die();
    const given = await world.resume(run.id, { slow, last: succeeds }, { abandon: true });
    expect(await given.done).toMatchObject({ status: 'cancelled', because: 'user' });
    expect(await world.ends(given.run)).toEqual(['slow: cancelled user', 'last: cancelled user']);
    expect(world.removed).toEqual(['all']);
  });

  it('that was never planned ends as failed', async () => {
    using world = new EngineWorld();
    const { store, die } = world.store();
    const { makeRunId } = await import('../model/ids.ts');
    const run = await store.create({ id: makeRunId(1, new Uint8Array(10)), project: 'p', createdAt: 1 });
    die();
    const resumed = await world.resume(run.id, {});
    expect(await resumed.done).toMatchObject({ status: 'failed', because: 'shutdown' });
  });
});

async function untilEvent(
  log: { follow: (after: number, signal: AbortSignal, until: 'forever') => AsyncIterable<{ type: string }> },
  wanted: (type: string) => boolean,
): Promise<void> {
  for await (const event of log.follow(0, new AbortController().signal, 'forever')) if (wanted(event.type)) return;
}

const behaviours: Record<string, () => ReturnType<typeof succeeds>> = {};
