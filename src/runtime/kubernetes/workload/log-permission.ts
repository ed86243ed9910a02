import type { Failure } from '../../../model/outcome.ts';
import type { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import { hasStatus } from '../../../clusters/api/api-error.ts';
import { refusalOf } from '../pod/refusal.ts';

/** The API server refuses at once. It forwards an allowed request to the node, which may not answer. */
const refusedWithinMs = 3_000;

/**
 * Checks once per connection whether Slipway may read the output of steps. It requests the log of a pod that is being
 * created. The API server checks permissions before it looks for the pod, so any answer except a refusal means yes.
 * Without this check a step could run for hours with unreadable output.
 */
export class LogPermission {
  #asked: Promise<Failure | undefined> | undefined;
  readonly #client: Pick<ClusterClient, 'open'>;
  readonly #namespace: string;

  constructor(client: Pick<ClusterClient, 'open'>, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /**
   * Returns why the output cannot be read. Never rejects. Steps that start together share one request. A permission
   * that is revoked later is reported with the lost output.
   */
  async refusal(pod: string, signal: AbortSignal): Promise<Failure | undefined> {
    this.#asked ??= this.#ask(pod, signal);
    return await this.#asked;
  }

  async #ask(pod: string, signal: AbortSignal): Promise<Failure | undefined> {
    try {
      const answer = await this.#client.open('GET', `/api/v1/namespaces/${this.#namespace}/pods/${pod}/log`, {
        query: { limitBytes: 1 },
        signal,
        deadlineMs: refusedWithinMs,
      });
      answer.destroy();
    } catch (error) {
      const refused = hasStatus(error, 403);
      // The permission may be granted later, and a cancelled step got no answer.
      if (refused || signal.aborted) this.#asked = undefined;
      if (refused) return refusalOf(error, this.#namespace);
    }
    return undefined;
  }
}
