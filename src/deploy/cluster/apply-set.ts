/**
 * A Kubernetes ApplySet: what one deploy consists of, written down in the cluster itself (KEP-3659, "ApplySet: kubectl
 * apply --prune redesign"). Any tool that knows ApplySets can read it. A parent object says which kinds and namespaces
 * have members. A label marks each member.
 */
import { createHash } from 'node:crypto';
import { isDnsLabel, isDnsSubdomain } from '../../util/kubernetes-names.ts';

export const idLabel = 'applyset.kubernetes.io/id';
export const memberLabel = 'applyset.kubernetes.io/part-of';
export const toolingAnnotation = 'applyset.kubernetes.io/tooling';
export const kindsAnnotation = 'applyset.kubernetes.io/contains-group-kinds';
export const namespacesAnnotation = 'applyset.kubernetes.io/additional-namespaces';
export const tooling = 'slipway/v1';
/** On the parent: the name that the set was given. */
export const setNameAnnotation = 'slipway.dev/set';

/** On the parent, while a deploy runs: a mark of that deploy. After a kill it stays until another deploy ends. */
export const deployingAnnotation = 'slipway.dev/deploying';
/** On the parent: the mark of the deploy that ended last. */
export const endedAnnotation = 'slipway.dev/deployed';

/** Where members may be. It may name more kinds and namespaces than there are, never fewer. */
export interface SetContents {
  /** `Deployment.apps`, sorted. */
  readonly groupKinds: readonly string[];
  /** Without that of the parent, sorted. */
  readonly namespaces: readonly string[];
}

export const nothing: SetContents = { groupKinds: [], namespaces: [] };

/** Returns the name of the ConfigMap that is the parent of a set. */
export function parentName(setName: string): string {
  const slug = setName
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 200);
  const distinct = slug === setName ? slug : `${slug}-${sha256(setName).toString('hex').slice(0, 8)}`;
  return `slipway-${distinct.replace(/^-/, '')}`;
}

/** Returns the id of a set whose parent is a ConfigMap (KEP-3659, "ApplySet Identification"). */
export function applySetId(parent: string, namespace: string): string {
  return `applyset-${sha256(`${parent}.${namespace}.ConfigMap.`).toString('base64url')}-v1`;
}

export function contentsOf(annotations: Readonly<Record<string, string>> = {}): SetContents {
  return {
    groupKinds: listOf(annotations[kindsAnnotation]),
    namespaces: listOf(annotations[namespacesAnnotation]),
  };
}

/**
 * Returns what is wrong with the record of a set: a part of a sentence. Slipway writes all of these, so one that is missing
 * or that cannot be true was changed by somebody else, and other entries may be missing, too.
 */
export function damageOf({ labels = {}, annotations = {} }: LabelledMetadata, id: string): string | undefined {
  if (labels[idLabel] !== id) return `its label ${idLabel} is not ${id}`;
  for (const [name, isEntry] of lists) {
    const text = annotations[name];
    if (text === undefined) return `its annotation ${name} is missing`;
    const wrong = listOf(text).find((entry) => !isEntry(entry));
    if (wrong !== undefined) return `its annotation ${name} has the entry ${JSON.stringify(wrong)}`;
  }
  return undefined;
}

interface LabelledMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `Deployment.apps`, and the names of namespaces. */
const lists: readonly (readonly [string, (entry: string) => boolean])[] = [
  [kindsAnnotation, isGroupKind],
  [namespacesAnnotation, isDnsLabel],
];

function isGroupKind(text: string): boolean {
  const [, kind, group] = /^([A-Za-z][A-Za-z0-9]*)(?:\.(.+))?$/.exec(text) ?? [];
  return kind !== undefined && (group === undefined || isDnsSubdomain(group));
}

export function annotationsOf({ groupKinds, namespaces }: SetContents): Readonly<Record<string, string>> {
  return {
    [toolingAnnotation]: tooling,
    [kindsAnnotation]: sorted(groupKinds).join(','),
    [namespacesAnnotation]: sorted(namespaces).join(','),
  };
}

export function unionOf(a: SetContents, b: SetContents): SetContents {
  return {
    groupKinds: sorted([...a.groupKinds, ...b.groupKinds]),
    namespaces: sorted([...a.namespaces, ...b.namespaces]),
  };
}

function listOf(text = ''): readonly string[] {
  return sorted(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}

function sorted(all: readonly string[]): readonly string[] {
  return [...new Set(all)].sort();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
