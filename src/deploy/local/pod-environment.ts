import { Buffer } from 'node:buffer';
import { podAddressMark } from '../../runtime/local-deployments.ts';
import { expandReferences } from './expand-references.ts';
import type { Fields } from './fields.ts';
import type { PodScope } from './pod-scope.ts';

/**
 * Returns the environment of a container: `envFrom` in order, then `env`, where a later variable wins (kubernetes.io,
 * "Container v1 core").
 */
export function podEnvironment(container: Fields, scope: PodScope): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const source of container.children('envFrom')) addAll(source, scope, env);
  for (const entry of container.children('env')) addOne(entry, scope, env);
  return env;
}

function addAll(source: Fields, scope: PodScope, env: Record<string, string>): void {
  const prefix = source.text('prefix') ?? '';
  for (const [key, kind] of [
    ['configMapRef', 'ConfigMap'],
    ['secretRef', 'Secret'],
  ] as const) {
    const reference = source.child(key);
    if (reference === undefined) continue;
    const data = scope.config(kind, reference.text('name'), reference.flag('optional') ?? false, reference);
    for (const [name, value] of data ?? []) env[prefix + name] = Buffer.from(value).toString();
    reference.rest();
  }
  source.rest();
}

function addOne(entry: Fields, scope: PodScope, env: Record<string, string>): void {
  const name = entry.text('name');
  if (name === undefined) return entry.problem('name', 'is missing');
  const literal = entry.scalar('value');
  const from = entry.child('valueFrom');
  const value = from === undefined ? expandReferences(literal ?? '', env) : sourceValue(from, scope);
  if (value !== undefined) env[name] = value;
  entry.rest();
}

function sourceValue(from: Fields, scope: PodScope): string | undefined {
  const value =
    keyValue(from.child('configMapKeyRef'), 'ConfigMap', scope) ??
    keyValue(from.child('secretKeyRef'), 'Secret', scope) ??
    fieldValue(from.child('fieldRef'), scope);
  if (from.has('resourceFieldRef')) from.problem('resourceFieldRef', 'is not supported on a container engine');
  from.rest();
  return value;
}

function keyValue(reference: Fields | undefined, kind: 'ConfigMap' | 'Secret', scope: PodScope): string | undefined {
  if (reference === undefined) return undefined;
  const optional = reference.flag('optional') ?? false;
  const [name, key] = [reference.text('name'), reference.text('key') ?? ''];
  reference.rest();
  const data = scope.config(kind, name, optional, reference);
  const value = data?.get(key);
  if (value === undefined && data !== undefined && !optional)
    reference.problem(undefined, `${kind} ${name} has no key ${JSON.stringify(key)}`);
  return value === undefined ? undefined : Buffer.from(value).toString();
}

/** Returns the value of a field of the pod: the downward API. Reports a field that is unknown without a cluster. */
export function fieldValue(reference: Fields | undefined, scope: PodScope): string | undefined {
  if (reference === undefined) return undefined;
  const path = reference.text('fieldPath') ?? '';
  reference.ignore('apiVersion').rest();
  const entry = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (entry !== null) return scope[entry[1] as 'labels' | 'annotations'][entry[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return scope.name;
    case 'metadata.namespace':
      return scope.namespace;
    case 'spec.serviceAccountName':
      return scope.serviceAccount;
    case 'spec.nodeName':
      return 'localhost';
    case 'metadata.labels':
      return listed(scope.labels);
    case 'metadata.annotations':
      return listed(scope.annotations);
    case 'status.podIP':
    case 'status.podIPs':
      return podAddressMark;
    default:
      reference.problem('fieldPath', `${path} is not known on a container engine`);
      return undefined;
  }
}

/** As the downward API writes a map into a file. */
function listed(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}
