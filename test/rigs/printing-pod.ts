import { randomBytes } from 'node:crypto';
import { systemClock } from '../../src/model/clock.ts';
import type { Pod } from '../../src/clusters/pods/pod-types.ts';
import { MemoryCheckpoints, type LogCheckpoints } from '../../src/runtime/kubernetes/workload/log-checkpoints.ts';
import { podOutput, type PodOutputSource } from '../../src/runtime/kubernetes/workload/pod-output.ts';
import { baseImage } from './engines.ts';
import type { TestCluster } from './test-cluster.ts';

/** A pod with one printing container, created without Slipway. */
export interface PrintingPod extends AsyncDisposable {
  readonly name: string;
  readonly ended: Promise<boolean>;
  source(checkpoints?: LogCheckpoints): PodOutputSource;
}

/** The output that was received. */
export interface ReceivedOutput {
  readonly text: string;
  readonly lost: readonly string[];
  readonly cursor: number;
}

/** Resolves when its container has started, or has already ended. */
export async function printingPod(
  { client, namespace }: TestCluster,
  script: string,
  memory?: string,
): Promise<PrintingPod> {
  const name = `prints-${randomBytes(5).toString('hex')}`;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const container = {
    name: 'main',
    image: baseImage,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', script],
    ...(memory !== undefined && { resources: { limits: { memory } } }),
  };
  await client.json('POST', pods, {
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [container] },
    },
  });
  const over = new AbortController();
  const until = async (reached: (pod: Pod) => boolean): Promise<boolean> => {
    while (!over.signal.aborted) {
      const pod = await client.json<Pod>('GET', `${pods}/${name}`).catch(() => undefined);
      if (pod && reached(pod)) return true;
      await systemClock.sleep(200, over.signal).catch(() => undefined);
    }
    return false;
  };
  const state = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state;
  await until((pod) => state(pod)?.running !== undefined || state(pod)?.terminated !== undefined);
  const ended = until((pod) => state(pod)?.terminated !== undefined);
  return {
    name,
    ended,
    source: (checkpoints = new MemoryCheckpoints()) => ({
      client,
      clock: systemClock,
      place: { namespace, pod: name, container: 'main' },
      ended,
      checkpoints,
    }),
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await ended;
      await client.json('DELETE', `${pods}/${name}`, { query: { gracePeriodSeconds: 0 } });
    },
  };
}

/**
 * Reads all of its output from now on.
 * @param onProgress called after each chunk with the number of bytes so far
 */
export async function hearOutput(
  source: PodOutputSource,
  from = 0,
  onProgress?: (bytes: number) => void,
): Promise<ReceivedOutput> {
  const parts: Uint8Array[] = [];
  const lost: string[] = [];
  let cursor = from;
  for await (const chunk of podOutput(source, from, new AbortController().signal)) {
    if ('lost' in chunk) lost.push(chunk.lost);
    else parts.push(chunk.bytes);
    cursor = chunk.cursor;
    onProgress?.(cursor);
  }
  return { text: Buffer.concat(parts).toString('latin1'), lost, cursor };
}

/** The output of `seq FROM TO`. */
export function numbers(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\n`).join('');
}
