/** Highlights parts of a rendered diagnostic. The terminal reporters pass one that adds colours. */
export interface Styler {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly place: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly mark: (text: string) => string;
}

const asIs = (text: string): string => text;

/** For output that is not a terminal. */
export const plainStyler: Styler = { error: asIs, warning: asIs, place: asIs, faint: asIs, mark: asIs };
