import { isParts, type StoredText } from './stored-plan.ts';

/** The position of a value in a specification, outermost key first: `['env', 'TARGET']`, `['commands', 0]`. */
export type TextPath = readonly (string | number)[];

export interface TextChanges {
  /**
   * @param text may also be a text of a stored specification
   */
  text(text: StoredText, path: TextPath): unknown;
  /** Returns the replacement of a flag's variable. Absent: flags stay unchanged. */
  flag?(variable: string): unknown;
}

/** The key that tells the kind of a specification. Its value is not the user's text. */
const discriminator = 'kind';
/** Maps with keys of the user, so that no key has a meaning here. */
const maps: ReadonlySet<string> = new Set(['env', 'set']);

/** Returns a specification with changed texts. Keys stay unchanged. */
export function changeTexts(spec: object, changes: TextChanges): object {
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [
      key,
      key === discriminator ? (value as unknown) : changed(value, [key], changes),
    ]),
  );
}

function changed(value: unknown, path: TextPath, changes: TextChanges): unknown {
  if (typeof value === 'string' || isParts(value)) return changes.text(value, path);
  if (Array.isArray(value)) return value.map((item, i) => changed(item, [...path, i], changes));
  if (typeof value !== 'object' || value === null) return value;
  const variable = maps.has(String(path[0])) ? undefined : flagVariable(value);
  if (variable !== undefined) return changes.flag === undefined ? value : changes.flag(variable);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, changed(inner, [...path, key], changes)]),
  );
}

function flagVariable(value: object): string | undefined {
  return 'variable' in value && Object.keys(value).length === 1 ? String(value.variable) : undefined;
}
