/** Values of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonMap;
export interface JsonMap {
  readonly [field: string]: Json;
}

/** Reports whether a text is a patch: a JSON object, or nothing. */
export function isPatch(text: string): boolean {
  try {
    return text === '' || isMap(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Merges a patch into a value: objects field by field, `null` removes a field, everything else is replaced (RFC 7396). */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const merged = new Map(Object.entries(isMap(target) ? target : {}));
  for (const [field, value] of Object.entries(patch))
    if (value === null) merged.delete(field);
    else merged.set(field, mergePatch(merged.get(field), value));
  return Object.fromEntries(merged);
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
