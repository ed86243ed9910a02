/** The seed of the build command: the status of each artifact is true at every moment, whatever else happens. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeldSteps, stateOf } from '../../test/rigs/held-steps.ts';
import { ManualClock } from '../../test/rigs/manual-clock.ts';
import { RecordingSink } from '../../test/rigs/recording-sink.ts';
import { settled } from '../../test/rigs/step-work.ts';
import { containerSpec } from '../../test/rigs/container-spec.ts';
import { buildResults, type BuildResult } from '../events/build-results.ts';
import { stepId } from '../model/ids.ts';
import type { PlannedStage } from '../model/plan.ts';
import { isEnd } from '../model/status.ts';
import { recorded } from '../steps/decorators/recorded.ts';
import { RunControl } from './run-control.ts';
import { runStage } from './run-stage.ts';

/** An artifact for each list: the artifacts that it requires. */
type Graph = readonly (readonly number[])[];

const graphs: fc.Arbitrary<Graph> = fc
  .array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
  .map((needs) => needs.map((own, i) => (i === 0 ? [] : [...new Set(own.map((need) => need % i))])));

interface Move {
  readonly does: 'succeed' | 'fail' | 'cancel';
  readonly pick: number;
}

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    does: fc.constantFrom<Move['does']>('succeed', 'succeed', 'succeed', 'succeed', 'fail', 'fail', 'cancel'),
    pick: fc.nat(20),
  }),
  { maxLength: 16 },
);

function stageOf(graph: Graph, jobs: number, failFast: boolean): PlannedStage {
  return {
    ...{ ordinal: 1, name: 'build', runsIf: 'success', phase: 'build', jobs },
    onFailure: failFast ? 'cancelSiblings' : 'continue',
    steps: graph.map((needs, i) => ({
      id: stepId(1, 1, i + 1),
      name: `a${i}`,
      needs: needs.map((need) => stepId(1, 1, need + 1)),
      policy: { retries: 0, allowFailure: false },
      artifacts: [],
      cache: [],
      spec: containerSpec(),
    })),
  };
}

/** Drives a build as the moves say, then lets the rest succeed. */
async function drive(stage: PlannedStage, course: readonly Move[]) {
  const sink = new RecordingSink();
  const control = new RunControl();
  const held = new HeldSteps();
  const done = runStage({
    iteration: 1,
    stage: stateOf([stage]).iterations[0]!.stages[0]!,
    planned: stage,
    control,
    sink,
    steps: recorded(sink, new ManualClock(), {
      run: async (step, { signal, atOnce }) => await held.run(step, { signal, atOnce }),
    }),
    finished: () => undefined,
  });
  /** What the log says, and what really runs. */
  const moments: { readonly results: readonly BuildResult[]; readonly running: readonly string[] }[] = [];
  const look = () => moments.push({ results: buildResults(stateOf([stage], sink.events)), running: [...held.running] });
  await settled();
  look();
  for (const { does, pick } of course) {
    const name = held.running[pick % Math.max(1, held.running.length)];
    if (does === 'cancel') control.cancel('user');
    else if (name !== undefined) await (does === 'succeed' ? held.succeed(name) : held.fail(name));
    await settled();
    look();
  }
  while (held.running.length > 0) await held.succeed(held.running[0]!);
  const { status: end } = await done;
  const states = sink.events.map((_, i) => buildResults(stateOf([stage], sink.events.slice(0, i + 1))));
  return { moments, states, end };
}

test('the status of each artifact is true at every moment', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, moves, fc.nat(3), fc.boolean(), async (graph, course, jobs, failFast) => {
      const { moments, states, end } = await drive(stageOf(graph, jobs, failFast), course);
      for (const { results, running } of moments)
        expect(results.filter(({ status }) => status === 'inProgress').map(({ image }) => image)).toEqual(
          [...running].sort(),
        );
      for (const [i, results] of states.entries()) {
        // One result for each artifact, in the order of the configuration, from the first event on.
        expect(results.map(({ image }) => image)).toEqual(graph.map((_, n) => `a${n}`));
        const inProgress = results.filter(({ status }) => status === 'inProgress');
        if (jobs > 0) expect(inProgress.length).toBeLessThanOrEqual(jobs);
        for (const [n, { status }] of results.entries()) {
          const before = states[i - 1]?.[n]?.status ?? 'notStarted';
          if (before !== status)
            expect(isEnd(before) || (before === 'inProgress' && status === 'notStarted')).toBe(false);
          if (status === 'inProgress')
            expect(graph[n]!.map((need) => results[need]!.status).filter((one) => one !== 'succeeded')).toEqual([]);
        }
      }
      const last = states.at(-1)!;
      for (const [n, result] of last.entries()) {
        const ran = states.some((results) => results[n]!.status === 'inProgress');
        switch (result.status) {
          case 'succeeded':
            expect(ran).toBe(true);
            break;
          case 'failed':
            expect([ran, result.failure?.code]).toEqual([true, 'exit-nonzero']);
            break;
          case 'skipped':
            expect([ran, result.because]).toEqual([false, 'dependencyFailed']);
            expect(graph[n]!.some((need) => !['succeeded', 'notStarted'].includes(last[need]!.status))).toBe(true);
            break;
          case 'cancelled':
            expect(result.because).toBe(
              course.some(({ does }) => does === 'cancel') && result.because === 'user' ? 'user' : 'siblingFailed',
            );
            expect(failFast || result.because === 'user').toBe(true);
            break;
          default:
            expect.unreachable(`${result.image} is ${result.status} after the end`);
        }
      }
      expect(end === 'failed').toBe(last.some(({ status }) => status === 'failed'));
    }),
    { numRuns: 150 },
  );
});

test.each([1, 2, 0])('fast, failing, slow and dependent each have their own end, with %i at once', async (jobs) => {
  const stage = stageOf([[], [], [], [1]], jobs, false);
  // Fails the second as soon as it runs, and lets the third be the last.
  const held = await drive(stage, [
    { does: 'succeed', pick: 0 },
    { does: 'fail', pick: 0 },
  ]);
  expect(held.moments.map(({ results }) => results.map(({ status }) => status))).toEqual([
    jobs === 1
      ? ['inProgress', 'notStarted', 'notStarted', 'notStarted']
      : ['inProgress', 'inProgress', jobs === 0 ? 'inProgress' : 'notStarted', 'notStarted'],
    ['succeeded', 'inProgress', jobs === 1 ? 'notStarted' : 'inProgress', 'notStarted'],
    ['succeeded', 'failed', 'inProgress', 'skipped'],
  ]);
  expect(held.states.at(-1)?.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'succeeded', 'skipped']);
});
