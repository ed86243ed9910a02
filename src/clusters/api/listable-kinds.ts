import type { Clock } from '../../model/clock.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { answerOf } from './answer-of.ts';
import { versionPath, type ApiResource } from './api-resource.ts';
import type { ClusterClient } from './cluster-client.ts';

/** The fields of an `APIResourceList` that are used (k8s.io/apimachinery, meta/v1). */
interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs?: readonly string[];
  }[];
}

/** The fields of an `APIGroupList` that are used. */
interface GroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly preferredVersion?: { readonly groupVersion: string };
    readonly versions?: readonly { readonly groupVersion: string }[];
  }[];
}

export interface ListableKinds {
  /** Each kind once, in the version that the cluster prefers. */
  readonly resources: readonly ApiResource[];
  /** What the cluster could not tell: `metrics.k8s.io/v1beta1 (the server is currently unable to handle the request)`. */
  readonly unknown: readonly string[];
}

const atOnce = 8;

/**
 * Returns every kind whose objects can be listed and deleted (kubernetes.io, "API Discovery"). What cannot be deleted
 * is not stored, as the usage of a pod. Throws errors that concern all requests.
 */
export async function listableKinds(
  client: Pick<ClusterClient, 'json'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<ListableKinds> {
  const ask = async <T>(path: string) =>
    await answerOf(clock, signal, async () => await client.json<T>('GET', path, { signal }));
  const list = await ask<GroupList>('/apis');
  if ('refusal' in list) return { resources: [], unknown: [`the kinds of the cluster (${list.refusal})`] };
  const groups = (list.value.groups ?? []).map(({ preferredVersion, versions = [] }) => {
    const all = [preferredVersion, ...versions].flatMap((version) => (version ? [version.groupVersion] : []));
    return [...new Set(all)];
  });
  const answers = await inParallel([['v1'], ...groups].flat(), atOnce, async (version) => ({
    version,
    answer: await ask<ResourceList>(versionPath(version)),
  }));
  const found = new Map<string, ApiResource>();
  const unknown: string[] = [];
  for (const { version, answer } of answers) {
    if ('refusal' in answer) {
      unknown.push(`${version} (${answer.refusal})`);
      continue;
    }
    const [group] = version.includes('/') ? version.split('/') : [''];
    for (const { name, kind, namespaced, verbs = [] } of answer.value.resources ?? []) {
      const key = `${group}/${kind}`;
      if (name.includes('/') || !verbs.includes('list') || !verbs.includes('delete') || found.has(key)) continue;
      found.set(key, { apiVersion: version, kind, plural: name, isNamespaced: namespaced });
    }
  }
  return { resources: [...found.values()], unknown };
}
