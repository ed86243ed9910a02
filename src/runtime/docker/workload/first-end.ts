import type { IncomingMessage } from 'node:http';
import { readAll } from '../api/engine-client.ts';
import { EngineLost } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';

/** Docker's response to a wait. */
export interface WaitAnswer {
  readonly StatusCode: number;
}

/**
 * Docker's response to a wait that began before the container started (`next-exit` of the Docker API). It is about the
 * first process, whatever happens to the container later.
 */
export class FirstEnd {
  readonly answer: Promise<WaitAnswer>;
  readonly #response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.answer = readAll(response).then((body) => parsed(body.toString()));
    // Ignored if the start fails.
    this.answer.catch(() => undefined);
  }

  /** Resolves when the engine is waiting. The engine sends the headers then, and the body at the end. */
  static async of({ engine }: EngineSession, id: string, signal: AbortSignal): Promise<FirstEnd> {
    return new FirstEnd(
      await engine.open('POST', `/containers/${id}/wait`, { query: { condition: 'next-exit' }, signal }),
    );
  }

  release(): void {
    this.#response.destroy();
  }
}

function parsed(body: string): WaitAnswer {
  try {
    return JSON.parse(body) as WaitAnswer;
  } catch (error) {
    throw new EngineLost('the engine closed the connection of a wait without a response', { cause: error });
  }
}
