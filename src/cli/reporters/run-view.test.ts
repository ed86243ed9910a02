import { expect, test } from 'vitest';
import type { RunEvent } from '../../events/event.ts';
import { stepId, type RunId } from '../../model/ids.ts';
import { RunView } from './run-view.ts';

const from = { workload: 'web-0', container: 'app' };
const write = (text: string): RunEvent => ({
  ...{ type: 'output', from, stream: 'stdout', offset: 0 },
  bytes: Buffer.from(text),
});
const ended: RunEvent = {
  ...{ type: 'step.observed', step: stepId(1, 1, 1), attempt: 1 },
  fact: { type: 'container.ended', ...from },
};

test('the unfinished line of a container is shown when it has ended, and is not continued by its successor', () => {
  const view = new RunView(false);
  const lines = [write('one\ntw'), write('o'), ended, ended, write('three\n')].map(
    (event, n) => view.apply({ ...event, at: 0, run: 'r' as RunId, epoch: 1, seq: n + 1 })?.lines,
  );
  expect(lines).toEqual([['one'], undefined, ['two'], undefined, ['three']]);
});
