import { memoryText } from '../../util/memory-text.ts';
import { containerOf } from './observed-container.ts';
import type { ObservedPod } from './observed-pod.ts';

/** Returns the memory limit of a container for display; `undefined` if it has none. */
export function memoryLimitOf(observed: ObservedPod, container: string): string | undefined {
  const limit = (
    containerOf(observed, container)?.['resources'] as
      { readonly limits?: { readonly memory?: string | number } } | undefined
  )?.limits?.memory;
  if (limit === undefined) return undefined;
  const bytes = Number(limit);
  return Number.isNaN(bytes) ? `${limit}` : memoryText(bytes);
}
