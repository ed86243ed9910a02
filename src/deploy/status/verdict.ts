import type { ObjectProblem } from '../../model/outcome.ts';
import type { Standing } from './standing.ts';
import type { Trouble } from './trouble.ts';

/** What a status check concludes about one object. */
export type Verdict =
  | { readonly status: 'inProgress' | 'succeeded'; readonly message: string }
  | ({ readonly status: 'failed'; readonly message: string } & Finding);

/** Why an object failed. */
export interface Finding {
  readonly cause?: NonNullable<ObjectProblem['cause']>;
  readonly failure?: NonNullable<Trouble['failure']>;
  readonly log?: NonNullable<Trouble['log']>;
}

export interface VerdictQuestion {
  readonly standing: Standing;
  /** The worst first. */
  readonly troubles: readonly Trouble[];
  /** Only what the object itself reports as its end fails it before the deadline. */
  readonly tolerate: boolean;
  /** Reports whether a trouble has lasted for its grace time. */
  readonly hasLasted: (trouble: Trouble) => boolean;
}

/** Decides whether an object is ready, will never be, or needs more time. */
export function verdictOf({ standing, troubles, tolerate, hasLasted }: VerdictQuestion): Verdict {
  const [worst] = troubles;
  if (standing.status === 'succeeded') return standing;
  if (standing.status === 'failed' && !(tolerate && standing.mayHeal === true)) {
    // If the cluster says more than that time was up, that is the cause.
    const cause = worst?.heals === 'never' ? undefined : standing.cause;
    return failedWith(joined(standing.message, worst), { ...worst, ...(cause && { cause }) });
  }
  const final = tolerate ? undefined : troubles.find((trouble) => trouble.heals === 'never' && hasLasted(trouble));
  if (final !== undefined) return failedWith(final.detail, final);
  return { status: 'inProgress', message: joined(standing.message, worst) };
}

/** Decides about an object that is not ready when time is up. */
export function verdictAtDeadline(
  { standing, troubles }: Pick<VerdictQuestion, 'standing' | 'troubles'>,
  deadlineMs: number,
): Verdict {
  const [worst] = troubles;
  if (standing.status === 'succeeded') return standing;
  if (standing.status === 'failed') return failedWith(joined(standing.message, worst), worst ?? {});
  if (worst?.heals === 'never') return failedWith(worst.detail, worst);
  const message = `was not ready within ${deadlineMs / 1_000} s: ${joined(standing.message, worst)}`;
  return failedWith(message, { ...worst, cause: 'deadline' });
}

function failedWith(message: string, { cause, failure, log }: Finding): Verdict {
  return { status: 'failed', message, ...(cause && { cause }), ...(failure && { failure }), ...(log && { log }) };
}

function joined(message: string, trouble: Trouble | undefined): string {
  if (trouble === undefined || trouble.detail === message) return message;
  return message === '' ? trouble.detail : `${message}: ${trouble.detail}`;
}
