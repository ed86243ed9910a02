import { systemClock } from '../../src/model/clock.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../src/model/kubernetes-settings.ts';
import type { Failure } from '../../src/model/outcome.ts';
import type { Observation } from '../../src/model/work.ts';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';
import { kubernetesProvider } from '../../src/runtime/kubernetes/kubernetes-provider.ts';
import {
  labelKeys,
  type ContainerSpec,
  type Exit,
  type Runtime,
  type Workload,
  type WorkloadSpec,
} from '../../src/runtime/runtime.ts';
import { randomBytes } from 'node:crypto';
import { baseImage } from './engines.ts';

export interface Wanted extends Partial<Omit<WorkloadSpec, 'containers'>> {
  readonly script?: string;
  readonly image?: string;
  readonly memoryBytes?: number;
  readonly command?: readonly string[];
}

/** The course of a workload from the call of `start` on. */
export interface Told {
  readonly failure?: Failure;
  readonly exit?: Exit;
  readonly output: string;
  readonly observed: readonly Observation[];
  readonly seconds: number;
}

/** Runs one-container workloads on a cluster to their end, and records what the runtime reported and when. */
export class ClusterWorkloads implements AsyncDisposable {
  readonly #runtimes: Runtime[] = [];
  readonly #run = randomBytes(8).toString('hex');
  #count = 0;
  readonly #connection: ClusterConnection;

  constructor(connection: ClusterConnection) {
    this.#connection = connection;
  }

  /**
   * @param during called while it runs; `begun` resolves at its first output
   */
  async run(
    settings: Partial<KubernetesSettings>,
    wanted: Wanted,
    during: (workload: Workload, begun: Promise<void>) => Promise<void> = async () => await Promise.resolve(),
  ): Promise<Told> {
    const began = Date.now();
    const observed: Observation[] = [];
    const outcome = await (
      await this.#runtime(settings)
    ).start(this.#spec(wanted), {
      signal: new AbortController().signal,
      output: { write: () => undefined, lost: () => undefined, observe: (fact) => void observed.push(fact) },
      clock: systemClock,
    });
    const seconds = () => (Date.now() - began) / 1_000;
    if (outcome.status === 'failed') return { failure: outcome.failure, output: '', observed, seconds: seconds() };
    if (outcome.status !== 'succeeded') throw new Error(`start: ${JSON.stringify(outcome)}`);
    await using workload = outcome.value;
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    const output = this.#output(workload, hasBegun);
    await during(workload, begun);
    const exit = await workload.exited('step');
    const told = { exit, ...('failure' in exit && { failure: exit.failure }), observed, seconds: seconds() };
    return { ...told, output: await output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runtime of this.#runtimes) await runtime[Symbol.asyncDispose]();
  }

  async #runtime(settings: Partial<KubernetesSettings>): Promise<Runtime> {
    const provider = kubernetesProvider({
      connection: async () => await Promise.resolve(this.#connection),
      settings: { ...noKubernetesSettings, ...settings },
      clock: systemClock,
    });
    const found = await provider.connect(new AbortController().signal);
    if (found.status !== 'connected') throw new Error(JSON.stringify(found));
    this.#runtimes.push(found.runtime);
    return found.runtime;
  }

  #spec({ script = 'true', image = baseImage, memoryBytes, command, ...rest }: Wanted): WorkloadSpec {
    const container: ContainerSpec = {
      name: 'step',
      image,
      command: command ?? ['/bin/sh', '-c', script],
      env: {},
      mounts: [],
      ...(memoryBytes !== undefined && { memoryBytes }),
    };
    const labels = {
      [labelKeys.store]: 'test',
      [labelKeys.run]: this.#run,
      [labelKeys.step]: '1.1.1',
      [labelKeys.attempt]: '1',
      [labelKeys.lifetime]: 'step',
    };
    return {
      name: `failing-${this.#run}-${++this.#count}`,
      labels,
      lifetime: 'step',
      containers: [container],
      volumes: [],
      pull: 'missing',
      ...rest,
    };
  }

  async #output(workload: Workload, hasBegun: () => void): Promise<string> {
    const parts: string[] = [];
    for await (const chunk of workload.logs('step', {}, new AbortController().signal)) {
      parts.push('bytes' in chunk ? Buffer.from(chunk.bytes).toString('utf8') : `<lost: ${chunk.lost}>`);
      hasBegun();
    }
    return parts.join('');
  }
}
