import { ClusterClient, type ClusterRequest } from '../../src/clusters/api/cluster-client.ts';

/** A client that does something else before its first request that matches. The request is sent afterwards. */
export class InterruptingClient extends ClusterClient {
  readonly #isMet: (method: string, path: string) => boolean;
  #act: (() => Promise<unknown>) | undefined;

  constructor(client: ClusterClient, isMet: (method: string, path: string) => boolean, act: () => Promise<unknown>) {
    super(client.connection);
    this.#isMet = isMet;
    this.#act = act;
  }

  override async exchange<T>(
    method: string,
    path: string,
    request?: ClusterRequest,
  ): Promise<{ readonly status: number; readonly body: T }> {
    if (this.#act !== undefined && this.#isMet(method, path)) {
      const act = this.#act;
      this.#act = undefined;
      await act();
    }
    return await super.exchange<T>(method, path, request);
  }
}
