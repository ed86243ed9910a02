import type { ClusterSession } from '../cluster-session.ts';
import { ApiError, isPassing } from '../../../clusters/api/api-error.ts';
import { remoteCommand, type RemoteEnd, type RemoteIo } from '../../../clusters/api/remote-command.ts';
import { helperContainer } from '../pod/control-volume.ts';
import { SaidText } from './said-text.ts';

/** A command in the pod's helper, or in another of its containers. */
export async function runInPod(
  session: ClusterSession,
  pod: string,
  command: readonly string[],
  io: RemoteIo,
  container = helperContainer,
): Promise<RemoteEnd> {
  return await remoteCommand(session.client, { namespace: session.namespace, pod, container }, command, io);
}

/** As servers before 1.30 answer it, with a status that elsewhere says that they are in trouble. */
const notRunning = /container not found|is not running/i;

/**
 * What a short command prints and ends with; `undefined` where it could not be run, as the container does not run (any
 * more). Throws what passes: a cluster in trouble says nothing about the container.
 */
export async function askPod(
  session: ClusterSession,
  pod: string,
  command: readonly string[],
  signal: AbortSignal,
  container = helperContainer,
): Promise<{ readonly code: number; readonly text: string } | undefined> {
  const said = new SaidText();
  try {
    const end = await runInPod(session, pod, command, { signal, stdout: said.push }, container);
    return 'code' in end ? { code: end.code, text: said.text } : undefined;
  } catch (error) {
    if (error instanceof ApiError && (!isPassing(error) || notRunning.test(error.said))) return undefined;
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
