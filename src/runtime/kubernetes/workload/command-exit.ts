import type { Exit } from '../../runtime.ts';
import type { RemoteEnd } from '../../../clusters/api/remote-command.ts';
import { refusalOf } from '../pod/refusal.ts';

/** Messages of the node about the command. All other messages are about the container, the pod or Slipway. */
const ofCommand = /OCI runtime|executable file|no such file or directory|permission denied/i;

/**
 * Returns the exit of a command that ran in a pod. As in shells, 127 means no such command and 126 means not
 * executable.
 */
export function exitOfCommand(end: RemoteEnd): Exit {
  if ('code' in end) return { code: end.code };
  if (!ofCommand.test(end.refused))
    return { failure: { code: 'start-failed', detail: end.refused.trim(), by: 'cluster' } };
  return { code: /permission denied/i.test(end.refused) ? 126 : 127 };
}

/**
 * Returns the exit of a command, or why the cluster did not run it or was lost. Rejects with the signal's reason, and
 * for bugs.
 */
export async function commandExit(run: () => Promise<Exit>, namespace: string, signal: AbortSignal): Promise<Exit> {
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    const failure = refusalOf(error, namespace);
    if (failure === undefined) throw error;
    return { failure };
  }
}
