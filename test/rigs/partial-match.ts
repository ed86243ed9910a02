/**
 * A pattern for a value: objects match by the given properties, other values must be equal, a function is a predicate.
 */
export type Pattern = unknown;

export function matches(value: unknown, pattern: Pattern): boolean {
  if (typeof pattern === 'function') return Boolean((pattern as (value: unknown) => unknown)(value));
  if (pattern instanceof RegExp) return typeof value === 'string' && pattern.test(value);
  if (Array.isArray(pattern))
    return (
      Array.isArray(value) && value.length === pattern.length && pattern.every((item, i) => matches(value[i], item))
    );
  if (typeof pattern !== 'object' || pattern === null) return Object.is(value, pattern);
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(pattern).every(([key, item]) => matches((value as Record<string, unknown>)[key], item))
  );
}
