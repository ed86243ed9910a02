/**
 * The code table: every mistake that Slipway can point at in a pipeline, with all that is ever said about it. A code
 * never changes its meaning and is never used again for another. `docs/diagnostics.md` is made from it.
 */
import { documentCodes } from './codes/document.ts';
import { operatorCodes } from './codes/operator.ts';
import { selectionCodes } from './codes/selection.ts';
import { stepCodes } from './codes/steps.ts';
import { structureCodes } from './codes/structure.ts';
import { valueCodes } from './codes/values.ts';
import { variableCodes } from './codes/variables.ts';

export const codes = {
  ...documentCodes,
  ...structureCodes,
  ...valueCodes,
  ...variableCodes,
  ...selectionCodes,
  ...stepCodes,
  ...operatorCodes,
};

export type Code = keyof typeof codes;

/** What the message of a code has to be told. */
export type Parts<C extends Code> = Parameters<(typeof codes)[C]['message']>[0];

export function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}

/** Where the docs explain a code, relative to the package. */
export function docsAnchor(code: Code): string {
  return `docs/diagnostics.md#${code.toLowerCase()}`;
}
