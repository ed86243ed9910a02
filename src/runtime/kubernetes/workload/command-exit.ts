import type { Exit } from '../../runtime.ts';
import type { RemoteEnd } from '../../../clusters/api/remote-command.ts';
import { refusalOf } from '../pod/refusal.ts';

/** How the node says that it is the command that cannot be run; all else is about the container, the pod or us. */
const ofCommand = /OCI runtime|executable file|no such file or directory|permission denied/i;

/**
 * The end of a command that somebody wants run in a pod. As shells say it, 127: there is no such command, 126: it
 * cannot be run.
 */
export function exitOfCommand(end: RemoteEnd): Exit {
  if ('code' in end) return { code: end.code };
  if (!ofCommand.test(end.refused))
    return { failure: { code: 'start-failed', detail: end.refused.trim(), by: 'cluster' } };
  return { code: /permission denied/i.test(end.refused) ? 126 : 127 };
}

/**
 * That end, or why the cluster did not run it, or was lost meanwhile; rejects with the signal's reason, and for bugs of
 * ours.
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
