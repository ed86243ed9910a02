import { typeName, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { quoted } from '../../util/visible.ts';
import type { Flag } from '../specs/specs.ts';
import { hasPlaceholder, pieces } from '../vars/placeholder.ts';
import { fieldsOf, type Fields } from '../../diagnostics/yaml/fields.ts';
import {
  readBoolean,
  readName,
  readString,
  readStrings,
  readWritten,
  type Text,
} from '../../diagnostics/yaml/read-scalar.ts';
import { leadsOutside, tidyPath } from './workspace-path.ts';
import { hasVariable, type NameUse, type VariableText } from './definition.ts';

/** Options of a text field. By default the field must not be empty, and its variables must be defined. */
export type TextOptions = Partial<Pick<VariableText, 'whenUndefined' | 'mayBeEmpty' | 'secrets' | 'rule'>>;

/**
 * The fields of one step type, which may contain variables. Also collects the rules to check once the variables are
 * known (`wharf/plan/check-variables.ts`).
 */
export class SpecFields {
  readonly texts: VariableText[] = [];
  readonly names: NameUse[] = [];

  private constructor(
    readonly fields: Fields,
    readonly report: Report,
  ) {}

  /**
   * Returns the fields, or `undefined` if the value is not a map.
   * @param where their map's name in messages: `a docker step`
   */
  static of(entry: LocatedEntry, where: string, report: Report): SpecFields | undefined {
    const fields = fieldsOf(entry, where, report);
    return fields && new SpecFields(fields, report);
  }

  /**
   * Reads a required text.
   * @param example the whole field, for the help
   */
  required(name: string, example: string, options: TextOptions = {}): string | undefined {
    return this.#kept(name, this.fields.required(name, options.mayBeEmpty ? readString : readName, example), options);
  }

  optional(name: string, options: TextOptions = {}): string | undefined {
    return this.#kept(name, this.fields.optional(name, options.mayBeEmpty ? readString : readName), options);
  }

  /** Reads a path inside the workspace, relative to its root, and normalises it. `''` is the root itself. */
  optionalPath(name: string): string | undefined {
    const path = this.optional(name, { mayBeEmpty: true, rule: staysInside });
    return path === undefined || hasVariable({ text: path }) ? path : tidyPath(path);
  }

  requiredPath(name: string, example: string): string | undefined {
    return this.required(name, example, { rule: staysInside });
  }

  /**
   * Reads a list of texts.
   * @param options apply to each item
   */
  list(name: string, options: TextOptions = {}): readonly string[] | undefined {
    const texts = this.fields.optional(name, readStrings);
    return texts && this.#keptAll(name, texts, options);
  }

  requiredList(name: string, example: string, options: TextOptions = {}): readonly string[] | undefined {
    const texts = this.fields.required(name, readStrings, example);
    const entry = this.fields.entry(name);
    if (texts && entry?.value.kind === 'list' && entry.value.items.length === 0)
      this.report(problem('W014', entry.value.at, { field: quoted(name) }));
    return texts && this.#keptAll(name, texts, options);
  }

  /** Reads a boolean, or a lone `${name}` whose value must be one. */
  flag(name: string): Flag | undefined {
    const entry = this.fields.entry(name);
    const { value } = entry ?? {};
    if (value?.kind !== 'scalar' || typeof value.value !== 'string' || !hasVariable(value))
      return this.fields.optional(name, readBoolean);
    const [piece, more] = pieces(value.value);
    if (piece === undefined || 'literal' in piece || more !== undefined) return this.fields.optional(name, readBoolean);
    this.texts.push(variableText(quoted(name), { text: value.text, at: value.at }, { rule: isBoolean }));
    return { variable: piece.name };
  }

  /** Returns the default of a flag: the value of a variable, if it is defined. */
  defaultFlag(variable: string): Flag {
    this.texts.push(
      variableText(
        `variable ${quoted(variable)}`,
        { text: `\${${variable}}`, at: this.fields.at },
        { whenUndefined: 'ignore', rule: isBoolean },
      ),
    );
    return { variable };
  }

  /**
   * Reads a map of scalars as texts. Keys do not support variables.
   * @param optionsOf returns the options for the value of a key
   */
  map(name: string, optionsOf: (key: string) => TextOptions): Readonly<Record<string, string>> | undefined {
    const entry = this.fields.entry(name);
    if (!entry) return undefined;
    const field = quoted(name);
    if (entry.value.kind !== 'map') {
      this.report(problem('W011', entry.value.at, { field, expected: 'a map', actual: typeName(entry.value) }));
      return undefined;
    }
    // A null prototype, because a key may be `__proto__`.
    const values = Object.create(null) as Record<string, string>;
    for (const { key, keyAt, value } of entry.value.entries) {
      if (key.trim() === '') this.report(problem('W014', keyAt, { field: `a name in ${field}` }));
      if (hasPlaceholder(key)) this.report(problem('W030', keyAt, { field: `a name in ${field}`, text: key }));
      const text = readWritten(value, `${field} ${quoted(key)}`, this.report);
      if (text) values[key] = this.#keep(`${field} ${quoted(key)}`, text, optionsOf(key));
    }
    return values;
  }

  /** Adds the variables of a default. They are reported at the step type's key, since the file has no field. */
  defaultText(field: string, text: string, options: TextOptions = {}): string {
    this.texts.push(variableText(field, { text, at: this.fields.at }, options));
    return text;
  }

  /** Declares that the field's value, if present, is a name in the operator's file. */
  name(kind: NameUse['kind'], field: string, more: Omit<NameUse, 'kind' | 'text' | 'field'> = {}): void {
    const value = this.fields.entry(field)?.value;
    if (value?.kind === 'scalar' && typeof value.value === 'string')
      this.names.push({ kind, text: { text: value.text, at: value.at }, field: quoted(field), ...more });
  }

  /** Declares a default name, reported at the step type's key. */
  defaultName(
    kind: NameUse['kind'],
    field: string,
    text: string,
    more: Omit<NameUse, 'kind' | 'text' | 'field' | 'optional'> = {},
  ): void {
    this.names.push({ kind, text: { text, at: this.fields.at }, field, optional: true, ...more });
  }

  finish(): void {
    this.fields.finish();
  }

  #kept(name: string, text: Text | undefined, options: TextOptions): string | undefined {
    return text && this.#keep(quoted(name), text, options);
  }

  #keptAll(name: string, texts: readonly Text[], options: TextOptions): readonly string[] {
    const field = quoted(name);
    for (const { text, at } of options.mayBeEmpty ? [] : texts)
      if (text.trim() === '') this.report(problem('W014', at, { field: `an item of ${field}` }));
    return texts.map((text) => this.#keep(field, text, options));
  }

  #keep(field: string, text: Text, options: TextOptions): string {
    const held = variableText(field, text, options);
    // A text without variables is checked now, even if its step is never selected.
    if (hasVariable(text)) this.texts.push(held);
    else if (options.mayBeEmpty || text.text.trim() !== '') held.rule?.(text.text, held, this.report);
    return text.text;
  }
}

export function variableText(
  field: string,
  { text, at }: Text,
  { whenUndefined = 'error', mayBeEmpty = false, secrets, rule }: TextOptions,
): VariableText {
  return { text, at, field, whenUndefined, mayBeEmpty, ...(secrets && { secrets }), ...(rule && { rule }) };
}

/** A rule for paths: they must stay inside the workspace (docs/design/product.md, "Who decides what"). */
export function staysInside(filled: string, { field, at }: VariableText, report: Report): void {
  if (leadsOutside(filled)) report(problem('W027', at, { field, path: filled }));
}

function isBoolean(filled: string, { field, text, at }: VariableText, report: Report): void {
  if (filled === 'true' || filled === 'false') return;
  report(
    problem('W011', at, {
      field,
      expected: 'a boolean',
      actual: `${JSON.stringify(filled)}, the value of ${text}`,
      hint: 'set the variable to true or false',
    }),
  );
}
