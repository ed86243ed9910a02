import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldSink } from '../../../test/rigs/held-sink.ts';
import { stateOf } from '../../../test/rigs/held-steps.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { RecordingSink } from '../../../test/rigs/recording-sink.ts';
import { bytesOf, failing, plainStep, settled, succeeding } from '../../../test/rigs/step-work.ts';
import type { RunEvent } from '../../events/event.ts';
import type { StepState } from '../../events/run-state.ts';
import type { Artifact } from '../../model/artifact.ts';
import type { Stream } from '../../model/work.ts';
import type { StepResult, StepWork } from '../step-runner.ts';
import { recorded } from './recorded.ts';

const step = plainStep();
const order = { signal: new AbortController().signal, atOnce: new AbortController().signal };
const from = { step: step.id, attempt: 1 };

/** Runs a step with this work; what the log says of it. */
async function eventsOf(work: (work: StepWork) => Promise<StepResult | void> | StepResult | void, begun?: StepState) {
  const sink = new RecordingSink();
  const clock = new ManualClock(5_000);
  const runner = recorded(sink, clock, { run: async (_step, given) => (await work(given)) ?? succeeding });
  const result = await runner.run(step, begun === undefined ? order : { ...order, begun });
  return { events: sink.events, result };
}

/** A step that another process began: its second attempt, with some output. */
function begunState(more: Partial<StepState> = {}): StepState {
  return {
    planned: step,
    stage: 's',
    status: 'inProgress',
    attempt: 2,
    attemptStartedAt: 4_000,
    artifacts: [],
    failures: [],
    streams: { stdout: { offset: 3, cursor: 30 }, stderr: { offset: 0, cursor: 0 } },
    lost: 0,
    ...more,
  };
}

