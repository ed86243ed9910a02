/**
 * Errors of an engine or the connection to it. Thrown inside this folder only; they become values at its border
 * (`engine-failure.ts`). None of them is a bug.
 */

/** The engine returned an error. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly status: number,
    /** The engine's message. */
    readonly said: string,
    /** The headers of the response. */
    readonly headers: Readonly<Record<string, string | string[] | undefined>> = {},
  ) {
    super(said);
  }
}

/** There was no response, or it was cut off. */
export class EngineLost extends Error {
  override readonly name = 'EngineLost';

  /** Reports whether there was no connection, so that the engine never received the request. */
  get unsent(): boolean {
    return (this.cause as NodeJS.ErrnoException | undefined)?.syscall === 'connect';
  }
}

/**
 * Podman 4.3 and earlier fail any request about a container whose process ends while they read its control group
 * (Podman issue 16383). The request may or may not have been executed, as if its response had been lost.
 */
export class ProcessGone extends EngineLost {
  static readonly #text = /\/proc\/\d+\/cgroup: no such process/;

  /** Reports whether this is the meaning of an engine's message. */
  static isMeantBy(said: string): boolean {
    return ProcessGone.#text.test(said);
  }
}

/** Slipway closed the connection itself. Do not retry. */
export class EngineClosed extends EngineLost {
  constructor() {
    super('the connection to the engine was closed');
  }
}

/**
 * Converts the errors of a broken connection to `EngineLost`. Returns other errors unchanged. The reason of a signal
 * has no code.
 */
export function asEngineLost(error: unknown): unknown {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string'
    ? toEngineLost(error)
    : error;
}

export function toEngineLost(error: NodeJS.ErrnoException): EngineLost {
  return new EngineLost(lostText(error), { cause: error });
}

export const deniedText = 'permission denied';

function lostText(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOENT':
      return 'the socket does not exist';
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

/** Reports whether the object does not exist. Podman returns 500 if a container disappeared during the request. */
export function isNotFound(error: unknown): error is EngineError {
  return hasStatus(error, 404) || (error instanceof EngineError && /no such container/i.test(error.said));
}
