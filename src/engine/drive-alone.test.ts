import { describe, expect, it } from 'vitest';
import { warnings, type Warning } from '../model/warning.ts';
import { stagesOf, type StageShape } from '../../test/rigs/engine-world.ts';
import { ClosableSink, FakeRun } from '../../test/rigs/fake-run.ts';
import { HeldSteps, stateOf } from '../../test/rigs/held-steps.ts';
import { settled } from '../../test/rigs/step-work.ts';
import { logFormat, type RunEvent } from '../events/event.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { CancelReason } from '../model/outcome.ts';
import { StoreError, type RunRequest } from '../store/store.ts';
import { FileError } from '../util/file-error.ts';
import { aborted } from '../util/abort.ts';
import { driveNew, driveResumed } from './drive-run.ts';
import { RunControl } from './run-control.ts';
import { nextTurn } from '../util/next-turn.ts';

type Preparation = Parameters<typeof driveNew>[2];
type Resumption = Parameters<typeof driveResumed>[2];
type Ready = Extract<Awaited<ReturnType<Preparation['equip']>>, { status: 'ready' }>;

const source = { project: 'p', directory: '/p', file: 'f' };
const workspace = { digest: 'sha256:0' as never, files: 0, bytes: 0 };
const settings = { pull: 'missing', keepFailed: false, jobs: 1 } as const;
const oneStage: readonly StageShape[] = [{ name: 'one', steps: ['a', 'b'] }];

/** A drive whose surroundings record their calls. */
function world() {
  const run = new FakeRun();
  const sink = new ClosableSink(run);
  const control = new RunControl();
  const steps = new HeldSteps();
  const calls: unknown[][] = [];
  const problems: Warning[] = [];
  const executor: Ready['executor'] = {
    steps,
    finished: (step) => void calls.push(['finished', step.name]),
    takeOver: async (...args) => void calls.push(['takeOver', ...args, [...steps.started]]),
    removeAll: async (...args) => void calls.push(['removeAll', ...args]),
    settled: async () => await Promise.resolve(problems.splice(0)),
    close: async () => await Promise.resolve(),
  };
  let broken: (error: StoreError) => void = () => undefined;
  const openSink: Preparation['openSink'] = async (log, onBroken) => {
    expect(log).toBe(run.log);
    broken = onBroken;
    return await Promise.resolve(sink);
  };
  return {
    run,
    sink,
    control,
    steps,
    calls,
    problems,
    executor,
    openSink,
    breakLog: (error: StoreError) => broken(error),
    notes: () =>
      sink.events.flatMap((event) => (event.type === 'run.noted' ? [`${event.level} ${event.message}`] : [])),
    codes: () => sink.events.flatMap((event) => (event.type === 'run.noted' ? [event.code] : [])),
    end: () => sink.events.find((event) => event.type === 'run.finished'),
    types: () => sink.events.map(({ type }) => type),
  };
}

function startNew(change: Partial<Preparation> = {}, shapes = oneStage, ready: Partial<Ready> = {}) {
  const here = world();
  const stages = stagesOf(shapes);
  const stored = { stages, variables: [] };
  const done = driveNew(here.run, here.control, {
    clock: { now: () => 0, sleep: async () => await Promise.resolve() },
    openSink: here.openSink,
    source: async () => await Promise.resolve(source),
    plan: async () => await Promise.resolve({ name: 'n', plan: { stages, variables: [], stored }, diagnostics: [] }),
    equip: async () =>
      await Promise.resolve({ status: 'ready', settings, workspace, executor: here.executor, notes: [], ...ready }),
    ...change,
  });
  done.catch(() => undefined);
  return { ...here, done, stages };
}

