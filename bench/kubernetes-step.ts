/**
 * Measures one step as a pod, from its start to its known end. The peers are the same pod with raw calls, and a bare
 * pod of one container.
 */
import { systemClock } from '../src/model/clock.ts';
import { helperContainer } from '../src/runtime/kubernetes/pod/control-volume.ts';
import { endCommand, fillCommand } from '../src/runtime/kubernetes/pod/gate.ts';
import { gatesOf, podOf } from '../src/runtime/kubernetes/pod/pod-specification.ts';
import { noKubernetesSettings } from '../src/model/kubernetes-settings.ts';
import { podArchive } from '../src/runtime/kubernetes/workload/pod-archive.ts';
import { clusterRuntime, startStep, stepContainer, stepSpec } from './rig/cluster-runtime.ts';
import { RawCluster } from './rig/raw-cluster.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printDifferences, printMachine } from './rig/table.ts';

/** Removed pods keep the node busy for a while. */
const restMs = 700;

const { rounds, image } = readSettings(16);
printMachine();
await using raw = await RawCluster.open();
await using runtime = await clusterRuntime(raw.namespace);

/** Runs a pod with raw calls, until the end of its command is known in the given way. */
async function rawPod(ends: 'same exec' | 'another exec' | 'status'): Promise<number> {
  const spec = stepSpec(image, 'true');
  const before = performance.now();
  const body = podOf(spec, noKubernetesSettings, { form: 'gated' });
  const [started, terminated] = [raw.started(spec.name, helperContainer), raw.terminated(spec.name, stepContainer)];
  await raw.create(body);
  await started;
  await raw.exec(
    spec.name,
    helperContainer,
    fillCommand(gatesOf(spec), ends === 'same exec' ? stepContainer : undefined),
    await bytesOf(podArchive(spec, new AbortController().signal)),
  );
  if (ends === 'another exec') await raw.exec(spec.name, helperContainer, endCommand(stepContainer));
  if (ends === 'status') await terminated;
  const took = performance.now() - before;
  await raw.remove(spec.name);
  return took;
}

async function barePod(): Promise<number> {
  const { name } = stepSpec(image, 'true');
  const took = await raw.runBare(name, image, ['/bin/sh', '-c', 'true']);
  await raw.remove(name);
  return took;
}

async function ourPod(): Promise<number> {
  const spec = stepSpec(image, 'true');
  const before = performance.now();
  const workload = await startStep(runtime, spec);
  const exit = await workload.exited(stepContainer);
  const took = performance.now() - before;
  if (!('code' in exit) || exit.code !== 0) throw new Error(JSON.stringify(exit));
  await workload[Symbol.asyncDispose]();
  return took;
}

async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const rested = (once: () => Promise<number>) => async () => {
  await systemClock.sleep(restMs);
  return await once();
};

const measured = await inRounds(
  [
    {
      name: 'raw calls: helper, gate, step; fed by exec; end in the same exec',
      once: rested(async () => await rawPod('same exec')),
    },
    { name: 'runtime', once: rested(ourPod) },
    { name: 'raw calls: the same, end by another exec', once: rested(async () => await rawPod('another exec')) },
    { name: 'raw calls: the same, end by status', once: rested(async () => await rawPod('status')) },
    { name: 'raw calls: bare pod of one container, end by status', once: rested(barePod) },
  ],
  rounds,
  2,
);
printDifferences(`A step as a pod, ${await raw.version()}`, measured);
