import { request } from 'node:http';
import { describe } from 'vitest';
import { runtimeContract, type RuntimeUnderTest } from '../../../test/contracts/runtime.contract.ts';
import { askEngine } from '../../../test/rigs/ask-engine.ts';
import { systemClock } from '../../model/clock.ts';
import type { Labels } from '../runtime.ts';
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
      leftovers: async (labels) => await leftovers(socket, labels),
      restart: async ({ id }) => void (await askEngine(socket, 'POST', `/containers/${id}/restart?t=5`)),
    };
  };
}

/** Read from the engine directly. */
async function leftovers(socket: string, labels: Labels): Promise<string[]> {
  const filters = encodeURIComponent(
    JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) }),
  );
  const containers = (await get(socket, `/containers/json?all=1&filters=${filters}`)) as { Names: string[] }[];
  const volumes = (await get(socket, `/volumes?filters=${filters}`)) as { Volumes: { Name: string }[] | null };
  const images = (await get(socket, `/images/json?filters=${filters}`)) as { Id: string }[];
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
    ...images.map(({ Id }) => Id),
  ];
}

async function get(socketPath: string, path: string): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    request({ socketPath, path: `/v1.41${path}` }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
    })
      .on('error', reject)
      .end();
  });
}

describe('docker', () => {
  runtimeContract('Docker', engineUnderTest('SLIPWAY_TEST_DOCKER'), traits);
});
describe('podman', () => {
  runtimeContract('Podman', engineUnderTest('SLIPWAY_TEST_PODMAN'), traits);
});
