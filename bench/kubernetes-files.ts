/**
 * Measures copying 10,000 files, and 100 MB, into a pod, and the round trip of a command. The peers are `tar | kubectl
 * exec -i` and a raw exec.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../src/model/clock.ts';
import type { TarSource } from '../src/model/tree.ts';
import { takeSnapshot } from '../src/workspace/snapshot/snapshot.ts';
import { clusterRuntime, startStep, stepContainer, stepSpec, workspace } from './rig/cluster-runtime.ts';
import { runCommand } from './rig/command.ts';
import { temporaryFolder } from './rig/folder.ts';
import { bareContainer, barePod, RawCluster } from './rig/raw-cluster.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printDifferences, printMachine } from './rig/table.ts';

const { rounds, image } = readSettings(5);
const { signal } = new AbortController();
printMachine();
await using folder = await temporaryFolder();
await using raw = await RawCluster.open();
await using runtime = await clusterRuntime(raw.namespace);
const peer = 'peer';
const running = raw.started(peer, bareContainer);
await raw.create(barePod(peer, image, ['/bin/sh', '-c', 'mkdir -p /t && exec sleep 100000']));
await running;
const standing = await startStep(runtime, stepSpec(image, 'exec sleep 100000'));

const line = 'export const answer = 42; // what a line of a program looks like\n';
await writeFiles('10,000 files', 10_000, (i) => line.repeat(1 + ((i * 7919) % 60)));
await compare('10,000 files');
await writeFiles('100 MB', 100, () => randomBytes(1_000_000));
await compare('100 MB');
const trips = await inRounds(
  [
    { name: 'raw exec of true', once: async () => void (await raw.exec(peer, bareContainer, ['true'])) },
    {
      name: 'workload.exec of true',
      once: async () => void (await standing.exec(stepContainer, ['true'], { signal })),
    },
    {
      name: 'kubectl exec POD -- true',
      once: async () => await runCommand(['kubectl', 'exec', '-n', raw.namespace, peer, '--', 'true']),
    },
  ],
  rounds * 4,
);
printDifferences(`A command in a running container, ${await raw.version()}`, trips);
await standing[Symbol.asyncDispose]();
await raw.remove(peer);

async function compare(name: string): Promise<void> {
  const root = join(folder.path, name);
  await mkdir(join(folder.path, 'snapshots'), { recursive: true });
  const snapshot = await takeSnapshot({
    root,
    folder: await mkdtemp(join(folder.path, 'snapshots', 'one-')),
    ignore: 'git',
    signal,
  });
  const tar = await bytesOf(snapshot);
  const before = process.memoryUsage().rss;
  let most = 0;
  const measured = await inRounds(
    [
      {
        name: 'tar of the folder | kubectl exec -i -- tar x',
        once: async () =>
          await runCommand([
            'sh',
            '-c',
            `tar -C '${root}' -cf - . | kubectl exec -i -n ${raw.namespace} ${peer} -- tar -xf - -C /t`,
          ]),
      },
      {
        name: 'raw exec of tar, tar in memory',
        once: async () => void (await raw.exec(peer, bareContainer, ['tar', '-xf', '-', '-C', '/t'], tar)),
      },
      {
        name: 'workload.copyIn of the snapshot',
        once: async () => await standing.copyIn(stepContainer, snapshot.open(undefined, signal), workspace),
      },
      {
        name: 'runtime: a pod from its start until the command can run',
        once: async () => {
          const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
          const spec = stepSpec(image, 'true', [snapshot]);
          const began = performance.now();
          const workload = await startStep(runtime, spec);
          const took = performance.now() - began;
          clearInterval(watching);
          await workload[Symbol.asyncDispose]();
          await systemClock.sleep(500);
          return took;
        },
      },
      {
        name: 'runtime: the same with an empty workspace',
        once: async () => {
          const began = performance.now();
          const workload = await startStep(runtime, stepSpec(image, 'true'));
          const took = performance.now() - began;
          await workload[Symbol.asyncDispose]();
          await systemClock.sleep(500);
          return took;
        },
      },
    ],
    rounds,
  );
  printDifferences(`${name} (a tar of ${(tar.length / 1e6).toFixed(1)} MB), ${await raw.version()}`, measured);
  console.log(
    `  resident memory while the pod was filled: ${((most - before) / 1e6).toFixed(0)} MB above the level before (with the tar in memory)\n`,
  );
}

async function writeFiles(name: string, count: number, content: (i: number) => string | Uint8Array): Promise<void> {
  for (let i = 0; i < count; i++) {
    const path = join(folder.path, name, `part-${Math.floor(i / 50)}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, `file-${i}`), content(i));
  }
}

async function bytesOf(source: TarSource): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of source.open(undefined, signal)) all.push(part);
  return Buffer.concat(all);
}
