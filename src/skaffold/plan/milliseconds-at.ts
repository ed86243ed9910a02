import { textAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';

/** Returns the milliseconds of a field that counts seconds. Absent, like 0: no limit. */
export function millisecondsAt(node: Located | undefined, ...keys: readonly string[]): number | undefined {
  const seconds = Number(textAt(node, ...keys) ?? 0);
  return seconds > 0 ? seconds * 1_000 : undefined;
}
