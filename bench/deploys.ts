/**
 * Measures deploys of 300 objects to a cluster, unchanged and changed, against `kubectl apply --server-side` of the same. The
 * deployer runs in a process of its own, as `kubectl` does, and in a warm one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterClient } from '../src/clusters/api/cluster-client.ts';
import { clusterDeployer } from '../src/deploy/cluster/cluster-deployer.ts';
import type { KubernetesObject } from '../src/deploy/kubernetes-object.ts';
import { systemClock } from '../src/model/clock.ts';
import { succeeded } from '../src/model/outcome.ts';
import type { Work } from '../src/model/work.ts';
import { clusterConnection } from './rig/cluster-runtime.ts';
import { runCommand } from './rig/command.ts';
import { temporaryFolder } from './rig/folder.ts';
import { RawCluster } from './rig/raw-cluster.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const { rounds, words } = readSettings(7);
const [word, file = '', own = ''] = words;

if (word === 'deploy') await deployFile(own, file);
else await measure(Number(word ?? 300));

async function measure(count: number): Promise<void> {
  printMachine();
  await using raw = await RawCluster.open();
  await using folder = await temporaryFolder();
  const { namespace } = raw;
  const client = new ClusterClient(await clusterConnection(namespace));
  const version = await raw.version();
  const write = async (name: string, value: string) => {
    const path = join(folder.path, `${name}.json`);
    await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objectsOf(name, count, value) }));
    return path;
  };
  const kubectl = async (value: string) => {
    const path = await write('kubectl', value);
    const before = performance.now();
    await runCommand(['kubectl', 'apply', '--server-side', '-n', namespace, '-f', path]);
    return performance.now() - before;
  };
  const alone = async (value: string) => {
    const path = await write('alone', value);
    const before = performance.now();
    await runCommand([process.execPath, process.argv[1] ?? '', 'deploy', path, namespace]);
    return performance.now() - before;
  };
  const warm = async (value: string) => {
    const objects = objectsOf('warm', count, value);
    const before = performance.now();
    await deploy(client, namespace, 'warm', objects);
    return performance.now() - before;
  };
  const compare = async (what: string, goal: number, valueOf: (round: number) => string) => {
    const contenders = [
      { name: 'kubectl apply --server-side', once: async (round: number) => await kubectl(valueOf(round)) },
      { name: 'deployer, in a process of its own', once: async (round: number) => await alone(valueOf(round)), goal },
      { name: 'deployer, in a warm process', once: async (round: number) => await warm(valueOf(round)) },
    ];
    printComparison(`${count} ${what} objects, ${version}`, await inRounds(contenders, rounds));
  };
  await compare('unchanged', 0.2, () => 'same');
  await compare('changed', 1, (round) => `round ${round}`);
  client.close();
}

async function deployFile(namespace: string, path: string): Promise<void> {
  const client = new ClusterClient(await clusterConnection(namespace));
  const { items } = JSON.parse(await readFile(path, 'utf8')) as { items: KubernetesObject[] };
  await deploy(client, namespace, 'alone', items);
  client.close();
}

async function deploy(
  client: ClusterClient,
  namespace: string,
  setName: string,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const work: Work = {
    signal: new AbortController().signal,
    clock: systemClock,
    output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
  };
  const manifests = objects.map((object) => ({ object, source: 'bench' }));
  const deployer = clusterDeployer({
    target: { client, namespace },
    setName,
    manifests: async () => await Promise.resolve(succeeded(manifests)),
  });
  const outcome = await deployer.deploy(work);
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
}

/** Returns a typical mix. No pods: the cluster would start them meanwhile. */
function objectsOf(prefix: string, count: number, value: string): KubernetesObject[] {
  return Array.from({ length: count }, (_, index) => {
    const metadata = { name: `${prefix}-${index}`, annotations: { value } };
    const labels = { app: metadata.name };
    switch (index % 6) {
      case 0:
        return {
          ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
          spec: {
            replicas: 0,
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'localhost/busybox:1' }] } },
          },
        };
      case 1:
        return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } };
      case 2:
        return { apiVersion: 'v1', kind: 'Secret', metadata, data: { value: Buffer.from(value).toString('base64') } };
      case 3:
        return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
      default:
        return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value, more: 'x'.repeat(500) } };
    }
  });
}
