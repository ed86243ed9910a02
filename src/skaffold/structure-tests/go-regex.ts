import { Budget } from '../templates/budget.ts';
import { FunctionFailed } from '../templates/function-stop.ts';
import { Regex } from '../templates/re2/regex.ts';

/** Texts of tests are longer than those of templates. The search itself limits its memory, and so its time. */
class NoBudget extends Budget {
  override step(): void {}
}

/** Returns why a text is no regular expression of Go, or `undefined` if it is one. */
export function regexMistake(pattern: string): string | undefined {
  try {
    new Regex(pattern, new NoBudget());
    return undefined;
  } catch (error) {
    if (error instanceof FunctionFailed) return error.message;
    throw error;
  }
}

/**
 * Reports whether an expression matches somewhere in a text.
 * @returns a sentence if the text is too long for the expression
 */
export function regexFinds(pattern: string, text: string): boolean | string {
  try {
    return new Regex(pattern, new NoBudget()).find(text) !== undefined;
  } catch (error) {
    if (error instanceof FunctionFailed) return error.message;
    throw error;
  }
}
