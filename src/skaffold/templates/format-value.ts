import type { Budget } from './budget.ts';
import { formatFloat } from './format-float.ts';
import { dayNames, formatTime, monthNames } from './go-time.ts';
import { kindOf, sortedEntries, type Value, type VersionValue } from './values.ts';

/**
 * Formats a value as Go's `%v`. Lists and maps may share their items, so that a small template could print without
 * end: the budget stops it.
 */
export function formatValue(value: Value, budget: Budget, nil = '<nil>'): string {
  if (value === undefined) return nil;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  const joined = (open: string, parts: () => readonly string[], close: string) => {
    const made = budget.nested(parts);
    budget.step(made.length + 1);
    budget.text(made.reduce((sum, part) => sum + part.length + 1, 0));
    return open + made.join(' ') + close;
  };
  switch (value.kind) {
    case 'int':
      if (value.type === 'time.Month') return monthNames[Number(value.value) - 1] ?? String(value.value);
      return value.type === 'time.Weekday' ? (dayNames[Number(value.value)] ?? '') : String(value.value);
    case 'float':
      return formatFloat(value);
    case 'list':
      return joined('[', () => value.items.map((item) => formatValue(item, budget)), ']');
    case 'map':
      return joined(
        'map[',
        () => sortedEntries(value).map(([key, item]) => `${key}:${formatValue(item, budget)}`),
        ']',
      );
    case 'time':
      return formatTime(value, '2006-01-02 15:04:05.999999999 -0700 MST');
    case 'version':
      return formatVersion(value);
  }
}

export function formatVersion({ major, minor, patch, prerelease, metadata }: VersionValue): string {
  const core = `${major}.${minor}.${patch}`;
  return core + (prerelease === '' ? '' : `-${prerelease}`) + (metadata === '' ? '' : `+${metadata}`);
}

/** Formats as Go's `Sprint`: a blank between two values of which neither is a string. */
export function sprint(values: readonly Value[], budget: Budget): string {
  const parts = values.map((value, index) => {
    const gap = index > 0 && kindOf(value) !== 'string' && kindOf(values[index - 1]) !== 'string' ? ' ' : '';
    return gap + formatValue(value, budget);
  });
  budget.text(parts.reduce((sum, part) => sum + part.length, 0));
  return parts.join('');
}