describe('recorded', () => {
  it('tells the beginning and the end of a step, and returns its result', async () => {
    const { events, result } = await eventsOf(() => undefined);
    expect(events).toEqual([
      { type: 'step.started', step: step.id, attempt: 1 },
      { type: 'step.finished', step: step.id, attempt: 1, outcome: succeeding.outcome },
    ]);
    expect(result).toBe(succeeding);
  });

  it('tells the output of followed containers apart from that of the step', async () => {
    const web = { workload: 'web', container: 'app' };
    const { events } = await eventsOf(async ({ output, followed }) => {
      await output.write('stdout', bytesOf('own'));
      await followed.write(web, 'stdout', bytesOf('one'), 30);
      await followed.write(web, 'stdout', bytesOf(''));
      await followed.write(web, 'stdout', bytesOf('two'));
      followed.lost(web, 'stdout', 'a gap', 90);
    });
    expect(events.slice(1, -1)).toEqual([
      { type: 'output', from, stream: 'stdout', offset: 0, bytes: bytesOf('own') },
      { type: 'output', from: web, stream: 'stdout', offset: 0, bytes: bytesOf('one'), cursor: 30 },
      { type: 'output', from: web, stream: 'stdout', offset: 3, bytes: bytesOf('two') },
      { type: 'output.lost', from: web, stream: 'stdout', detail: 'a gap', cursor: 90 },
    ]);
  });

  it('tells what a step made', async () => {
    const artifacts: Artifact[] = [{ kind: 'image', id: 'sha256:1', references: ['a:1'], pushed: [] }];
    const { events } = await eventsOf(() => ({ ...failing(), artifacts }));
    expect(events.at(-1)).toEqual({
      type: 'step.finished',
      step: step.id,
      attempt: 1,
      outcome: failing().outcome,
      artifacts,
    });
  });

  it('hands signals and the clock to the work', async () => {
    let seen: StepWork | undefined;
    await eventsOf((work) => void (seen = work));
    expect(seen).toMatchObject({ attempt: 1, attemptStartedAt: 5_000 });
    expect(seen?.signal).toBe(order.signal);
    expect(seen?.atOnce).toBe(order.atOnce);
    expect(seen?.clock.now()).toBe(5_000);
    expect(seen).not.toHaveProperty('begun');
  });

  it('counts output by stream, leaves out what is empty, and keeps cursors', async () => {
    const { events } = await eventsOf(async ({ output }) => {
      await output.write('stdout', bytesOf('abc'), 10);
      await output.write('stderr', bytesOf('x'));
      await output.write('stdout', bytesOf(''), 11);
      await output.write('stdout', bytesOf('de'), 12);
      output.lost('stdout', 'gone', 20);
      output.lost('stderr', 'gone');
      output.observe({ type: 'image.pulled', image: 'i' });
    });
    expect(events.slice(1, -1)).toEqual([
      { type: 'output', from, stream: 'stdout', offset: 0, bytes: bytesOf('abc'), cursor: 10 },
      { type: 'output', from, stream: 'stderr', offset: 0, bytes: bytesOf('x') },
      { type: 'output', from, stream: 'stdout', offset: 3, bytes: bytesOf('de'), cursor: 12 },
      { type: 'output.lost', from, stream: 'stdout', detail: 'gone', cursor: 20 },
      { type: 'output.lost', from, stream: 'stderr', detail: 'gone' },
      { type: 'step.observed', step: step.id, attempt: 1, fact: { type: 'image.pulled', image: 'i' } },
    ]);
  });

  it('lets a writer wait for the sink', async () => {
    const wait = Promise.resolve();
    const sink = new RecordingSink();
    Object.assign(sink, { write: () => wait });
    let returned: unknown;
    await recorded(sink, new ManualClock(), {
      run: async (_step, { output }) => ((returned = output.write('stdout', bytesOf('a'))), succeeding),
    }).run(step, order);
    expect(returned).toBe(wait);
  });

  it('begins another attempt: its output is counted from the start', async () => {
    const { events } = await eventsOf(async (work) => {
      await work.output.write('stdout', bytesOf('abc'));
      const second = await work.nextAttempt({ code: 'exit-nonzero', exitCode: 3 });
      expect(second).toMatchObject({ attempt: 2, attemptStartedAt: 5_000 });
      await second.output.write('stdout', bytesOf('d'));
      const third = await second.nextAttempt({ code: 'timed-out', afterMs: 1 });
      third.output.observe({ type: 'image.pulled', image: 'i' });
      expect(third.attempt).toBe(3);
      return failing();
    });
    expect(events.slice(2)).toEqual([
      { type: 'step.attempted', step: step.id, attempt: 1, failure: { code: 'exit-nonzero', exitCode: 3 } },
      { type: 'output', from: { step: step.id, attempt: 2 }, stream: 'stdout', offset: 0, bytes: bytesOf('d') },
      { type: 'step.attempted', step: step.id, attempt: 2, failure: { code: 'timed-out', afterMs: 1 } },
      { type: 'step.observed', step: step.id, attempt: 3, fact: { type: 'image.pulled', image: 'i' } },
      { type: 'step.finished', step: step.id, attempt: 3, outcome: failing().outcome },
    ]);
  });

  describe('of a step that another process began', () => {
    it('continues its attempt: without a start event, from the stored offsets', async () => {
      let seen: StepWork | undefined;
      const { events } = await eventsOf(
        async (work) => {
          seen = work;
          await work.output.write('stdout', bytesOf('de'), 40);
          await work.output.write('combined', bytesOf('f'));
        },
        begunState({ workloadStartedAt: 77 }),
      );
      expect(seen).toMatchObject({ attempt: 2, attemptStartedAt: 4_000 });
      expect(seen?.begun).toEqual({ cursors: { stdout: 30, stderr: 0 }, startedAt: 77 });
      const second = { step: step.id, attempt: 2 };
      expect(events).toEqual([
        { type: 'output', from: second, stream: 'stdout', offset: 3, bytes: bytesOf('de'), cursor: 40 },
        { type: 'output', from: second, stream: 'combined', offset: 0, bytes: bytesOf('f') },
        { type: 'step.finished', step: step.id, attempt: 2, outcome: succeeding.outcome },
      ]);
    });

    it('does not know a start that the log does not tell', async () => {
      const { attemptStartedAt: _, ...untimed } = begunState();
      let seen: StepWork | undefined;
      await eventsOf((work) => void (seen = work), untimed);
      expect(seen?.begun).toEqual({ cursors: { stdout: 30, stderr: 0 } });
      expect(seen?.attemptStartedAt).toBe(5_000);
    });

    it('may be followed by an attempt of this process', async () => {
      const { events } = await eventsOf(async (work) => {
        const next = await work.nextAttempt({ code: 'runtime-lost', detail: 'd' });
        expect(next).not.toHaveProperty('begun');
        expect(next.attempt).toBe(3);
        await next.output.write('stdout', bytesOf('a'));
      }, begunState());
      expect(events).toMatchObject([
        { type: 'step.attempted', attempt: 2 },
        { type: 'output', offset: 0 },
        { attempt: 3 },
      ]);
    });
  });

  describe('commits the start of an attempt before its work begins', () => {
    function held() {
      const sink = new HeldSink();
      const attempts: number[] = [];
      const running = recorded(sink, new ManualClock(), {
        run: async (_step, work) => {
          attempts.push(work.attempt);
          const next = await work.nextAttempt({ code: 'exit-nonzero', exitCode: 1 });
          attempts.push(next.attempt);
          return succeeding;
        },
      }).run(step, order);
      running.catch(() => undefined);
      return { sink, attempts, running };
    }

    it('each of them', async () => {
      const { sink, attempts, running } = held();
      await settled();
      expect([sink.events.length, sink.waiting, attempts]).toEqual([1, 1, []]);
      sink.store();
      await settled();
      expect([sink.events.length, sink.waiting, attempts]).toEqual([2, 1, [1]]);
      sink.store();
      await running;
      expect(attempts).toEqual([1, 2]);
      expect(sink.events).toHaveLength(3);
    });

    it('and begins nothing when it cannot', async () => {
      const { sink, attempts, running } = held();
      const full = new Error('disk full');
      await settled();
      sink.fail(full);
      await expect(running).rejects.toBe(full);
      expect(attempts).toEqual([]);
      expect(sink.events).toHaveLength(1);
    });

    it('nor another attempt', async () => {
      const { sink, attempts, running } = held();
      await settled();
      sink.store();
      await settled();
      sink.fail(new Error('disk full'));
      await expect(running).rejects.toThrow('disk full');
      expect(attempts).toEqual([1]);
      expect(sink.events.map(({ type }) => type)).toEqual(['step.started', 'step.attempted']);
    });
  });
});

