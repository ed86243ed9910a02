import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { isOwnEntry } from './field-managers.ts';
import type { ManagedFields } from './live-object.ts';

/** A field of a manifest that Slipway applied and no longer owns, because another client changed or removed it. */
export interface LostField {
  /** `spec.template.spec.containers[name="web"].image`. */
  readonly path: string;
  /** Who owns the field now. Absent: nobody. It was removed, or set to an empty value through a subresource. */
  readonly manager?: string;
  /** The owner wrote through it: `scale`. */
  readonly subresource?: string;
}

/** A node of `fieldsV1` (sigs.k8s.io/structured-merge-diff, "fieldpath"): keys are `f:NAME`, `k:{KEYS}`, `v:VALUE`. */
type Node = Readonly<Record<string, unknown>>;

/**
 * Returns the fields of a manifest that Slipway's entry of `managedFields` does not have. Kubernetes takes a field
 * from its owner when another client changes or removes it. The times of entries are no proof: they count whole seconds,
 * a removal leaves no entry, and controllers add fields of their own to many objects.
 * @param sent the object as it was applied, with labels and annotations of ours
 */
export function lostFields(sent: KubernetesObject, managed: readonly ManagedFields[]): readonly LostField[] {
  const ours = managed.find(isOwnEntry);
  if (ours === undefined) return [{ path: 'metadata.managedFields' }];
  const { labels, annotations, finalizers, ownerReferences } = sent.metadata;
  const metadata = { labels, annotations, finalizers, ownerReferences };
  const { apiVersion: _, kind: __, status: ___, ...rest } = sent;
  return missingIn({ ...rest, metadata }, nodeOf(ours.fieldsV1)).map((lost) => {
    for (const entry of managed) {
      const owned = entry === ours ? undefined : ownedPart(lost, nodeOf(entry.fieldsV1));
      if (owned === undefined) continue;
      const { manager, subresource = '' } = entry;
      return {
        path: shownPath([...lost.steps, ...owned]),
        ...(manager !== undefined && { manager }),
        ...(subresource !== '' && { subresource }),
      };
    }
    return { path: shownPath(lost.steps) };
  });
}

/** A part of a manifest, with the way to it. */
interface Part {
  readonly steps: readonly Step[];
  readonly value: unknown;
}

interface Step {
  readonly key: string;
  readonly shown: string;
}

/** Returns the parts of a value that a node does not have. A node without keys owns everything below. */
function missingIn(value: unknown, node: Node): readonly Part[] {
  if (typeof value !== 'object' || value === null || Object.keys(node).length === 0) return [];
  return partsOf(value, node).flatMap(([step, part]) =>
    step.key in node
      ? missingIn(part, nodeOf(node[step.key])).map(({ steps, ...rest }) => ({ ...rest, steps: [step, ...steps] }))
      : [{ steps: [step], value: part }],
  );
}

/** Returns the way from a part to what a node has of it. Returns `undefined` if it has nothing of it. */
function ownedPart({ steps: [first, ...rest], value }: Part, node: Node): readonly Step[] | undefined {
  if (first !== undefined)
    return first.key in node ? ownedPart({ steps: rest, value }, nodeOf(node[first.key])) : undefined;
  if (typeof value !== 'object' || value === null || Object.keys(node).length === 0) return [];
  for (const [step, part] of partsOf(value, node)) {
    const owned = step.key in node ? ownedPart({ steps: [], value: part }, nodeOf(node[step.key])) : undefined;
    if (owned !== undefined) return [step, ...owned];
  }
  return undefined;
}

function partsOf(value: object, node: Node): readonly (readonly [Step, unknown])[] {
  if (Array.isArray(value))
    return (value as readonly unknown[]).map((item) => {
      const key = Object.keys(node).find((each) => isItem(item, each)) ?? keyOfItem(item, node);
      return [{ key, shown: shownItem(key) }, item] as const;
    });
  return Object.entries(value)
    .filter(([, part]) => part !== undefined && part !== null)
    .map(([name, part]) => [{ key: `f:${name}`, shown: `.${name}` }, part] as const);
}

/** Reports whether a key of a node names this item of a list. The cluster fills in keys that the item does not set. */
function isItem(item: unknown, key: string): boolean {
  const value = parsed(key.slice(2));
  if (key.startsWith('v:')) return isDeepStrictEqual(value, item);
  if (!key.startsWith('k:') || typeof item !== 'object' || item === null) return false;
  const fields = item as Readonly<Record<string, unknown>>;
  return Object.entries(nodeOf(value)).every(([name, part]) => fields[name] === undefined || fields[name] === part);
}

/** Returns the key of an item that a node does not have, as its other items have theirs. */
function keyOfItem(item: unknown, node: Node): string {
  if (typeof item !== 'object' || item === null) return `v:${JSON.stringify(item)}`;
  const sibling = Object.keys(node).find((key) => key.startsWith('k:'));
  const names = sibling === undefined ? ['name'] : Object.keys(nodeOf(parsed(sibling.slice(2))));
  const fields = item as Readonly<Record<string, unknown>>;
  return `k:${JSON.stringify(Object.fromEntries(names.map((name) => [name, fields[name]])))}`;
}

function shownPath(steps: readonly Step[]): string {
  return steps
    .map(({ shown }) => shown)
    .join('')
    .replace(/^\./, '');
}

function shownItem(key: string): string {
  if (!key.startsWith('k:')) return `[${key.slice(2)}]`;
  const parts = Object.entries(nodeOf(parsed(key.slice(2))));
  return `[${parts.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

function nodeOf(value: unknown): Node {
  return typeof value === 'object' && value !== null ? (value as Node) : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