describe('a new run', () => {
  it('notes why it was cancelled after its first event, also if that was asked before', async () => {
    let found: () => void = () => undefined;
    const finding = new Promise<void>((resolve) => (found = resolve));
    const { run, types, notes, done } = startNew({ source: async () => (await finding, source) });
    await nextTurn();
    run.ask({ id: '1', at: 0, type: 'cancel', by: 'alice', reason: 'too late' });
    await nextTurn();
    expect(types()).toEqual([]);
    found();
    expect(await done).toMatchObject({ status: 'cancelled' });
    expect(types().slice(0, 2)).toEqual(['run.queued', 'run.noted']);
    expect(notes()).toEqual(['info alice cancelled the run: too late']);
  });

  it.each<[string, Partial<Preparation>]>([
    ['at a question', { plan: async () => await Promise.resolve({ name: 'n', diagnostics: [], cancelled: true }) }],
    ['by a signal', {}],
  ])('that is cancelled %s does not wait for its source', async (_, change) => {
    const { done, control, end } = startNew({
      ...change,
      source: async (signal) => {
        await aborted(signal);
        return source;
      },
    });
    await nextTurn();
    if (change.plan === undefined) control.cancel('user');
    expect(await done).toMatchObject({ status: 'cancelled' });
    expect(end()).toMatchObject({ status: 'cancelled' });
  });

  it('that waited in the queue has the trigger and the annotations that it was stored with', async () => {
    const trigger = { kind: 'api', by: 'alice' } as const;
    const asked = { trigger, annotations: { 'example.org/reason': 'nightly' } };
    const { done, sink } = startNew(asked, []);
    await done;
    expect(sink.events[0]).toMatchObject({ type: 'run.queued', ...asked });
  });

  it('records events from queued to finished, then closes the log, then releases the lease', async () => {
    const { done, steps, sink, run, calls, stages } = startNew();
    await settled();
    expect(steps.running).toEqual(['a']);
    await steps.succeed('a');
    await steps.succeed('b');
    expect(await done).toEqual({ run: 'run', status: 'succeeded' });
    expect(sink.events).toEqual([
      {
        type: 'run.queued',
        format: logFormat,
        number: 7,
        name: 'n',
        source,
        trigger: { kind: 'command' },
        annotations: {},
      },
      { type: 'run.started', settings },
      { type: 'iteration.planned', iteration: 1, stages, variables: [], workspace },
      { type: 'stage.started', iteration: 1, stage: 1 },
      { type: 'stage.finished', iteration: 1, stage: 1, status: 'succeeded' },
      { type: 'iteration.finished', iteration: 1, status: 'succeeded' },
      { type: 'run.finished', status: 'succeeded' },
    ]);
    expect(run.calls).toEqual(['closed', 'requests ended', 'released']);
    expect(calls).toEqual([
      ['finished', 'a'],
      ['finished', 'b'],
    ]);
  });

  it('records its trigger', async () => {
    const trigger = { kind: 'command', rerunOf: 'r' as never } as const;
    const { sink, control } = startNew({ trigger });
    await settled();
    control.stopAtOnce('user');
    expect(sink.events[0]).toMatchObject({ trigger });
  });

  it('records notes, and diagnostics with their place', async () => {
    const diagnostics: Diagnostic[] = [
      { code: 'W1', severity: 'info', message: 'i', place: { file: 'f', line: 3, column: 4 } },
      { code: 'W2', severity: 'warning', message: 'w' },
    ];
    const stages = stagesOf([]);
    const { done, notes, codes, types } = startNew(
      {
        plan: async () =>
          await Promise.resolve({
            name: 'n',
            plan: { stages, variables: [], stored: { stages, variables: [] } },
            diagnostics,
          }),
      },
      [],
      { notes: warnings('W082', ['n1', 'n2']) },
    );
    expect(await done).toEqual({ run: 'run', status: 'skipped' });
    expect(notes()).toEqual(['warning n1', 'warning n2', 'info f:3:4 i', 'warning w']);
    expect(codes()).toEqual(['W082', 'W082', ...diagnostics.map(({ code }) => code)]);
    expect(types().slice(0, 2)).toEqual(['run.queued', 'run.started']);
  });

  it('reports failed removals at the end', async () => {
    const { done, steps, problems, notes } = startNew();
    problems.push({ code: 'W087', message: 'w-1 is stuck' });
    await settled();
    await steps.fail('a');
    expect(await done).toEqual({ run: 'run', status: 'failed' });
    expect(notes()).toEqual(['warning w-1 is stuck']);
  });

  it('does not wait for removals when it stops at once', async () => {
    const { done, control, problems } = startNew();
    problems.push({ code: 'W087', message: 'w-1 is stuck' });
    await settled();
    control.stopAtOnce('user');
    expect(await done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
    expect(problems).toHaveLength(1);
  });

  it.each<[CancelReason, string]>([
    ['user', 'user'],
    ['shutdown', 'shutdown'],
    ['superseded', 'user'],
  ])('cancelled by %s ends as cancelled because of %s', async (because, told) => {
    const { done, control, end } = startNew();
    await settled();
    control.cancel(because);
    expect(await done).toEqual({ run: 'run', status: 'cancelled', because: told });
    expect(end()).toEqual({ type: 'run.finished', status: 'cancelled', because: told });
  });
});

describe('a new run that does not start', () => {
  const error: Diagnostic = { code: 'W1', severity: 'error', message: 'e' };
  const unplanned = async () => await Promise.resolve({ name: 'n', diagnostics: [error] });

  it('because of its configuration records the diagnostics', async () => {
    const { done, sink } = startNew({ plan: unplanned });
    expect(await done).toEqual({ run: 'run', status: 'failed', because: 'configuration' });
    expect(sink.events.slice(1)).toEqual([
      { type: 'run.finished', status: 'failed', because: 'configuration', diagnostics: [error] },
    ]);
  });

  it('because the user declined a question ends as cancelled', async () => {
    const { done } = startNew({ plan: async () => ({ ...(await unplanned()), cancelled: true }) });
    expect(await done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
  });

  it('because it was cancelled during planning ends as cancelled', async () => {
    const here = startNew({
      plan: async (signal) => {
        here.control.cancel('user');
        expect(signal.aborted).toBe(true);
        return await unplanned();
      },
    });
    expect(await here.done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
    expect(here.types()).toEqual(['run.queued', 'run.finished']);
  });

  it('because of its runtime records the reason', async () => {
    const { done, end } = startNew({
      equip: async () => await Promise.resolve({ status: 'unavailable', because: 'runtime', detail: 'none' }),
    });
    expect(await done).toEqual({ run: 'run', status: 'failed', because: 'runtime' });
    expect(end()).toMatchObject({ detail: 'none' });
  });

  it.each(['unavailable', 'rejected', 'ready'])(
    'because it was cancelled meanwhile (%s) ends as cancelled',
    async (how) => {
      const here = startNew({
        equip: async (_plan, _sink, signal) => {
          here.control.cancel('user');
          expect(signal.aborted).toBe(true);
          if (how === 'rejected') throw new Error('torn down');
          return how === 'unavailable'
            ? { status: 'unavailable', because: 'runtime', detail: 'd' }
            : { status: 'ready', settings, workspace, executor: here.executor, notes: [] };
        },
      });
      expect(await here.done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
      expect(here.steps.started).toEqual([]);
    },
  );

  it.each<[unknown, object]>([
    [new TypeError('a mistake'), { because: 'internal', detail: 'a mistake' }],
    ['text', { because: 'internal', detail: 'text' }],
    [new FileError('disk-full', 'full'), { because: 'store', detail: 'full' }],
  ])('because of %s records the reason, and rejects', async (thrown, why) => {
    const { done, run, sink } = startNew({
      equip: async () => {
        throw thrown as Error;
      },
      // It rejects before the source is known.
      source: async () => (await settled(), source),
    });
    await expect(done).rejects.toBe(thrown);
    expect(sink.events.map(({ type }) => type)).toEqual(['run.queued', 'run.finished']);
    expect(sink.events[1]).toEqual({ type: 'run.finished', status: 'failed', ...why });
    expect(run.calls).toEqual(['closed', 'requests ended', 'released']);
  });
});

describe('a driven run', () => {
  it.each<[StoreError['code'], boolean]>([
    ['not-owner', true],
    ['disk-full', false],
  ])('whose log is broken (%s) stops, rejects with the error, and releases the lease', async (code, atOnce) => {
    const { done, run, control, breakLog } = startNew();
    const error = new StoreError(code, 'broken');
    await settled();
    breakLog(error);
    await expect(done).rejects.toBe(error);
    expect([control.because, control.atOnce.aborted]).toEqual(['shutdown', atOnce]);
    expect(run.calls).toEqual(['closed', 'requests ended', 'released']);
  });

  it('whose log is broken rejects with that error, whatever else is thrown', async () => {
    const error = new StoreError('disk-full', 'broken');
    const here = startNew({
      equip: async () => {
        here.breakLog(error);
        here.steps.run = async () => await Promise.reject(new Error('another'));
        return await Promise.resolve({ status: 'ready', settings, workspace, executor: here.executor, notes: [] });
      },
      source: async () => (await settled(), await Promise.reject(new Error('yet another'))),
    });
    await expect(here.done).rejects.toBe(error);
    expect(here.end()).toBeUndefined();
    expect(here.run.calls).toEqual(['requests ended', 'released']);
  });

  it('that loses its lease stops at once', async () => {
    const { done, run, control } = startNew();
    const error = new StoreError('not-owner', 'taken over');
    await settled();
    run.lose(error);
    await expect(done).rejects.toBe(error);
    expect([control.because, control.atOnce.aborted]).toEqual(['shutdown', true]);
  });

  it('that has ended ignores the loss of its lease', async () => {
    const { done, run, control } = startNew({}, []);
    await done;
    run.lose(new StoreError('not-owner', 'taken over'));
    expect(control.asked.aborted).toBe(false);
  });

  it('cancels on request', async () => {
    const { done, run, control } = startNew();
    await settled();
    run.ask({ id: '1', at: 0, type: 'cancel', by: 'alice' });
    expect(await done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
    expect(control.atOnce.aborted).toBe(false);
  });

  it('continues if requests cannot be read', async () => {
    const here = startNew({}, []);
    here.run.requestsFail = true;
    expect((await here.done).status).toBe('skipped');
  });
});

const begun: RunEvent[] = [
  { type: 'stage.started', iteration: 1, stage: 1 },
  { type: 'step.started', step: '1.1.1' as never, attempt: 1 },
];

function resume(change: Partial<Resumption> = {}, jobs: number | undefined = 1, waiting: readonly RunRequest[] = []) {
  const here = world();
  here.run.waiting.push(...waiting);
  const stages = stagesOf([{ name: 'one', steps: ['a', 'b', 'c'] }]);
  const state = stateOf(stages, begun);
  if (jobs !== undefined) state.settings = { ...settings, jobs };
  const done = driveResumed(here.run, here.control, {
    openSink: here.openSink,
    state,
    stages,
    executor: async () => await Promise.resolve(here.executor),
    abandon: false,
    notes: [],
    ...change,
  });
  done.catch(() => undefined);
  return { ...here, done, state };
}

const unplannedState = () => ({ ...stateOf([]), iterations: [] });

describe('an interrupted run', () => {
  it('is taken over before its steps continue, with the same limit of jobs', async () => {
    const { done, steps, types, calls, state, control } = resume();
    await settled();
    expect(types()).toEqual(['run.resumed']);
    expect(calls).toEqual([['takeOver', state.steps, control.atOnce, []]]);
    expect(steps.started).toEqual(['a']);
    await steps.succeed('a');
    expect(steps.running).toEqual(['b']);
    await steps.succeed('b');
    await steps.succeed('c');
    expect(await done).toEqual({ run: 'run', status: 'succeeded' });
    expect(calls.slice(1)).toEqual([
      ['finished', 'a'],
      ['finished', 'b'],
      ['finished', 'c'],
    ]);
  });

  it('that was cancelled before starts nothing new, and says so', async () => {
    const asked = { id: '1', at: 0, type: 'cancel', by: 'alice' } as const;
    const { done, steps, run, notes, control } = resume({}, 1, [asked]);
    expect(await done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
    expect([steps.started, control.atOnce.aborted]).toEqual([['a'], false]);
    expect(notes()).toEqual(['warning the run was cancelled before it was resumed']);
    expect(run.calls[0]).toBe('answered 1: done');
    const unplanned = resume({ state: unplannedState() }, 1, [asked]);
    expect(await unplanned.done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
  });

  it('that had not started has no limit of jobs', async () => {
    const { state: _, ...here } = resume({ state: stateOf(stagesOf([{ name: 'one', steps: ['a', 'b', 'c'] }])) });
    await settled();
    expect(here.steps.running).toEqual(['a', 'b', 'c']);
  });

  it('resumes in its last iteration', async () => {
    const state = stateOf(stagesOf([{ name: 'one', steps: ['a', 'b', 'c'] }]));
    state.iterations.push({ ...state.iterations[0]!, iteration: 2 });
    const { control, sink, done } = resume({ state });
    await settled();
    control.stopAtOnce('user');
    await done;
    expect(sink.having({ type: 'iteration.finished' })).toMatchObject([{ iteration: 2 }]);
  });

  it.each<[string, Partial<Resumption>]>([
    ['without a plan', { state: unplannedState() }],
    ['without an executor', { executor: async () => await Promise.resolve(undefined) }],
  ])('%s ends as failed, or as cancelled if it is abandoned', async (_, change) => {
    const failed = resume(change);
    expect(await failed.done).toEqual({ run: 'run', status: 'failed', because: 'shutdown' });
    expect(failed.end()).toHaveProperty('detail');
    const given = resume({ ...change, abandon: true });
    expect(await given.done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
    expect(given.calls).toEqual([]);
  });

  it('that is abandoned stops running steps, removes everything, and reports failed removals', async () => {
    const { done, steps, calls, state, problems, notes, control, types } = resume({ abandon: true });
    problems.push({ code: 'W087', message: 'w-1 is stuck' });
    expect(await done).toEqual({ run: 'run', status: 'cancelled', because: 'user' });
    expect(steps.started).toEqual(['a']);
    expect([control.because, control.atOnce.aborted]).toEqual(['user', true]);
    expect(calls).toMatchObject([['removeAll', state.steps, { aborted: false }]]);
    expect(notes()).toEqual(['warning w-1 is stuck']);
    expect(types().at(-1)).toBe('run.finished');
  });
});
