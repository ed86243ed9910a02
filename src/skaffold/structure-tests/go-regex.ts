import { TimeSlice } from '../../util/time-slice.ts';
import { Budget } from '../templates/budget.ts';
import { FunctionFailed } from '../templates/function-stop.ts';
import { Regex } from '../templates/re2/regex.ts';

/** Steps of one search: some 10 seconds. Ordinary expressions take fewer on a file of 32 MiB. */
const mostSteps = 100_000_000;

/** Texts of tests are longer than those of templates. */
class SearchBudget extends Budget {
  readonly #most: number;
  #done = 0;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override step(count = 1): void {
    this.#done += count;
    if (this.#done > this.#most) throw new FunctionFailed('the text is too long for this regular expression');
  }
}

/** Returns why a text is no regular expression of Go, or `undefined` if it is one. */
export function regexMistake(pattern: string): string | undefined {
  try {
    new Regex(pattern, new SearchBudget(mostSteps));
    return undefined;
  } catch (error) {
    if (error instanceof FunctionFailed) return error.message;
    throw error;
  }
}

/**
 * Reports whether an expression matches somewhere in a short text.
 * @returns a sentence if the search would take too long
 */
export function regexFinds(pattern: string, text: string): boolean | string {
  try {
    return new Regex(pattern, new SearchBudget(mostSteps)).matches(text);
  } catch (error) {
    if (error instanceof FunctionFailed) return error.message;
    throw error;
  }
}

/** Does what `regexFinds` does for a long text. Shares the event loop, and throws the signal's reason. */
export async function regexFindsIn(
  text: string,
  pattern: string,
  signal: AbortSignal,
  most = mostSteps,
): Promise<boolean | string> {
  try {
    const turns = new TimeSlice();
    const matching = new Regex(pattern, new SearchBudget(most)).matching(text);
    for (;;) {
      const { done, value } = matching.next();
      if (done) return value;
      if (turns.over) await turns.next(signal);
    }
  } catch (error) {
    if (error instanceof FunctionFailed) return error.message;
    throw error;
  }
}
