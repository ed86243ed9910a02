import type { templateCodes } from '../codes/templates.ts';

type Table = typeof templateCodes;

export type TemplateCode = keyof Table;

/** What a code of `templateCodes` says about one place. */
export type TemplateParts<C extends TemplateCode> = Parameters<Table[C]['message']>[0];

/** A range of a template as offsets in UTF-16 units. */
export interface TemplateRange {
  readonly start: number;
  readonly end: number;
}

/** A mistake in a template: what `problem` needs, with a range of the template in place of a span of a file. */
export type TemplateMistake = {
  readonly [C in TemplateCode]: TemplateRange & { readonly code: C; readonly parts: TemplateParts<C> };
}[TemplateCode];

/** Unwinds the parser or the evaluator at a mistake. Never leaves `parseTemplate` and `evaluate`. */
export class TemplateFault extends Error {
  constructor(readonly mistake: TemplateMistake) {
    super(mistake.code);
  }
}

/** Returns the mistake of a code. */
export function mistakeAt<C extends TemplateCode>(
  code: C,
  { start, end }: TemplateRange,
  parts: TemplateParts<C>,
): TemplateMistake {
  // TypeScript cannot infer that the parts belong to this code.
  return { code, start, end, parts } as unknown as TemplateMistake;
}

/** Stops at a mistake. */
export function stopAt<C extends TemplateCode>(code: C, range: TemplateRange, parts: TemplateParts<C>): never {
  throw new TemplateFault(mistakeAt(code, range, parts));
}
