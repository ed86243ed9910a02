/**
 * What goes wrong between us and an engine. These are thrown inside this folder only and become values at its border
 * (`engine-failure.ts`): neither is a bug of ours.
 */

/** The engine answered that it cannot. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly status: number,
    /** In the engine's words. */
    readonly said: string,
    /** Headers of the answer. */
    readonly headers: Readonly<Record<string, string | string[] | undefined>> = {},
  ) {
    super(said);
  }
}

/** There was no answer, or it broke off. */
export class EngineLost extends Error {
  override readonly name = 'EngineLost';

  /** Whether there was no connection at all, so that the engine never saw the request. */
  get unsent(): boolean {
    return (this.cause as NodeJS.ErrnoException | undefined)?.syscall === 'connect';
  }
}

/** We have hung up ourselves: asking again is of no use. */
export class EngineClosed extends EngineLost {
  constructor() {
    super('the connection to the engine was closed');
  }
}

/**
 * What Node's streams say when the other side is gone, in words for people; all else as it is. The reason of a signal
 * carries no code.
 */
export function asLost(error: unknown): unknown {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' ? lostBy(error) : error;
}

export function lostBy(error: NodeJS.ErrnoException): EngineLost {
  return new EngineLost(lostText(error), { cause: error });
}

export const deniedText = 'permission denied';

function lostText(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOENT':
      return 'there is no such socket';
    case 'EACCES':
    case 'EPERM':
      return deniedText;
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the engine closed the connection';
    default:
      return error.message;
  }
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): error is EngineError {
  return error instanceof EngineError && statuses.includes(error.status);
}

/** What was asked about is not there. Podman says 500 where the container went away while it looked. */
export function isGone(error: unknown): error is EngineError {
  return hasStatus(error, 404) || (error instanceof EngineError && /no such container/i.test(error.said));
}
