import { quoted } from '../../../util/visible.ts';
import type { Budget } from '../budget.ts';
import { formatValue } from '../format-value.ts';
import { FunctionFailed } from '../function-stop.ts';
import { any, dict, takes, takesMore, text, type FunctionTable } from '../template-function.ts';
import { kindOf, list, map, sortedEntries, strings, type MapValue, type Value } from '../values.ts';
import { isEmpty, withMust } from './lists.ts';

function make(values: readonly Value[], budget: Budget): Value {
  const entries = new Map<string, Value>();
  for (let at = 0; at < values.length; at += 2) {
    entries.set(formatValue(values[at], budget), at + 1 < values.length ? values[at + 1] : '');
  }
  return map(entries);
}

const isDict = (value: Value): value is MapValue =>
  typeof value === 'object' && value.kind === 'map' && value.type === 'map[string]interface {}';

/** Adds what `into` lacks or has empty, in maps within it too. @param overwrites whether values of `from` win */
function merge(into: MapValue, from: MapValue, overwrites: boolean, budget: Budget): void {
  budget.step(from.entries.size + 1);
  if (into.entries === from.entries) return;
  for (const [key, value] of from.entries) {
    const before = into.entries.get(key);
    if (isDict(before) && isDict(value)) budget.nested(() => merge(before, value, overwrites, budget));
    else if (overwrites || isEmpty(before)) into.entries.set(key, value);
  }
}

function copied(value: Value, budget: Budget): Value {
  budget.step();
  if (typeof value !== 'object') return value;
  return budget.nested(() => {
    if (value.kind === 'list') return { ...value, items: value.items.map((item) => copied(item, budget)) };
    if (value.kind !== 'map') return value;
    return { ...value, entries: new Map([...value.entries].map(([key, item]) => [key, copied(item, budget)])) };
  });
}

function dig(values: readonly Value[]): Value {
  const keys = values.slice(0, -2);
  if (keys.length === 0) throw new FunctionFailed('wants at least three arguments');
  const missing = values.at(-2);
  let at = values.at(-1);
  for (const key of keys) {
    if (typeof key !== 'string') throw new FunctionFailed(`a key must be a string, but is a ${kindOf(key)}`);
    if (!isDict(at)) throw new FunctionFailed(`${quoted(key)} is looked up in a ${kindOf(at)}`);
    if (!at.entries.has(key)) return missing;
    at = at.entries.get(key);
  }
  return at;
}

const filtered = (value: MapValue, isKept: (key: string) => boolean): Value =>
  map(new Map([...value.entries].filter(([key]) => isKept(key))));

const merges: FunctionTable = {
  merge: takesMore([dict], dict, (into, others, { budget }) => {
    for (const each of others) merge(into, each, false, budget);
    return into;
  }),
  mergeOverwrite: takesMore([dict], dict, (into, others, { budget }) => {
    for (const each of others) merge(into, each, true, budget);
    return into;
  }),
  deepCopy: takes([any], (value, { budget }) => copied(value, budget)),
};

/** Functions of maps from texts to any values. Where Go's order is random, that of the keys is used. */
export const dictFunctions: FunctionTable = {
  ...withMust(merges),
  dict: takesMore([], any, (values, { budget }) => make(values, budget)),
  get: takes([dict, text], ({ entries }, key) => (entries.has(key) ? entries.get(key) : '')),
  set: takes([dict, text, any], (value, key, item) => {
    value.entries.set(key, item);
    return value;
  }),
  unset: takes([dict, text], (value, key) => {
    value.entries.delete(key);
    return value;
  }),
  hasKey: takes([dict, text], ({ entries }, key) => entries.has(key)),
  pluck: takesMore([text], dict, (key, dicts) =>
    list(dicts.filter(({ entries }) => entries.has(key)).map(({ entries }) => entries.get(key))),
  ),
  keys: takesMore([], dict, (dicts) => strings(dicts.flatMap((each) => sortedEntries(each).map(([key]) => key)))),
  values: takes([dict], (value) => list(sortedEntries(value).map(([, item]) => item))),
  pick: takesMore([dict], text, (value, keys) => {
    const picked = new Set(keys);
    return filtered(value, (key) => picked.has(key));
  }),
  omit: takesMore([dict], text, (value, keys) => {
    const omitted = new Set(keys);
    return filtered(value, (key) => !omitted.has(key));
  }),
  dig: takesMore([], any, dig),
};
