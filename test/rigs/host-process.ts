/**
 * A process that starts a workload on the host and waits until a test kills it. Arguments: the runtime's folder, the
 * script, and the text of a confidential file whose path is the script's first argument.
 */
import { systemClock } from '../../src/model/clock.ts';
import { HostRuntime } from '../../src/runtime/host/host-runtime.ts';
import { readProcessIdentity } from '../../src/util/process-identity.ts';
import { tarSource } from './tree.ts';

const [, , directory = '', script = '', secret = ''] = process.argv;
const command = ['sh', '-c', script, 'sh', { volume: 'script', path: 'step' }];
const runtime = new HostRuntime({ directory, env: process.env, clock: systemClock, self: readProcessIdentity() });
const outcome = await runtime.start(
  {
    name: 'orphan',
    labels: { test: 'orphan' },
    lifetime: 'step',
    pull: 'never',
    volumes: [{ name: 'script', content: [tarSource([{ path: 'step', content: secret }])], confidential: true }],
    containers: [{ name: 'main', image: '', command, env: {}, mounts: [] }],
  },
  {
    signal: new AbortController().signal,
    clock: systemClock,
    output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
  },
);
if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
for await (const chunk of outcome.value.logs('main', {}, new AbortController().signal))
  if ('bytes' in chunk) process.stdout.write(chunk.bytes);
