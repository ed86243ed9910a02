import type { ClusterSession } from '../cluster-session.ts';
import { ApiError } from '../api/api-error.ts';
import { remoteCommand, type RemoteEnd, type RemoteIo } from '../api/remote-command.ts';
import { helperContainer } from '../pod/control-volume.ts';

/** A command in the pod's helper, or in another of its containers. */
export async function runInPod(session: ClusterSession, pod: string, command: readonly string[], io: RemoteIo, container = helperContainer): Promise<RemoteEnd> {
  return await remoteCommand(session.client, { namespace: session.namespace, pod, container }, command, io);
}

/** What a short command prints and ends with; `undefined` where it could not be run, as the container does not run (any more). */
export async function askPod(session: ClusterSession, pod: string, command: readonly string[], signal: AbortSignal, container = helperContainer): Promise<{ readonly code: number; readonly text: string } | undefined> {
  const said: Uint8Array[] = [];
  try {
    const end = await runInPod(session, pod, command, { signal, stdout: (bytes) => void said.push(bytes) }, container);
    return 'code' in end ? { code: end.code, text: Buffer.concat(said).toString('utf8') } : undefined;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Of what `beganCommand` prints. */
export function hasBegun(said: string): boolean {
  return /^(opened|began|ended)\b/.test(said.trim());
}

/** The same. */
export function cameToItsEnd(said: string): boolean {
  return /^ended\b/.test(said.trim());
}
