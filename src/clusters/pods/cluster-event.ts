import type { PodEvent } from './observed-pod.ts';

/** The fields of an Event that identify its pod and its time (core/v1). */
export interface ClusterEvent {
  readonly metadata: { readonly name: string; readonly uid?: string; readonly resourceVersion?: string };
  readonly involvedObject?: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly fieldPath?: string;
  };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number };
}

/** @param at when it was first received, in milliseconds since 1970 */
export function toPodEvent(
  { type, message, involvedObject, series, count }: ClusterEvent,
  reason: string,
  at: number,
): PodEvent {
  const times = series?.count ?? count;
  const fieldPath = involvedObject?.fieldPath;
  return {
    type: type ?? 'Normal',
    reason,
    message: message ?? '',
    at,
    ...(fieldPath !== undefined && { fieldPath }),
    ...(times !== undefined && times > 1 && { count: times }),
  };
}
