/** The kinds of values that fields take; each has variables in it unless it says otherwise. */
import type { JsonSchema, More } from './json-schema.ts';

/** What holds for a text holds once its variables are filled in: until then anything goes. */
const untilFilledIn = '|\\$\\{';

/**
 * Of a path from the workspace's root: not absolute, and no `..` in it. Patterns with `..` between braces are left to
 * `validate`.
 */
const inside = '^(?![/\\\\]|~(?:[/\\\\]|$)|[a-zA-Z]:[/\\\\])(?!(?:.*[/\\\\])?\\.\\.(?:[/\\\\]|$))';

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';

/** The forms that some texts have to have. */
export const forms = {
  namespace: `^${label}$${untilFilledIn}`,
  releaseName: `^${label}(?:\\.${label})*$${untilFilledIn}`,
  verb: `^[a-z][a-z-]*$${untilFilledIn}`,
  repository: `^[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s/]+${untilFilledIn}`,
  absolutePath: `^/[^/]${untilFilledIn}`,
  pathInside: inside,
  /** Where variables are not allowed. */
  plainPathInside: `${inside}(?!.*\\$\\{[^}]*\\})`,
  /** Nor wildcards, nor the workspace itself. */
  cachePath: `${inside}(?!.*\\$\\{[^}]*\\})(?!\\.?/*$)[^*?\\[\\]{}!][^*?\\[\\]{}]*$`,
  duration: '^\\s*\\d{1,12}(?:\\.\\d{1,9})?(?:ms|s|m|h)\\s*$',
  size: '^\\s*\\d{1,15}(?:\\.\\d{1,9})?(?:k|M|G|T|Ki|Mi|Gi|Ti)\\s*$',
  secretArgument: `^[^=]*[^=\\s][^=]*=.*\\S${untilFilledIn}`,
  argument: '^[^=\\s]',
} as const;

/** Not empty. */
export function text(description: string, more: More = {}): JsonSchema {
  return { description, type: 'string', minLength: 1, ...more };
}

export function anyText(description: string, more: More = {}): JsonSchema {
  return { description, type: 'string', ...more };
}

/** `true`, `false`, or a lone `${name}`. */
export function flag(description: string, fallback?: boolean): JsonSchema {
  const variable = { type: 'string', pattern: '^\\$\\{(?!%\\}|%[^}]*%\\})[^}]*\\}$' } as const;
  return { description, ...(fallback !== undefined && { default: fallback }), anyOf: [{ type: 'boolean' }, variable] };
}

/** @param items what each has to be besides a text */
export function list(description: string, items: More = {}, more: More = {}): JsonSchema {
  return { description, type: 'array', items: { type: 'string', minLength: 1, ...items }, ...more };
}

/** Scalars as they are written. */
export function mapOfScalars(description: string, more: More = {}): JsonSchema {
  return { description, type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] }, ...more };
}

/** These fields and no others. */
export function fields(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
  more: JsonSchema = {},
): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false, ...more };
}
