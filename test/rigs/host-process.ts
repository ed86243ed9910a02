/**
 * A process that starts a workload on the host and waits, to be killed by a test. Arguments: the runtime's folder, the script, and a text for
 * a confidential file that the script is given the path of.
 */
import { systemClock } from '../../src/model/clock.ts';
import { HostRuntime } from '../../src/runtime/host/host-runtime.ts';
import { readProcessIdentity } from '../../src/util/process-identity.ts';
import { tarSource } from './tree.ts';

const [, , directory = '', script = '', secret = ''] = process.argv;
const runtime = new HostRuntime({ directory, env: process.env, clock: systemClock, self: readProcessIdentity() });
const outcome = await runtime.start(
  {
    name: 'orphan',
    labels: { test: 'orphan' },
    lifetime: 'step',
    pull: 'never',
    volumes: [{ name: 'script', content: [tarSource([{ path: 'step', content: secret }])], confidential: true }],
    containers: [{ name: 'main', image: '', command: ['sh', '-c', script, 'sh', { volume: 'script', path: 'step' }], env: {}, mounts: [] }],
  },
  { signal: new AbortController().signal, clock: systemClock, output: { write: () => undefined, lost: () => undefined, observe: () => undefined } },
);
if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
for await (const chunk of outcome.value.logs('main', {}, new AbortController().signal)) if ('bytes' in chunk) process.stdout.write(chunk.bytes);
