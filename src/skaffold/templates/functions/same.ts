import type { Budget } from '../budget.ts';
import { typeOf, type Value } from '../values.ts';

/** Reports whether two values have the same type and content, as Go's `reflect.DeepEqual`. */
export function isSame(a: Value, b: Value, budget: Budget): boolean {
  budget.step();
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || typeOf(a) !== typeOf(b)) return false;
  if (a.kind === 'int' && b.kind === 'int') return a.value === b.value;
  if (a.kind === 'float' && b.kind === 'float') return a.value === b.value;
  if (a.kind === 'time' && b.kind === 'time') return a.ms === b.ms && a.zone === b.zone;
  if (a.kind === 'version' && b.kind === 'version') {
    const parts = ['major', 'minor', 'patch', 'prerelease', 'metadata', 'original'] as const;
    return parts.every((part) => a[part] === b[part]);
  }
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.items.length !== b.items.length || a.isNil !== b.isNil) return false;
    return budget.nested(() => a.items.every((item, index) => isSame(item, b.items[index], budget)));
  }
  if (a.kind !== 'map' || b.kind !== 'map' || a.entries.size !== b.entries.size) return false;
  return budget.nested(() =>
    [...a.entries].every(([key, item]) => b.entries.has(key) && isSame(item, b.entries.get(key), budget)),
  );
}
