import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../../../test/rigs/bundled.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';

const opened = await openTestCluster();

/** After how many lines of output each process is killed. A namespace comes first. */
const kills = [0, 1, 2, 9, 20];

describe.skipIf('skip' in opened)(`killed deploys${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-killed-'));
    await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig);
    program = await bundled(new URL('../../../test/rigs/deploy-process.ts', import.meta.url));
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns the last line of the process, or that it was killed */
  const run = async (command: 'deploy' | 'remove', namespace: string, killAfter?: number): Promise<string> => {
    const child = spawn(
      process.execPath,
      [
        ...[program, command, join(folder, 'kubeconfig'), namespace, 'killed'],
        ...(command === 'deploy' ? [join(folder, 'objects.json')] : []),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exit = once(child, 'exit');
    let count = 0;
    let last = '';
    if (killAfter === 0) child.kill('SIGKILL');
    for await (const line of createInterface({ input: child.stdout })) {
      last = line;
      if (++count === killAfter) child.kill('SIGKILL');
    }
    const [, signal] = (await exit) as [number | null, string | null];
    return signal === null ? last : 'killed';
  };
  const kubectl = async (...args: readonly string[]) =>
    (await promisify(execFile)('kubectl', ['--kubeconfig', join(folder, 'kubeconfig'), ...args])).stdout.trim();

  /** The parent is in a namespace that exists, or in one that the set creates. */
  test.each(['existing', 'own'])('leave nothing once the set is removed; parent in a namespace: %s', async (where) => {
    const own = `${cluster.namespace}-${where}`;
    const parentIn = where === 'own' ? own : cluster.namespace;
    const objects: KubernetesObject[] = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } },
      ...Array.from({ length: 30 }, (_, index) => ({
        apiVersion: 'v1',
        kind: index % 3 === 0 ? 'Secret' : 'ConfigMap',
        metadata: { name: `made-${index}`, namespace: index % 2 === 0 ? own : cluster.namespace },
      })),
    ];
    await writeFile(join(folder, 'objects.json'), JSON.stringify(objects));
    for (const lines of kills) {
      await run('deploy', parentIn, lines);
      if (lines % 2 === 0) expect(await run('deploy', parentIn)).toBe('end succeeded');
      await run('remove', parentIn, lines);
      expect(await run('remove', parentIn)).toBe('end succeeded');
      const left = await kubectl('get', 'configmaps,secrets', '-n', cluster.namespace, '-o', 'name');
      expect(left).toBe('configmap/kube-root-ca.crt');
      expect(await kubectl('get', 'namespace', own, '--ignore-not-found', '-o', 'name')).toBe('');
    }
  });
});
