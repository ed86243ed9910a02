import type { ContainerRef, ContainerSelector } from './running-container.ts';
import { RuntimeRefused } from './runtime-refused.ts';

/**
 * Checks a selector. Throws `RuntimeRefused` (`unsupported`) that names the wrong label.
 * @param problemOf returns what is wrong with a label on this platform
 * @param namespaceProblem the same of a namespace. Absent: the platform has none
 */
export function checkSelector(
  { labels, all, namespace }: ContainerSelector,
  problemOf: (key: string, value: string) => string | undefined,
  namespaceProblem?: (namespace: string) => string | undefined,
): void {
  const entries = Object.entries(labels);
  // All containers of a machine or a namespace: a mistake, rather than a wish.
  if (entries.length === 0 && (all !== true || namespace === undefined || namespaceProblem === undefined))
    throw refused('cannot find containers: the selector has no labels');
  for (const [key, value] of entries) {
    const problem = key === '' ? 'a label key is empty' : problemOf(key, value);
    if (problem !== undefined)
      throw refused(`cannot find containers with the label ${JSON.stringify(`${key}=${value}`)}: ${problem}`);
  }
  const problem = namespace === undefined ? undefined : namespaceProblem?.(namespace);
  if (problem !== undefined)
    throw refused(`cannot find containers in the namespace ${JSON.stringify(namespace)}: ${problem}`);
}

/** Reports whether a container has all labels, and the name if one is asked for. Ignores the namespace. */
export function matches({ labels, container }: ContainerSelector, ref: Pick<ContainerRef, 'labels' | 'name'>): boolean {
  if (container !== undefined && ref.name !== container) return false;
  return Object.entries(labels).every(([key, value]) => Object.hasOwn(ref.labels, key) && ref.labels[key] === value);
}

function refused(detail: string): RuntimeRefused {
  return new RuntimeRefused({ code: 'unsupported', detail }, new Error(detail));
}
