import { isParts, type StoredText } from './stored-plan.ts';

/** Where a value stands in a specification, outermost first: `['env', 'TARGET']`, `['commands', 0]`. */
export type TextPath = readonly (string | number)[];

export interface TextChanges {
  /** @param text also one of a stored specification */
  text(text: StoredText, path: TextPath): unknown;
  /** A flag that a variable stands for; left as it is unless changed. */
  flag?(variable: string): unknown;
}

/** Which kind of specification it is: no text of the user's. */
const discriminator = 'kind';
/** Their keys are the user's, so none of them means anything here. */
const maps: ReadonlySet<string> = new Set(['env', 'set']);

/** A specification with its texts changed; keys are names and stay. */
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
