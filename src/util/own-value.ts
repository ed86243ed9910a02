/**
 * Returns the value of a key that others wrote; `undefined` if there is none. A plain lookup would find `constructor` and
 * other members of all objects.
 */
export function ownValue<Value>(values: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
