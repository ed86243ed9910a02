import type { Failure } from '../../../model/outcome.ts';
import { lastLinesOf } from '../../../clusters/pods/last-lines.ts';
import type { ClusterSession } from '../cluster-session.ts';

/** Adds the last output lines of a failed container if no other reason is known. Never rejects. */
export async function withLastLines(
  session: ClusterSession,
  pod: string,
  failure: Failure,
  signal: AbortSignal,
): Promise<Failure> {
  if (failure.code !== 'container-failed' || failure.detail !== '') return failure;
  const { client, clock, namespace } = session;
  const lines = await lastLinesOf(client, { namespace, pod, container: failure.container }, clock, signal);
  return { ...failure, detail: lines.join('\n') };
}
