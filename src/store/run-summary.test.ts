import { describe, expect, it } from 'vitest';
import {
  finished,
  noted,
  output,
  planned,
  queued,
  started,
  stepFinished,
  stepOf,
  stepStarted,
} from '../../test/rigs/store-rig.ts';
import { readLogFixture } from '../../test/rigs/log-fixture.ts';
import type { RunId } from '../model/ids.ts';
import { foldSummary, toSummary, unknownRun } from './run-summary.ts';

describe('the summary of a run', () => {
  it('is empty before the first event', () => {
    const listed = {
      id: 'run' as RunId,
      number: 1,
      project: 'p',
      createdAt: 5,
      folded: unknownRun,
      ownerIsDead: false,
    };
    expect(toSummary(listed)).toEqual({
      id: 'run',
      number: 1,
      project: 'p',
      createdAt: 5,
      name: '',
      status: 'queued',
      steps: {},
    });
    expect(toSummary({ ...listed, ownerIsDead: true }).status).toBe('interrupted');
  });

  it('counts steps by status', () => {
    const events = [
      queued(),
      started(),
      planned(4),
      stepStarted(),
      stepStarted(stepOf(2)),
      stepFinished(),
      stepFinished(stepOf(4), { status: 'skipped', because: 'condition' }, 0),
    ];
    expect(events.reduce(foldSummary, unknownRun)).toMatchObject({
      status: 'inProgress',
      steps: { notStarted: 1, inProgress: 1, succeeded: 1, skipped: 1 },
    });
  });

  it.each<[string, Parameters<typeof foldSummary>[1][], object]>([
    ['a step that starts', [planned(1), stepStarted()], { inProgress: 1 }],
    ['a step that ends', [planned(2), stepStarted(), stepFinished()], { notStarted: 1, succeeded: 1 }],
    [
      'a step that never started',
      [planned(2), stepStarted(), stepFinished(stepOf(2), { status: 'skipped', because: 'condition' }, 0)],
      { inProgress: 1, skipped: 1 },
    ],
    ['a plan without steps', [planned(0)], {}],
    ['steps that nothing is known of', [planned(0), stepStarted()], { inProgress: 1 }],
  ])('moves one for each event: %s', (_, events, steps) => {
    expect(events.reduce(foldSummary, unknownRun).steps).toEqual(steps);
  });

  it('knows no iteration before the first', () => {
    expect(unknownRun.iteration).toBe(0);
    expect(foldSummary(unknownRun, stepStarted())).toBe(unknownRun);
    expect(foldSummary(unknownRun, planned(1))).toMatchObject({ iteration: 1 });
  });

  it('is the same object after what it does not tell', () => {
    const run = [queued(), started()].reduce(foldSummary, unknownRun);
    expect([noted('x'), output('y')].reduce(foldSummary, run)).toBe(run);
  });

  it('counts the steps of the latest iteration', () => {
    const first = [queued(), started(), planned(2), stepStarted()].reduce(foldSummary, unknownRun);
    const second = foldSummary(first, { ...planned(3), iteration: 2 } as ReturnType<typeof planned>);
    expect(second.steps).toEqual({ notStarted: 3 });
    expect(foldSummary(second, stepFinished()).steps).toEqual({ notStarted: 3 });
  });

  it('ends as the run ends, under any owner', () => {
    const run = [
      queued(),
      started(),
      { ...finished('failed'), because: 'runtime' } as ReturnType<typeof finished>,
    ].reduce(foldSummary, unknownRun);
    const summary = toSummary({
      id: 'run' as RunId,
      number: 1,
      project: 'p',
      createdAt: 5,
      folded: run,
      ownerIsDead: true,
    });
    expect(summary).toMatchObject({ status: 'failed', because: 'runtime', finishedAt: 1_700_000_000_009 });
  });

  it('names its owner, where there is one', () => {
    const owner = { host: 'h', bootId: 'b', pidNamespace: 'n', pid: 1, startTime: '1' };
    const listed = {
      id: 'run' as RunId,
      number: 1,
      project: 'p',
      createdAt: 5,
      folded: unknownRun,
      ownerIsDead: false,
    };
    expect(toSummary({ ...listed, owner }).owner).toBe(owner);
    expect(toSummary(listed)).not.toHaveProperty('owner');
  });

  it('of a log of format 1', async () => {
    const run = (await readLogFixture(1)).reduce(foldSummary, unknownRun);
    expect(run).toMatchObject({
      status: 'succeeded',
      name: '.wharf-ci.yml',
      runtime: 'docker',
      steps: { succeeded: 1, skipped: 1 },
    });
  });
});
