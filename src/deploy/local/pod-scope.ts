import type { ConfigData, ConfigKind, ConfigObjects } from './config-objects.ts';
import type { Fields } from './fields.ts';

/** What the fields of one pod may refer to. Remembers which ConfigMaps and Secrets it uses. */
export class PodScope {
  /** Objects as `Kind NAMESPACE NAME`. */
  readonly used = new Set<string>();
  /** Whether a file has the content of a Secret. */
  hasSecretFiles = false;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly #configs: ConfigObjects;

  constructor(
    pod: Pick<PodScope, 'name' | 'namespace' | 'labels' | 'annotations' | 'serviceAccount'>,
    configs: ConfigObjects,
  ) {
    this.name = pod.name;
    this.namespace = pod.namespace;
    this.labels = pod.labels;
    this.annotations = pod.annotations;
    this.serviceAccount = pod.serviceAccount;
    this.#configs = configs;
  }

  /** Returns the data of a ConfigMap or Secret. Reports a missing one, unless it is optional. */
  config(kind: ConfigKind, name: string | undefined, optional: boolean, at: Fields): ConfigData | undefined {
    if (name === undefined) {
      at.problem('name', 'is missing');
      return undefined;
    }
    const found = this.#configs.find(kind, this.namespace, name);
    if (found !== undefined) this.used.add(`${kind} ${this.namespace} ${name}`);
    else if (!optional) at.problem(undefined, `the manifests have no ${kind} ${name} in namespace ${this.namespace}`);
    return found;
  }
}
