import type { StampedEvent } from '../../src/events/event.ts';
import { stepId } from '../../src/model/ids.ts';
import type { OwnedRun } from '../../src/store/store.ts';

const line = Buffer.from(`${'x'.repeat(79)}\n`);

/** Appends as many typical events, some at a time, and then the end of the run. */
export async function appendAll(run: OwnedRun, count: number, batch: number): Promise<void> {
  for (let done = 0; done < count; done += batch)
    await run.log.append(Array.from({ length: batch }, (_, i) => typicalEvent(done + i)));
  await run.log.append([{ at: Date.now(), type: 'run.finished', status: 'succeeded' }]);
}

/** Returns typical events of a run: lines of output, and sometimes a fact. */
export function typicalEvent(index: number): StampedEvent {
  const step = stepId(1, 1, 1);
  if (index % 10 === 0)
    return {
      at: Date.now(),
      type: 'step.observed',
      step,
      attempt: 1,
      fact: { type: 'progress', subject: 'work', current: index },
    };
  return {
    at: Date.now(),
    type: 'output',
    from: { step, attempt: 1 },
    stream: 'stdout',
    offset: index * line.length,
    bytes: line,
    cursor: index * line.length,
  };
}
