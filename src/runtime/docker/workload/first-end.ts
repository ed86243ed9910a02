import type { IncomingMessage } from 'node:http';
import { readAll } from '../api/engine-client.ts';
import { EngineLost } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';

/** What Docker answers to a wait. */
export interface WaitAnswer {
  readonly StatusCode: number;
}

/**
 * Docker's answer to a wait that began before the container started. Whatever happens to the container later, the
 * answer is about the process that was started first: `next-exit` of the Docker API.
 */
export class FirstEnd {
  readonly answer: Promise<WaitAnswer>;

  private constructor(private readonly response: IncomingMessage) {
    this.answer = readAll(response).then((body) => parsed(body.toString()));
    // Nobody reads it if the start fails.
    this.answer.catch(() => undefined);
  }

  /** Resolves when the engine waits: it sends the headers then, and the body at the end. */
  static async of({ engine }: EngineSession, id: string, signal: AbortSignal): Promise<FirstEnd> {
    return new FirstEnd(
      await engine.open('POST', `/containers/${id}/wait`, { query: { condition: 'next-exit' }, signal }),
    );
  }

  letGo(): void {
    this.response.destroy();
  }
}

function parsed(body: string): WaitAnswer {
  try {
    return JSON.parse(body) as WaitAnswer;
  } catch (error) {
    throw new EngineLost('the engine ended a wait without an answer', { cause: error });
  }
}
