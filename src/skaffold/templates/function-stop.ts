/** What unwinds a function. The evaluator adds the place and makes a mistake of it. */

/** Go or Sprig has this, and Slipway does not. */
export class Lacking extends Error {
  constructor(
    /** A noun, such as ``the verb `%p` ``. */
    readonly what: string,
  ) {
    super(what);
  }
}

/** The function fails for these arguments, as it does in Go. */
export class FunctionFailed extends Error {}

/** How a template exceeds its limits. */
export interface Excess {
  readonly limit: number;
  readonly unit: 'step' | 'byte' | 'level';
}

/** Going on would exceed the budget of the template. */
export class OverBudget extends Error {
  constructor(readonly excess: Excess) {
    super('over budget');
  }
}
