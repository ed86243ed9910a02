import type { OpenSinkOf } from '../engine/run-driver.ts';
import type { Mask } from '../secrets/mask.ts';
import { maskedSink } from '../secrets/masked-sink.ts';
import type { Machine } from './machine.ts';

/** Opens the log of a run behind its mask. @param mask called for each event */
export function maskedLog(machine: Pick<Machine, 'openSink'>, mask: () => Mask): OpenSinkOf {
  return async (log, onBroken) => maskedSink(await machine.openSink(log, onBroken), mask);
}
