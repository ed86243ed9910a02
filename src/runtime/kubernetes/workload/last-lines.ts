import type { Failure } from '../../../model/outcome.ts';
import { errorTextOf } from '../../../clusters/api/response-body.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';
import { Deadline } from '../../../util/deadline.ts';
import { ClusterLost } from '../../../clusters/api/api-error.ts';

const shownLines = 10;
/** Per line. */
const shownCharacters = 300;
/** The lines are optional, so do not wait long for a node that does not answer. */
const withinMs = 3_000;

/** Adds the last output lines of a failed container if no other reason is known. Never rejects. */
export async function withLastLines(
  session: ClusterSession,
  pod: string,
  failure: Failure,
  signal: AbortSignal,
): Promise<Failure> {
  if (failure.code !== 'container-failed' || failure.detail !== '') return failure;
  const detail = await lastLines(session, pod, { container: failure.container }, signal);
  // A restarted container printed its lines before the restart.
  return {
    ...failure,
    detail:
      detail === '' ? await lastLines(session, pod, { container: failure.container, previous: true }, signal) : detail,
  };
}

async function lastLines(
  session: ClusterSession,
  pod: string,
  of: { readonly container: string; readonly previous?: true },
  signal: AbortSignal,
): Promise<string> {
  using limit = new Deadline(withinMs, () => new ClusterLost('no response in time'), [signal], session.clock);
  try {
    const answer = await session.client.open('GET', podPath(session, pod, 'log'), {
      query: { ...of, tailLines: shownLines },
      signal: limit.signal,
    });
    const lines = (await errorTextOf(answer)).trimEnd().split('\n');
    return lines.map((line) => line.slice(0, shownCharacters)).join('\n');
  } catch {
    // A container that never ran has no log. A container on a lost node has no reachable log.
    return '';
  }
}
