/**
 * All diagnostic codes with their texts. The meaning of a code never changes, and a retired code is never reused.
 * `docs/diagnostics.md` is generated from this table.
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

/** The arguments of a code's message. */
export type Parts<C extends Code> = Parameters<(typeof codes)[C]['message']>[0];

export function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}

/** Returns the link to a code's section in the docs, relative to the package. */
export function docsAnchor(code: Code): string {
  return `docs/diagnostics.md#${code.toLowerCase()}`;
}