type Action = { readonly do: 'write' | 'lost' | 'observe' | 'again'; readonly stream: Stream; readonly length: number };

const anyAction: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom('write', 'write', 'lost', 'observe', 'again'),
  stream: fc.constantFrom<Stream>('stdout', 'stderr', 'combined'),
  length: fc.nat(4),
});

async function act(first: StepWork, actions: readonly Action[]): Promise<void> {
  let work = first;
  for (const { do: what, stream, length } of actions) {
    if (what === 'write') await work.output.write(stream, new Uint8Array(length), length);
    else if (what === 'lost') work.output.lost(stream, 'gone');
    else if (what === 'observe') work.output.observe({ type: 'noted', level: 'info', message: 'm' });
    else work = await work.nextAttempt({ code: 'exit-nonzero', exitCode: 1 });
  }
}

describe('whatever a step does', () => {
  const stages = [
    { ordinal: 1, name: 's', runsIf: 'success' as const, onFailure: 'cancelSiblings' as const, steps: [step] },
  ];

  it('its status changes once each way, and its log keeps the rules', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAction, { maxLength: 12 }), fc.boolean(), async (actions, well) => {
        const result = well ? succeeding : failing();
        const { events } = await eventsOf(async (work) => (await act(work, actions), result));
        const state = stateOf(stages, events).steps.get(step.id);
        expect(state).toMatchObject({
          status: result.outcome.status,
          attempt: 1 + actions.filter((action) => action.do === 'again').length,
        });
        expect(count(events, 'step.started')).toBe(1);
        expect(count(events, 'step.finished')).toBe(1);
        expect(events.at(-1)?.type).toBe('step.finished');
      }),
      { numRuns: 60 },
    );
  });

  it('and continues after a crash at any event as if none had happened', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAction, { maxLength: 8 }),
        fc.array(anyAction, { maxLength: 8 }),
        fc.nat(),
        async (before, after, cut) => {
          const { events } = await eventsOf(async (work) => await act(work, before));
          // The end is not stored, the start is.
          const stored = events.slice(0, 1 + (cut % (events.length - 1)));
          const begun = stateOf(stages, stored).steps.get(step.id);
          const resumed = await eventsOf(async (work) => await act(work, after), begun);
          const state = stateOf(stages, [...stored, ...resumed.events]).steps.get(step.id);
          expect(state?.status).toBe('succeeded');
          expect(count([...stored, ...resumed.events], 'step.started')).toBe(1);
          expect(count([...stored, ...resumed.events], 'step.finished')).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function count(events: readonly RunEvent[], type: RunEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}
