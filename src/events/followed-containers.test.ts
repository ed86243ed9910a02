import { expect, test } from 'vitest';
import type { Observation } from '../model/work.ts';
import { stepId, type RunId } from '../model/ids.ts';
import type { RunEvent } from './event.ts';
import { applyEvent, emptyRunState } from './run-state.ts';

const step = stepId(1, 1, 1);
const from = { workload: 'web-0', container: 'app' };

function folded(events: readonly RunEvent[]) {
  const state = emptyRunState();
  const stages = [{ name: 'follow', steps: [{ id: step, name: 'follow' }] }];
  const planned = { type: 'iteration.planned', iteration: 1, stages, variables: [] } as unknown as RunEvent;
  const started: RunEvent = { type: 'step.started', step, attempt: 1 };
  for (const [n, event] of [planned, started, ...events].entries())
    applyEvent(state, { ...event, at: 0, run: 'r' as RunId, epoch: 1, seq: n + 1 });
  return state.workloads;
}

const followed = (more: Omit<Extract<Observation, { type: 'container.followed' }>, 'type' | keyof typeof from>) =>
  ({ type: 'step.observed', step, attempt: 1, fact: { type: 'container.followed', ...from, ...more } }) as const;
const output = (offset: number, text: string, cursor: number): RunEvent => ({
  ...{ type: 'output', from, stream: 'combined', offset, cursor },
  bytes: Buffer.from(text),
});

test('the position of a container is that of its last output and its last mark', () => {
  expect(
    folded([
      followed({ id: 'one', since: 5 }),
      output(0, 'abc', 3),
      followed({ id: 'one', since: 5, mark: 'm' }),
      output(3, 'd', 4),
    ]),
  ).toEqual([{ ...from, id: 'one', since: 5, mark: 'm', streams: { combined: { offset: 4, cursor: 4 } }, lost: 0 }]);
});

test('another container of the same name begins anew, and the bytes of the name go on', () => {
  const before = [followed({ id: 'one', since: 5, mark: 'm' }), output(0, 'abc', 3)];
  const streams = (cursor: number, offset = 3) => ({ combined: { offset, cursor } });
  expect(folded([...before, followed({ id: 'two' })])).toEqual([{ ...from, id: 'two', streams: streams(0), lost: 0 }]);
  expect(folded([...before, followed({ id: 'two' }), output(3, 'x', 1)])).toEqual([
    { ...from, id: 'two', streams: streams(1, 4), lost: 0 },
  ]);
});

test('of many containers those that run are kept, and the newest of those that have ended', () => {
  const ended = (workload: string): RunEvent => ({
    ...{ type: 'step.observed', step, attempt: 1 },
    fact: { type: 'container.ended', workload, container: 'app' },
  });
  const written = (workload: string): RunEvent => ({
    ...{ type: 'output', from: { workload, container: 'app' }, stream: 'combined', offset: 0 },
    bytes: Buffer.from('x'),
  });
  const jobs = Array.from({ length: 300 }, (_, n) => [written(`tick-${n}`), ended(`tick-${n}`)]).flat();
  const kept = folded([output(0, 'abc', 3), ...jobs]).map(({ workload }) => workload);
  expect(kept).toHaveLength(200);
  expect([kept[0], kept[1], kept.at(-1)]).toEqual(['web-0', 'tick-101', 'tick-299']);
});

test('a container of the same name runs again', () => {
  const end = { type: 'container.ended', ...from } as const;
  const ended: RunEvent = { type: 'step.observed', step, attempt: 1, fact: end };
  expect(folded([followed({ id: 'one' }), ended])).toMatchObject([{ ended: true }]);
  expect(folded([followed({ id: 'one' }), ended, followed({ id: 'two' })])[0]).not.toHaveProperty('ended');
});
