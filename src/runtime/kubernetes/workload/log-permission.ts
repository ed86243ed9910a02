import type { Failure } from '../../../model/outcome.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import { hasStatus } from '../../../clusters/api/api-error.ts';
import { refusalOf } from '../pod/refusal.ts';

/** A refusal comes at once: what is handed on to a node, which may not answer, is allowed. */
const refusedWithinMs = 3_000;

/**
 * Whether the output of steps may be read, asked once for a connection, of a pod that is just being made: a permission
 * is looked at before the pod is, so any answer but a refusal says yes. Nobody wants to run a step for hours of which
 * not a word can be had.
 */
export class LogPermission {
  #asked: Promise<Failure | undefined> | undefined;

  constructor(
    private readonly client: Pick<ClusterClient, 'open'>,
    private readonly namespace: string,
  ) {}

  /**
   * Why not; never rejects. Steps that start at once share one request. A permission that is taken away later is told
   * where output is lost.
   */
  async refusal(pod: string, signal: AbortSignal): Promise<Failure | undefined> {
    this.#asked ??= this.#ask(pod, signal);
    return await this.#asked;
  }

  async #ask(pod: string, signal: AbortSignal): Promise<Failure | undefined> {
    try {
      const answer = await this.client.open('GET', `/api/v1/namespaces/${this.namespace}/pods/${pod}/log`, {
        query: { limitBytes: 1 },
        signal,
        deadlineMs: refusedWithinMs,
      });
      answer.destroy();
    } catch (error) {
      const refused = hasStatus(error, 403);
      // The permission may be given meanwhile, and a step that was cancelled got no answer.
      if (refused || signal.aborted) this.#asked = undefined;
      if (refused) return refusalOf(error, this.namespace);
    }
    return undefined;
  }
}
