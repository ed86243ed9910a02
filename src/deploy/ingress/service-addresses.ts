import type { ServicePort } from '../../model/ingress-routes.ts';
import { localLabels, type ListedWorkload, type LocalDeployments } from '../../runtime/local-deployments.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import type { Address } from './http-proxy.ts';

export interface LocalDeploy {
  readonly engine: LocalDeployments;
  readonly running: RunningContainers;
  /** What identifies the deploy on the engine. */
  readonly set: string;
}

/** Where the engine has opened the ports of a deploy's Services. Asks it again after containers came or went. */
export class ServiceAddresses {
  readonly #deploy: LocalDeploy;
  readonly #signal: AbortSignal;
  #workloads: Promise<readonly ListedWorkload[]> | undefined;

  constructor(deploy: LocalDeploy, signal: AbortSignal) {
    this.#deploy = deploy;
    this.#signal = signal;
  }

  /** Returns `undefined` if no container has the port. Throws `RuntimeRefused`, and the signal's reason. */
  async of(port: ServicePort): Promise<Address | undefined> {
    const { engine, set } = this.#deploy;
    const listed = (this.#workloads ??= engine.list(set, this.#signal).then(({ workloads }) => workloads));
    try {
      return addressOf(port, await listed);
    } catch (error) {
      if (this.#workloads === listed) this.forget();
      throw error;
    }
  }

  /** Asks the engine the next time. */
  forget(): void {
    this.#workloads = undefined;
  }

  /** Follows the containers until the signal: others may get the ports of one that goes. */
  async follow(): Promise<void> {
    const { running, set } = this.#deploy;
    for await (const _change of running.watch({ labels: { [localLabels.deploy]: set } }, this.#signal)) this.forget();
  }
}

/** Returns where the engine has opened a port of a Service. A Service is in the namespace of its pods. */
export function addressOf(
  { namespace, service, port }: ServicePort,
  workloads: readonly ListedWorkload[],
): Address | undefined {
  const found = workloads
    .filter(({ object }) => object.split(' ')[2] === namespace)
    .flatMap(({ ports }) => ports)
    .find(({ of, protocol }) => of === `service/${service} port ${port}` && protocol === 'tcp');
  return found && { host: found.host, port: found.port };
}
