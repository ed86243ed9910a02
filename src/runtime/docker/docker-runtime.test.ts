import { describe } from 'vitest';
import { runtimeContract, type RuntimeUnderTest } from '../../../test/contracts/runtime.contract.ts';
import { askEngine } from '../../../test/rigs/ask-engine.ts';
import { engineLeftovers } from '../../../test/rigs/leak-check.ts';
import { systemClock } from '../../model/clock.ts';
import { openEngine } from './docker-provider.ts';
import type { DockerRuntime } from './docker-runtime.ts';

/** Docker's log driver takes seconds for a million short lines, and longer on a busy machine. */
const traits = { bulk: 2_000_000 };
const image = 'localhost/busybox:1';

async function open(socket: string): Promise<DockerRuntime> {
  const runtime = await openEngine(
    { kind: 'unix', path: socket },
    { env: { PATH: process.env['PATH'] }, home: '/nowhere', uid: 0, clock: systemClock },
    new AbortController().signal,
  );
  if (typeof runtime === 'string') throw new Error(`${socket}: ${runtime}`);
  return runtime;
}

function engineUnderTest(variable: string) {
  return async (): Promise<RuntimeUnderTest | { readonly skip: string }> => {
    const socket = process.env[variable]?.replace(/^unix:\/\//, '');
    if (socket === undefined) return { skip: `${variable} does not name an engine` };
    return {
      runtime: await open(socket),
      image,
      clock: systemClock,
      reopen: async () => await open(socket),
      leftovers: async (labels) => await engineLeftovers(socket, labels),
      restart: async ({ id }) => void (await askEngine(socket, 'POST', `/containers/${id}/restart?t=5`)),
    };
  };
}

describe('docker', () => {
  runtimeContract('Docker', engineUnderTest('SLIPWAY_TEST_DOCKER'), traits);
});
describe('podman', () => {
  runtimeContract('Podman', engineUnderTest('SLIPWAY_TEST_PODMAN'), traits);
});
