/**
 * Measures the time from `kubectl rollout status`'s "successfully rolled out" to the end of a status check. Both follow the same
 * Deployments from their creation. Negative: the check ends first.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { DeployedObject } from '../src/model/artifact.ts';
import { clusterStatusCheck } from '../src/deploy/status/cluster-status-check.ts';
import { clusterRuntime, quietWork } from './rig/cluster-runtime.ts';
import { RawCluster } from './rig/raw-cluster.ts';
import { inRounds, median, percentile } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { figure, printMachine, printTable } from './rig/table.ts';

const { rounds, image } = readSettings(10);
printMachine();
await using raw = await RawCluster.open();
await using runtime = await clusterRuntime(raw.namespace);
const target = runtime.cluster;
if (target === undefined) throw new Error('the runtime has no cluster');

/** Ready some seconds after its start, when both followers watch. */
const script = 'sleep 3; touch /tmp/ready; sleep 1000';

async function created(name: string): Promise<DeployedObject> {
  const labels = { app: name };
  const readinessProbe = { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 };
  const containers = [{ name: 'web', image, command: ['/bin/sh', '-c', script], readinessProbe }];
  await target!.client.json('POST', `/apis/apps/v1/namespaces/${raw.namespace}/deployments`, {
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers } },
      },
    },
  });
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace: raw.namespace, name, change: 'created' };
}

/** Returns when `kubectl` says that the rollout is complete. */
async function toldByKubectl(name: string): Promise<number> {
  const kubectl = spawn('kubectl', ['rollout', 'status', '-n', raw.namespace, `deployment/${name}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let at: number | undefined;
  for await (const line of createInterface({ input: kubectl.stdout }))
    if (line.includes('successfully rolled out')) at = performance.now();
  if (at === undefined) throw new Error(`kubectl reported no success of ${name}`);
  return at;
}

async function toldByCheck(objects: readonly DeployedObject[]): Promise<number> {
  const outcome = await clusterStatusCheck({ target: target!, deadlineMs: 60_000 }).wait(objects, quietWork());
  const at = performance.now();
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return at;
}

async function difference(round: number, count: number): Promise<number> {
  const names = Array.from({ length: count }, (_, at) => `web-${count}-${round + 1}-${at}`);
  const objects = await Promise.all(names.map(created));
  const [ours, ...theirs] = await Promise.all([toldByCheck(objects), ...names.map(toldByKubectl)]);
  for (const name of names)
    await target!.client.json('DELETE', `/apis/apps/v1/namespaces/${raw.namespace}/deployments/${name}`, {
      query: { propagationPolicy: 'Foreground' },
    });
  return ours - Math.max(...theirs);
}

const measured = await inRounds(
  [
    { name: 'one Deployment', goal: 100, once: async (round) => await difference(round, 1) },
    {
      name: 'five at once, after the last of five kubectl',
      once: async (round) => await difference(round, 5),
    },
  ],
  rounds,
);
printTable(
  `From kubectl's "ready" to ours, ${await raw.version()}; ${rounds} rounds, ms`,
  ['', 'median', 'p95', 'min', 'goal'],
  measured.map(({ name, values, goal }) => [
    name,
    figure(median(values)),
    figure(percentile(values, 0.95)),
    figure(Math.min(...values)),
    goal === undefined ? '' : String(goal),
  ]),
);
