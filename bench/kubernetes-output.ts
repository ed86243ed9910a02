/**
 * Measures reading the output of one pod, against `kubectl logs -f`. Both follow it from its start. Also prints the
 * growth of memory. The output is smaller than one log file of the node (10 MiB). With more, both may lose output.
 */
import { runCommand } from './rig/command.ts';
import { clusterRuntime, startStep, stepContainer, stepSpec } from './rig/cluster-runtime.ts';
import { bareContainer, barePod, RawCluster } from './rig/raw-cluster.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printDifferences, printMachine } from './rig/table.ts';

const { rounds, image, words } = readSettings(3);
const megabytes = Number(words[0] ?? 9);
const printing = `yes $(printf %099d 7) | head -c ${megabytes * 1_000_000}`;
const growths: number[] = [];
printMachine();
await using raw = await RawCluster.open();
await using runtime = await clusterRuntime(raw.namespace);
const measured = await inRounds(
  [
    {
      name: 'kubectl logs -f of a bare pod',
      once: async (round) => {
        const name = `bare-${round + 1}`;
        // `kubectl logs` fails until the container runs.
        const noticed = raw.noticed(name, bareContainer);
        await raw.create(barePod(name, image, ['/bin/sh', '-c', printing]));
        await noticed;
        const before = performance.now();
        await runCommand(['kubectl', 'logs', '-f', '-n', raw.namespace, name]);
        const took = performance.now() - before;
        await raw.remove(name);
        return took;
      },
    },
    {
      name: 'runtime',
      once: async () => {
        const workload = await startStep(runtime, stepSpec(image, printing));
        const before = performance.now();
        globalThis.gc?.();
        const memory = process.memoryUsage().rss;
        let [bytes, lost, most] = [0, '', 0];
        const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
        for await (const chunk of workload.logs(stepContainer, {}, new AbortController().signal)) {
          if ('lost' in chunk) lost = chunk.lost;
          else bytes += chunk.bytes.length;
        }
        clearInterval(watching);
        const took = performance.now() - before;
        growths.push((most - memory) / 1e6);
        if (bytes !== megabytes * 1e6) console.log(`  ${bytes} bytes received${lost === '' ? '' : `; lost: ${lost}`}`);
        await workload[Symbol.asyncDispose]();
        return took;
      },
    },
  ],
  rounds,
);
printDifferences(`${megabytes} MB of output in lines of 100 bytes, ${await raw.version()}`, measured);
console.log(`  growth of resident memory while reading: ${growths.map((growth) => growth.toFixed(0)).join(', ')} MB\n`);
