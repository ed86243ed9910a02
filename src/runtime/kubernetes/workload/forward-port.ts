import { openPodPort } from '../../../clusters/api/pod-port.ts';
import { joinStreams } from '../../../util/join-streams.ts';
import { forwardFromLoopback } from '../../loopback-forward.ts';
import type { Forward } from '../../runtime.ts';
import type { ClusterSession } from '../cluster-session.ts';

/** Opens a loopback port of this machine that forwards to a port of the pod, each connection over one of its own. */
export async function forwardPort({ client, namespace }: ClusterSession, pod: string, port: number): Promise<Forward> {
  return await forwardFromLoopback((near) => {
    openPodPort(client, { namespace, pod, port }).then(
      (far) => joinStreams(near, far),
      () => near.destroy(),
    );
  });
}
