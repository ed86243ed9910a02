import { labelSelectorOf, nameSelectorOf } from '../../clusters/api/selectors.ts';
import { jobNameLabel } from '../../clusters/job-resource.ts';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import type { ClusterResource } from './forwarded-port.ts';
import type { LabelSelector, LiveObject } from './live-object.ts';

/** How the pods of a resource are found. */
export interface PodQuery {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Reports whether a pod that was found is one of the resource. Absent: each is. */
  readonly includes?: (pod: Pod) => boolean;
}

/** Returns how the pods of a live object are found, or why it has none. */
export function podsOf({ kind, name }: ClusterResource, { spec }: LiveObject): PodQuery | { readonly reason: string } {
  switch (kind) {
    case 'pod':
      return { fieldSelector: nameSelectorOf(name) };
    case 'cronjob':
      // Its controller names a Job after the CronJob and the minute.
      return {
        labelSelector: jobNameLabel,
        includes: ({ metadata }) => isOfCronJob(metadata.labels?.[jobNameLabel], name),
      };
    case 'service': {
      if (spec?.type === 'ExternalName') return { reason: 'is an ExternalName, which has no pods' };
      const labels = (spec?.selector ?? {}) as Readonly<Record<string, string>>;
      if (Object.keys(labels).length === 0) return { reason: 'has no selector, so its pods are unknown' };
      return { labelSelector: selectorText({ matchLabels: labels }) };
    }
    case 'replicationcontroller':
      return { labelSelector: selectorText({ matchLabels: spec?.selector as Readonly<Record<string, string>> }) };
    default:
      return { labelSelector: selectorText(spec?.selector ?? {}) };
  }
}

function isOfCronJob(job: string | undefined, name: string): boolean {
  return job?.startsWith(`${name}-`) === true && /^\d+$/.test(job.slice(name.length + 1));
}

/** Returns a selector as requests have it (kubernetes.io, "Labels and Selectors"). */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const parts = Object.keys(matchLabels).length > 0 ? [labelSelectorOf(matchLabels)] : [];
  for (const { key, operator, values = [] } of matchExpressions)
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`);
  return parts.join(',');
}
