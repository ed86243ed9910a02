import type { Asker } from '../../clusters/api/pages-of.ts';
import { groupOf, type DeployedObject } from '../../model/artifact.ts';
import type { ContainerRef } from '../../runtime/running-container.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { OwnerWalk } from '../owner-walk.ts';

export interface ChainSource extends Asker {
  /** Called once for each kind of object that cannot be read. Its pods are then taken for those of others. */
  onUnreadable(kind: string, detail: string): void;
}

/** Finds out which pods belong to deployed objects: those that are one, and those that lead to one by what controls them. */
export class ControllerChains {
  readonly #deployed: ReadonlySet<string>;
  readonly #unreadable = new Set<string>();
  readonly #walk: OwnerWalk;

  /** @param standard the namespace of objects that name none */
  constructor(objects: readonly DeployedObject[], standard: string, source: ChainSource) {
    this.#deployed = new Set(
      objects
        .filter(({ change }) => change !== 'removed')
        .map((object) => keyOf(object, object.name, object.namespace ?? standard)),
    );
    this.#walk = new OwnerWalk(source, {
      isOurReference: (owner, namespace) => this.#deployed.has(keyOf(owner, owner.name, namespace)),
      follows: ({ controller }) => controller === true,
      onUnreadable: ({ kind }, error) => {
        const failure = clusterFailure(error);
        if (failure === undefined) throw error;
        if (this.#unreadable.has(kind)) return;
        this.#unreadable.add(kind);
        source.onUnreadable(kind, 'detail' in failure ? (failure.detail ?? '') : failure.code);
      },
    });
  }

  /** Reports whether a pod belongs to a deployed object. Rejects for bugs, and on the signal. */
  async belongs({ group, namespace = '', controller }: ContainerRef): Promise<boolean> {
    if (this.#deployed.has(keyOf(podKind, group, namespace))) return true;
    const ownerReferences = controller ? [{ ...controller, controller: true }] : [];
    return await this.#walk.belongs({ ownerReferences }, namespace);
  }
}

const podKind = { apiVersion: 'v1', kind: 'Pod' };

/** Versions of one group serve the same objects. */
function keyOf(object: Pick<DeployedObject, 'apiVersion' | 'kind'>, name: string, namespace: string): string {
  return [groupOf(object), object.kind, namespace, name].join('\n');
}
