import { Deadline, type Sleeper } from '../../util/deadline.ts';
import { ClusterLost } from '../api/api-error.ts';
import type { ClusterClient } from '../api/cluster-client.ts';
import { errorTextOf } from '../api/response-body.ts';

export interface LoggedContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

const shownLines = 10;
/** Per line. */
const shownCharacters = 300;
/** The lines are optional, so do not wait long for a node that does not answer. */
const withinMs = 3_000;

/**
 * Returns the last output lines of a container, for display. If it has printed nothing since its restart, these are the lines
 * before. Never rejects: returns nothing if there is no log, or no permission to read it.
 */
export async function lastLinesOf(
  client: ClusterClient,
  of: LoggedContainer,
  clock: Sleeper,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const current = await linesOf(client, of, {}, clock, signal);
  return current.length > 0 ? current : await linesOf(client, of, { previous: true }, clock, signal);
}

async function linesOf(
  client: ClusterClient,
  { namespace, pod, container }: LoggedContainer,
  which: { readonly previous?: true },
  clock: Sleeper,
  signal: AbortSignal,
): Promise<readonly string[]> {
  using limit = new Deadline(withinMs, () => new ClusterLost('no response in time'), [signal], clock);
  try {
    const answer = await client.open('GET', `/api/v1/namespaces/${namespace}/pods/${pod}/log`, {
      query: { container, ...which, tailLines: shownLines },
      signal: limit.signal,
    });
    const text = (await errorTextOf(answer)).trimEnd();
    return text === '' ? [] : text.split('\n').map((line) => line.slice(0, shownCharacters));
  } catch {
    // A container that never ran has no log. A container on a lost node has no reachable log.
    return [];
  }
}
