import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../model/clock.ts';
import { readProcessIdentity } from '../../util/process-identity.ts';
import { runtimeContract } from '../../../test/contracts/runtime.contract.ts';
import { hostLeftovers } from '../../../test/rigs/leak-check.ts';
import { labelKeys } from '../runtime.ts';
import { HostRuntime } from './host-runtime.ts';

runtimeContract(
  'host',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'slipway-host-'));
    const open = () =>
      new HostRuntime({ directory, env: process.env, clock: systemClock, self: readProcessIdentity() });
    return {
      runtime: open(),
      image: 'ignored',
      clock: systemClock,
      reopen: async () => open(),
      // The run's label is part of the contract's names.
      leftovers: async (labels) => await hostLeftovers(directory, labels[labelKeys.run] ?? ''),
      close: async () => rmSync(directory, { recursive: true, force: true }),
    };
  },
  { images: false, adoption: false, replay: false, memoryLimits: false, restarts: false },
);
