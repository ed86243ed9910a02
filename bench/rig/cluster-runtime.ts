/** Slipway's Kubernetes runtime on the cluster and namespace of a `RawCluster`, and the workload to measure on both. */
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { systemClock } from '../../src/model/clock.ts';
import { noKubernetesSettings } from '../../src/model/kubernetes-settings.ts';
import type { TarSource } from '../../src/model/tree.ts';
import type { Work } from '../../src/model/work.ts';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';
import { connectionOf, openContext } from '../../src/clusters/access/context-access.ts';
import { kubeconfigFiles, readKubeconfigs } from '../../src/clusters/access/read-kubeconfig.ts';
import { kubernetesProvider } from '../../src/runtime/kubernetes/kubernetes-provider.ts';
import {
  labelKeys,
  type Runtime,
  type RuntimeProvider,
  type Workload,
  type WorkloadSpec,
} from '../../src/runtime/runtime.ts';
import { tarOfFiles } from '../../src/tar/tar-of-files.ts';

/** Connects to a namespace with the credentials of `KUBECONFIG`. */
export async function clusterConnection(namespace: string): Promise<ClusterConnection> {
  const files = await readKubeconfigs(kubeconfigFiles({ env: process.env, home: homedir() }));
  const access =
    typeof files === 'string' ? files : await openContext({ files, namespace, env: process.env, clock: systemClock });
  const connection = typeof access === 'string' ? access : connectionOf(access, 'the measured cluster');
  if (typeof connection === 'string') throw new Error(connection);
  return connection;
}

export async function clusterProvider(namespace: string): Promise<RuntimeProvider> {
  const connection = await clusterConnection(namespace);
  return kubernetesProvider({
    connection: async () => await Promise.resolve(connection),
    settings: noKubernetesSettings,
    clock: systemClock,
  });
}

export async function clusterRuntime(namespace: string): Promise<Runtime> {
  const connection = await (await clusterProvider(namespace)).connect(AbortSignal.timeout(10_000));
  if (connection.status !== 'connected') throw new Error(JSON.stringify(connection.looked));
  return connection.runtime;
}

export const stepContainer = 'step';
export const workspace = '/mnt/repo';

/** Returns a workload like that of a container step: a workspace, and a script beside it. */
export function stepSpec(image: string, command: string, content: readonly TarSource[] = []): WorkloadSpec {
  return {
    name: `bench-${process.pid}-${randomUUID()}`,
    labels: { [labelKeys.run]: `bench-${process.pid}` },
    lifetime: 'step',
    containers: [
      {
        name: stepContainer,
        image,
        command: ['/bin/sh', '/.slipway/script'],
        env: {},
        workingDirectory: workspace,
        mounts: [
          { volume: 'workspace', path: workspace },
          { volume: 'files', path: '/.slipway' },
        ],
      },
    ],
    volumes: [
      { name: 'workspace', content },
      {
        name: 'files',
        content: [{ open: () => tarOfFiles([{ name: 'script', content: `${command}\n`, mode: 0o755 }]) }],
        confidential: true,
      },
    ],
    pull: 'missing',
  };
}

/** Returns a `Work` that discards output and observations. */
export function quietWork(): Work {
  const output = { write: () => undefined, lost: () => undefined, observe: () => undefined };
  return { signal: new AbortController().signal, output, clock: systemClock };
}

export async function startStep(runtime: Runtime, spec: WorkloadSpec): Promise<Workload> {
  const started = await runtime.start(spec, quietWork());
  if (started.status !== 'succeeded') throw new Error(JSON.stringify(started));
  return started.value;
}
