import { Buffer } from 'node:buffer';
import type { KubernetesObject } from '../kubernetes-object.ts';

/** The data of a ConfigMap or a Secret, decoded. */
export type ConfigData = ReadonlyMap<string, Uint8Array>;

/** The ConfigMaps and Secrets among the manifests, by namespace and name. */
export interface ConfigObjects {
  find(kind: ConfigKind, namespace: string, name: string): ConfigData | undefined;
}

export type ConfigKind = 'ConfigMap' | 'Secret';

export function configObjects(manifests: readonly KubernetesObject[], defaultNamespace: string): ConfigObjects {
  const found = new Map<string, ConfigData>();
  for (const object of manifests)
    if (object.apiVersion === 'v1' && (object.kind === 'ConfigMap' || object.kind === 'Secret'))
      found.set(
        `${object.kind} ${object.metadata.namespace ?? defaultNamespace} ${object.metadata.name ?? ''}`,
        object.kind === 'ConfigMap' ? configMapData(object) : secretData(object),
      );
  return { find: (kind, namespace, name) => found.get(`${kind} ${namespace} ${name}`) };
}

function configMapData(object: KubernetesObject): ConfigData {
  return new Map([...texts(object['data'], 'utf8'), ...texts(object['binaryData'], 'base64')]);
}

/** `stringData` wins over `data` (kubernetes.io, "Secret"). */
function secretData(object: KubernetesObject): ConfigData {
  return new Map([...texts(object['data'], 'base64'), ...texts(object['stringData'], 'utf8')]);
}

function texts(data: unknown, encoding: 'utf8' | 'base64'): [string, Uint8Array][] {
  if (typeof data !== 'object' || data === null) return [];
  // An API server reads a key without a value as an empty value.
  return Object.entries(data).flatMap(([key, value]: readonly [string, unknown]) =>
    typeof value === 'string' || value === null ? [[key, new Uint8Array(Buffer.from(value ?? '', encoding))]] : [],
  );
}
