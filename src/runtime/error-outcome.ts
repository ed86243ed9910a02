/** The outcome of work that threw an error. Every caller of a platform decides it in this order. */
import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../model/outcome.ts';
import { RuntimeRefused } from './runtime-refused.ts';

/** Returns the failure of an error of the platform; `undefined` for a bug of ours. */
type FailureOf = (error: unknown) => Failure | undefined;

/**
 * Returns `cancelled` if the signal is aborted, and a failure for an error of the platform. Throws all other errors.
 * @param failureOf default: that of `RuntimeRefused`
 */
export function cancelledOrFailed(
  error: unknown,
  signal: AbortSignal,
  failureOf: FailureOf = ofRefusal,
): Outcome<never> {
  return signal.aborted ? cancelledBy(signal) : failedBy(error, failureOf);
}

/** Does the same for work that goes on until its signal. Then an aborted signal is success. */
export function stoppedOrFailed(error: unknown, signal: AbortSignal, failureOf: FailureOf = ofRefusal): Outcome {
  return signal.aborted ? succeeded(undefined) : failedBy(error, failureOf);
}

function failedBy(error: unknown, failureOf: FailureOf): Outcome<never> {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  return failed(failure);
}

function ofRefusal(error: unknown): Failure | undefined {
  return error instanceof RuntimeRefused ? error.failure : undefined;
}
