/** A fold that starts from a floor has what a floor keeps of the state of the whole log. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent, StoredEvent } from './event.ts';
import { applyEvent, emptyRunState, type RunState, type StepState } from './run-state.ts';
import { storedState } from './stored-state.ts';
import { stepOrdinals, type RunId, type StepId } from '../model/ids.ts';

const workspace = { digest: `sha256:${'0'.repeat(64)}` as never, files: 0, bytes: 0 };

/** What happens during an iteration. Steps are 1.1 and 1.2; events that do not fit are ignored by the fold. */
const happening: fc.Arbitrary<(iteration: number) => RunEvent> = fc.oneof(
  fc.nat(2).map((step) => (iteration: number): RunEvent => ({
    ...{ type: 'step.started', step: `${iteration}.1.${step + 1}` as StepId, attempt: 1 },
  })),
  fc.tuple(fc.nat(1), fc.constantFrom(1, 2)).map(([step, attempt]) => (iteration: number): RunEvent => ({
    ...{ type: 'step.attempted', step: `${iteration}.1.${step + 1}` as StepId, attempt },
    failure: { code: 'exit-nonzero', exitCode: 1 },
  })),
  fc.tuple(fc.nat(1), fc.nat(9)).map(([step, size]) => (iteration: number): RunEvent => ({
    ...{ type: 'output', from: { step: `${iteration}.1.${step + 1}` as StepId, attempt: 1 }, stream: 'stdout' },
    ...{ offset: 0, bytes: new Uint8Array(size), cursor: size },
  })),
  fc.nat(1).map((step) => (iteration: number): RunEvent => ({
    ...{ type: 'step.observed', step: `${iteration}.1.${step + 1}` as StepId, attempt: 1 },
    fact: step === 0 ? { type: 'workload.left', workload: 'w', detail: 'd' } : { type: 'workload.kept', workload: 'k' },
  })),
  fc.nat(1).map((step) => (iteration: number): RunEvent => ({
    ...{ type: 'step.finished', step: `${iteration}.1.${step + 1}` as StepId, attempt: 1 },
    outcome: { status: 'succeeded', value: undefined },
  })),
  fc.tuple(fc.nat(3), fc.nat(9)).map(([n, size]) => (): RunEvent => ({
    ...{ type: 'output', from: { workload: `w${n}`, container: 'c' }, stream: 'stderr', offset: 0 },
    bytes: new Uint8Array(size),
  })),
  fc.constant((iteration: number): RunEvent => ({ type: 'stage.started', iteration, stage: 1 })),
  fc.string().map((message) => (): RunEvent => ({ type: 'note.added', by: 'a', level: 'info', message })),
  fc.nat(3).map((n) => (): RunEvent => ({
    ...{ type: 'delivery.planned', delivery: String(n), name: 'n', driver: 'd', target: 't', about: 1 },
  })),
  fc.nat(3).map((n) => (): RunEvent => ({
    ...{ type: 'delivery.attempted', delivery: String(n), attempt: 1, observed: 1, result: 'delivered', tookMs: 1 },
  })),
);

function planned(iteration: number): RunEvent {
  const step = (n: number) => ({
    ...{ id: `${iteration}.1.${n}` as StepId, name: `s${n}`, needs: [], artifacts: [], cache: [] },
    ...{ policy: { retries: 0, allowFailure: false }, spec: { kind: 'container' } },
  });
  const stage = { ordinal: 1, name: 'one', runsIf: 'success', onFailure: 'continue', steps: [step(1), step(2)] };
  return { type: 'iteration.planned', iteration, stages: [stage] as never, workspace, variables: [] };
}

const log = fc.array(fc.array(happening, { maxLength: 12 }), { minLength: 1, maxLength: 70 }).map((iterations) =>
  iterations
    .flatMap((events, index): RunEvent[] => [
      planned(index + 1),
      ...events.map((event) => event(index + 1)),
      { type: 'iteration.finished', iteration: index + 1, status: 'succeeded' },
    ])
    .concat([{ type: 'run.finished', status: 'succeeded' }])
    .map((event, index): StoredEvent => ({ ...event, at: index, run: 'run' as RunId, epoch: 1, seq: index + 1 })),
);

function fold(events: readonly StoredEvent[]): RunState {
  const state = emptyRunState();
  for (const event of events) applyEvent(state, event);
  return state;
}

