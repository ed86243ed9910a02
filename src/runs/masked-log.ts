import type { OpenSinkOf } from '../engine/run-driver.ts';
import type { Mask } from '../secrets/mask.ts';
import { maskedSink } from '../secrets/masked-sink.ts';
import type { Machine } from './machine.ts';

/** How the log of a run is opened: nothing comes into it but through the mask. @param mask asked at each event */
export function maskedLog(machine: Pick<Machine, 'openSink'>, mask: () => Mask): OpenSinkOf {
  return async (log, onBroken) => maskedSink(await machine.openSink(log, onBroken), mask);
}
