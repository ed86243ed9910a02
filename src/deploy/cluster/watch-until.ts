import { hasStatus } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { watch, type WatchedObject, type WatchTarget } from '../../clusters/api/watch.ts';
import type { Clock } from '../../model/clock.ts';
import { onAbort } from '../../util/abort.ts';

export interface WatchLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long to wait, in milliseconds. */
  readonly withinMs: number;
}

/**
 * Watches objects until they are as wanted. Throws the client's error if the cluster refuses the watch, and the
 * signal's reason. A resource that is gone has no objects.
 * @param isDone gets all objects of the target that exist
 * @returns whether that happened in time
 */
export async function watchUntil<T extends WatchedObject>(
  client: ClusterClient,
  target: WatchTarget,
  isDone: (objects: readonly T[]) => boolean,
  { clock, signal, withinMs }: WatchLimits,
): Promise<boolean> {
  signal.throwIfAborted();
  const ended = new AbortController();
  using _ = onAbort(signal, () => ended.abort());
  const found = new Map<string, T>();
  const keyOf = ({ metadata: { uid, name } }: WatchedObject) => uid ?? name;
  let isListed = false;
  let result: boolean | undefined;
  let refusal: unknown;
  const end = (value: boolean) => {
    result ??= value;
    ended.abort();
  };
  const look = () => {
    if (isListed && isDone([...found.values()])) end(true);
  };
  clock.sleep(withinMs, ended.signal).then(
    () => end(false),
    () => undefined,
  );
  await watch<T>(
    client,
    clock,
    target,
    {
      onChanged: (object) => {
        found.set(keyOf(object), object);
        look();
      },
      onDeleted: (key) => {
        found.delete(key);
        look();
      },
      onListed: () => {
        isListed = true;
        look();
      },
      onConnected: () => undefined,
      onDisconnected: (_since, error) => {
        if (hasStatus(error, 404)) {
          found.clear();
          isListed = true;
          look();
        } else if (hasStatus(error, 401, 403)) {
          refusal = error;
          ended.abort();
        }
      },
    },
    ended.signal,
  );
  if (result === undefined) {
    signal.throwIfAborted();
    throw refusal;
  }
  return result;
}
