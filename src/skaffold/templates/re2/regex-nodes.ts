/** Reports whether a character belongs to a class, by its code point. */
export type CharacterTest = (code: number) => boolean;

/** What holds at a position without taking a character. */
export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'word' | 'noWord';

/** What takes one character. */
export interface CharacterNode {
  readonly kind: 'character';
  readonly test: CharacterTest;
  /** The only character that passes the test. Absent: there may be others. */
  readonly literal?: number;
  /** How long the test is in the expression. A test of a class may take as much time. */
  readonly length: number;
}

export type RegexNode =
  | CharacterNode
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'group'; readonly index: number; readonly of: RegexNode }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  /** The first alternative that matches wins. */
  | { readonly kind: 'choice'; readonly of: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly of: RegexNode;
      readonly least: number;
      /** Absent without a limit. */
      readonly most: number | undefined;
      readonly greedy: boolean;
    };

export interface ParsedRegex {
  readonly root: RegexNode;
  /** The names of the groups by index. Group 0 is the whole match. */
  readonly names: readonly (string | undefined)[];
}