/** Returns what a floor after `through` keeps of a later state. */
function kept(whole: RunState, atFloor: RunState): RunState {
  const newest = atFloor.iterations.at(-1)?.iteration ?? 0;
  const ofOlder = ({ planned: { id } }: StepState) => stepOrdinals(id).iteration < newest;
  const left = [...atFloor.steps.values()].filter((step) => ofOlder(step) && (step.kept ?? step.left) !== undefined);
  const newestLeft = new Set(left.slice(-200).map((step) => step.planned.id));
  const dropped = Math.max(atFloor.notes.length - 200, 0);
  return {
    ...whole,
    iterations: whole.iterations.map((iteration) =>
      iteration.iteration >= newest ? iteration : { ...iteration, stages: [], variables: [], planDropped: true },
    ),
    steps: new Map([...whole.steps].filter(([id, step]) => !ofOlder(step) || newestLeft.has(id))),
    notes: whole.notes.slice(dropped),
  };
}

describe('a floor', () => {
  it('gives what it keeps of the state of the whole log at every later position', () => {
    fc.assert(
      fc.property(log, fc.double({ min: 0, max: 1, noNaN: true }), (events, part) => {
        const through = 1 + Math.floor(part * (events.length - 1));
        const replaced = events[through - 1];
        if (replaced === undefined) throw new Error('no event');
        const { run, epoch, at, seq } = replaced;
        const atFloor = fold(events.slice(0, through));
        const stored = JSON.parse(JSON.stringify(storedState(atFloor))) as object;
        const floor: StoredEvent = { type: 'log.floor', state: stored, run, epoch, at, seq };
        const [whole, cut] = [emptyRunState(), emptyRunState()];
        for (const event of events.slice(0, through)) applyEvent(whole, event);
        applyEvent(cut, floor);
        for (const event of [undefined, ...events.slice(through)]) {
          for (const state of [whole, cut]) if (event !== undefined) applyEvent(state, event);
          if (event === undefined || event.seq % 50 === 0) expect({ ...cut, floor: 0 }).toEqual(kept(whole, atFloor));
        }
        expect({ ...cut, floor: 0 }).toEqual(kept(whole, atFloor));
        // A reader that meets the floor in the middle has the same.
        expect(fold([...events.slice(0, through), floor, ...events.slice(through)])).toEqual(cut);
        // A floor of the whole state is the same as one of a state that began with a floor.
        expect(storedState(cut)).toEqual({ ...storedState(whole), floor: cut.floor });
      }),
      { numRuns: 60 },
    );
  });

  it('does not grow with the number of iterations, notes and changed files', () => {
    const size = (iterations: number) => {
      const state = emptyRunState();
      let seq = 0;
      const add = (event: RunEvent) =>
        applyEvent(state, { ...event, at: 0, run: 'run' as RunId, epoch: 1, seq: ++seq });
      for (let iteration = 1000; iteration < 1000 + iterations; iteration++) {
        const paths = Array.from({ length: 100 }, (_, file) => `src/file ${file}`);
        add({ ...planned(iteration), cause: { kind: 'change', paths } } as RunEvent);
        for (let note = 0; note < 5; note++) add({ type: 'run.noted', level: 'info', message: 'x'.repeat(500) });
        add({ type: 'step.started', step: `${iteration}.1.1` as StepId, attempt: 1 });
        const fact = { type: 'workload.left', workload: 'w', detail: 'd' } as const;
        add({ type: 'step.observed', step: `${iteration}.1.1` as StepId, attempt: 1, fact });
        add({ type: 'iteration.finished', iteration, status: 'succeeded' });
      }
      return JSON.stringify(storedState(state)).length;
    };
    // But for the digits of its own numbers.
    expect(Math.abs(size(2000) - size(300))).toBeLessThan(1000);
    expect(size(300)).toBeLessThan(250_000);
  });

  it('keeps the newest note whatever its length', () => {
    const state = emptyRunState();
    for (const message of ['a', 'b'.repeat(100_000)]) state.notes.push({ level: 'info', message, at: 0 });
    expect(storedState(state)).toMatchObject({ notes: [state.notes[1]] });
  });

  it('is not changed by the folds that start from it', () => {
    const events = [planned(1), { type: 'run.noted', level: 'info', message: 'a' } as const];
    const stamped = events.map((event, index): StoredEvent => ({
      ...{ ...event, at: 0, run: 'run' as RunId, epoch: 1, seq: index + 1 },
    }));
    const state = storedState(fold(stamped));
    const before = JSON.stringify(state);
    const floor: StoredEvent = { type: 'log.floor', state, at: 0, run: 'run' as RunId, epoch: 1, seq: 2 };
    const started: StoredEvent = {
      ...{ type: 'step.started', step: '1.1.1' as StepId, attempt: 1, at: 5, run: 'run' as RunId, epoch: 1, seq: 3 },
    };
    const note: StoredEvent = { ...started, type: 'run.noted', level: 'info', message: 'b', seq: 4 };
    expect(fold([floor, started, note]).notes).toHaveLength(2);
    expect(JSON.stringify(state)).toBe(before);
    expect(fold([floor]).floor).toBe(2);
  });
});
