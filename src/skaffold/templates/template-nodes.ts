import type { Value } from './values.ts';
import type { TemplateRange } from './template-mistake.ts';

/** A parsed template. Its texts and actions are in the order of the template. */
export interface ParsedTemplate {
  readonly nodes: readonly TemplateNode[];
  /** Templates by name: those of `define` and `block`, and the template itself. */
  readonly named: ReadonlyMap<string, readonly TemplateNode[]>;
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipeline }
  | Branch
  | Range
  | ({ readonly kind: 'template'; readonly name: string; readonly pipe: Pipeline | undefined } & TemplateRange)
  | { readonly kind: 'break' | 'continue' };

export interface Branch {
  readonly kind: 'if' | 'with';
  readonly pipe: Pipeline;
  readonly then: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[] | undefined;
}

export interface Range {
  readonly kind: 'range';
  readonly pipe: Pipeline;
  readonly then: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[] | undefined;
}

/** Commands joined by `|`. The value of one is the last argument of the next. */
export interface Pipeline extends TemplateRange {
  /** Variables that get the value, with `$`. */
  readonly variables: readonly string[];
  /** Whether the variables exist already (`=`) or start here (`:=`). */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface Command extends TemplateRange {
  readonly first: Operand;
  readonly args: readonly Operand[];
}

export type Operand = TemplateRange &
  (
    | { readonly kind: 'dot' | 'nil' }
    | { readonly kind: 'field'; readonly names: readonly string[] }
    | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
    /** Fields of a parenthesized pipeline or of a function's result. */
    | { readonly kind: 'chain'; readonly of: Operand; readonly names: readonly string[] }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'pipeline'; readonly pipe: Pipeline }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly number: NumberLiteral }
  );

/** A number as it is written. Which of its values is used depends on the type of the parameter. */
export interface NumberLiteral {
  readonly text: string;
  /** Set if the number is whole and fits into 64 bits. */
  readonly int?: bigint;
  readonly float: number;
  /** The value where the type is open. Absent if it overflows an `int`. */
  readonly value?: Value;
}
