/** The kinds of values of fields. Each allows variables unless its comment says otherwise. */
import type { JsonSchema, FieldOptions } from './json-schema.ts';

/** A pattern applies to the text after substitution, so a text with a variable matches every pattern. */
const untilFilledIn = '|\\$\\{';

/**
 * Matches a path below the workspace's root: not absolute, and without `..`. Only `validate` rejects `..` between
 * braces.
 */
const inside = '^(?![/\\\\]|~(?:[/\\\\]|$)|[a-zA-Z]:[/\\\\])(?!(?:.*[/\\\\])?\\.\\.(?:[/\\\\]|$))';

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';

/** Patterns of texts. */
export const forms = {
  namespace: `^${label}$${untilFilledIn}`,
  releaseName: `^${label}(?:\\.${label})*$${untilFilledIn}`,
  verb: `^[a-z][a-z-]*$${untilFilledIn}`,
  repository: `^[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s/]+${untilFilledIn}`,
  absolutePath: `^/[^/]${untilFilledIn}`,
  pathInside: inside,
  /** Without variables. */
  plainPathInside: `${inside}(?!.*\\$\\{[^}]*\\})`,
  /** Without variables and wildcards, and not the workspace itself. */
  cachePath: `${inside}(?!.*\\$\\{[^}]*\\})(?!\\.?/*$)[^*?\\[\\]{}!][^*?\\[\\]{}]*$`,
  duration: '^\\s*\\d{1,12}(?:\\.\\d{1,9})?(?:ms|s|m|h)\\s*$',
  size: '^\\s*\\d{1,15}(?:\\.\\d{1,9})?(?:k|M|G|T|Ki|Mi|Gi|Ti)\\s*$',
  secretArgument: `^[^=]*[^=\\s][^=]*=.*\\S${untilFilledIn}`,
  argument: '^[^=\\s]',
} as const;

/** Returns the schema of a text that is not empty. */
export function text(description: string, more: FieldOptions = {}): JsonSchema {
  return { description, type: 'string', minLength: 1, ...more };
}

export function anyText(description: string, more: FieldOptions = {}): JsonSchema {
  return { description, type: 'string', ...more };
}

/** Returns the schema of `true`, `false`, or a single `${name}`. */
export function flag(description: string, fallback?: boolean): JsonSchema {
  const variable = { type: 'string', pattern: '^\\$\\{(?!%\\}|%[^}]*%\\})[^}]*\\}$' } as const;
  return { description, ...(fallback !== undefined && { default: fallback }), anyOf: [{ type: 'boolean' }, variable] };
}

/** @param items further restrictions of each text */
export function list(description: string, items: FieldOptions = {}, more: FieldOptions = {}): JsonSchema {
  return { description, type: 'array', items: { type: 'string', minLength: 1, ...items }, ...more };
}

/** Returns the schema of a map from names to scalars. */
export function mapOfScalars(description: string, more: FieldOptions = {}): JsonSchema {
  return { description, type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] }, ...more };
}

/** Returns the schema of a map with only these fields. */
export function fields(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
  more: JsonSchema = {},
): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false, ...more };
}
