import type { Cancelled } from '../model/outcome.ts';
import type { Connection } from '../runtime/runtime.ts';

/**
 * Asks the person behind a request. Each question is absent if there is no person to ask: without a terminal, and in a
 * server.
 */
export interface Interaction {
  /** Asks whether to run on the host. Called if no runtime of the request answers. */
  readonly confirmHost?: (connections: readonly Connection[]) => Promise<boolean>;
  /**
   * Asks for a missing password. Returns `undefined` for no answer and `Cancelled` for Ctrl-C.
   * @param wrong whether the earlier value differs from the run's secret
   */
  readonly askSecret?: (name: string, wrong?: boolean) => Promise<string | undefined | Cancelled>;
}

/** Asks nothing: there is no terminal. */
export const noInteraction: Interaction = {};
