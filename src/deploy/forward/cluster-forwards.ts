import type { Duplex } from 'node:stream';
import { openPodPort } from '../../clusters/api/pod-port.ts';
import type { Work } from '../../model/work.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { onAbort } from '../../util/abort.ts';
import { AsyncDisposableList } from '../../util/async-disposable-list.ts';
import { settlesWithin } from '../../util/settles-within.ts';
import { FollowedResource } from './followed-resource.ts';
import { isClusterKind, shownPort, shownResource, type ClusterResource, type ForwardedPort } from './forwarded-port.ts';
import { httpScheme } from './http-scheme.ts';
import { openListener } from './open-listener.ts';
import { forwardWarning, observeForward, warnOfRefused } from './observe-forward.ts';
import { notForwarded, placeProblems } from './port-problems.ts';
import { serveConnection, type Route } from './served-connection.ts';

export interface ClusterForwardsOptions {
  readonly target: TargetCluster;
  /** In the order in which they choose their local ports. */
  readonly ports: readonly ForwardedPort[];
  /** How long a connection may wait for a pod that is ready, in milliseconds. Default: 30 s. */
  readonly waitMs?: number;
}

const usualWaitMs = 30_000;
/** How long the cluster may take to say what it has, before ports are opened anyway. */
const firstLookMs = 10_000;

/**
 * Forwards ports of a cluster to this machine until the signal or the disposal. Each connection goes to a pod that is
 * ready when it begins; so the local port stays open while pods are replaced. Observes each port (`port.forwarded`),
 * and what cannot be forwarded as a warning. Rejects with the signal's reason only.
 */
export async function openClusterForwards(
  { target: { client, namespace }, ports, waitMs = usualWaitMs }: ClusterForwardsOptions,
  work: Work,
): Promise<AsyncDisposable> {
  const ending = new AbortController();
  const listener = onAbort(work.signal, () => ending.abort());
  const opened = new AsyncDisposableList();
  const followed = new Map<string, FollowedResource>();
  const follow = ({ resource }: ForwardedPort): FollowedResource | undefined => {
    const { kind, name } = resource;
    if (!isClusterKind(kind)) return undefined;
    const wanted: ClusterResource = { kind, name, namespace: resource.namespace ?? namespace };
    const key = JSON.stringify([wanted.namespace, kind, name]);
    const refused = (reason: string) => forwardWarning(work, `${shownResource(resource)} ${reason}`);
    const found = followed.get(key) ?? new FollowedResource(wanted, client, work.clock, ending.signal, refused);
    followed.set(key, found);
    return found;
  };
  opened.add({
    [Symbol.asyncDispose]: async () => {
      listener[Symbol.dispose]();
      ending.abort();
      await Promise.all([...followed.values()].map(({ over }) => over));
    },
  });
  try {
    const all = ports.map((port) => ({ port, resource: follow(port) }));
    const looks = Promise.all([...followed.values()].map(({ known }) => known));
    await settlesWithin(looks, firstLookMs, work.clock, ending.signal);
    for (const { port, resource } of all) {
      work.signal.throwIfAborted();
      if (resource === undefined) forwardWarning(work, notForwarded(port, `is not there: ${placeProblems.cluster}`));
      else await open(port, resource, { work, waitMs, opened, signal: ending.signal });
    }
    return opened;
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(
  port: ForwardedPort,
  followed: FollowedResource,
  { work, waitMs, opened, signal }: { work: Work; waitMs: number; opened: AsyncDisposableList; signal: AbortSignal },
): Promise<void> {
  const { namespace } = followed.resource;
  const now = followed.target(port.port);
  if ('reason' in now && now.isMistake) return forwardWarning(work, notForwarded(port, now.reason));
  const route: Route = {
    target: (avoid) => followed.target(port.port, avoid),
    changed: async (until) => await followed.changed(until),
    open: async ({ pod, port: to }, until) =>
      await openPodPort(followed.client, { namespace, pod, port: to }, { signal: until }),
  };
  let told: string | undefined;
  const serve = (near: Duplex): void => {
    void serveConnection(near, route, { clock: work.clock, signal, waitMs }).then((why) => {
      // Browsers try again and again.
      if (why !== undefined && why !== told && !followed.isRefusal(why))
        forwardWarning(work, `a connection to ${shownPort(port)} was closed: ${shownResource(port.resource)} ${why}`);
      told = why;
    });
  };
  try {
    const { forward, instead } = await openListener(port.address, port.localPort, serve);
    opened.add(forward);
    warnOfRefused(work, port, forward);
    observeForward(work, port, {
      ...{ namespace, address: port.address, localPort: forward.port },
      ...('pod' in now && { pod: now.pod }),
      scheme: httpScheme(followed.hints(port.port)),
      ...(instead && { instead }),
    });
    if ('reason' in now && !followed.isRefusal(now.reason))
      forwardWarning(
        work,
        `${shownPort(port)}: connections wait, because ${shownResource(port.resource)} ${now.reason}`,
      );
  } catch (error) {
    forwardWarning(work, `${shownPort(port)} is not forwarded: ${(error as Error).message}`);
  }
}
