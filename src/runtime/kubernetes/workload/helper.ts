import type { ClusterSession } from '../cluster-session.ts';
import { ApiError, isTransient } from '../../../clusters/api/api-error.ts';
import { remoteCommand, type RemoteEnd, type RemoteIo } from '../../../clusters/api/remote-command.ts';
import { helperContainer } from '../pod/control-volume.ts';
import { CappedText } from './capped-text.ts';

/** Runs a command in the pod's helper or another of its containers. */
export async function runInPod(
  session: ClusterSession,
  pod: string,
  command: readonly string[],
  io: RemoteIo,
  container = helperContainer,
): Promise<RemoteEnd> {
  return await remoteCommand(session.client, { namespace: session.namespace, pod, container }, command, io);
}

/** The message of servers before 1.30. Its status otherwise means a server error. */
const notRunning = /container not found|is not running/i;

/**
 * Returns the output and the exit code of a short command; `undefined` if the container is not running. Throws
 * transient errors: a failing cluster says nothing about the container.
 */
export async function askPod(
  session: ClusterSession,
  pod: string,
  command: readonly string[],
  signal: AbortSignal,
  container = helperContainer,
): Promise<{ readonly code: number; readonly text: string } | undefined> {
  const said = new CappedText();
  try {
    const end = await runInPod(session, pod, command, { signal, stdout: said.push }, container);
    return 'code' in end ? { code: end.code, text: said.text } : undefined;
  } catch (error) {
    if (error instanceof ApiError && (!isTransient(error) || notRunning.test(error.said))) return undefined;
    throw error;
  }
}

/** Reports whether the output of `startStateCommand` says that the command began. */
export function hasBegun(said: string): boolean {
  return /^(opened|began|ended)\b/.test(said.trim());
}

/** Reports whether the output of `startStateCommand` says that the command ended. */
export function commandHasEnded(said: string): boolean {
  return /^ended\b/.test(said.trim());
}
