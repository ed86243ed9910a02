import type { Budget } from '../budget.ts';
import { formatValue } from '../format-value.ts';
import { FunctionFailed } from '../function-stop.ts';
import {
  takes,
  takesMore,
  any,
  whole,
  type FunctionTable,
  type TemplateFunction,
  type Tools,
} from '../template-function.ts';
import { compareTexts, int, kindOf, list, nilList, strings, type ListValue, type Value } from '../values.ts';
import { toInt } from './conversions.ts';
import { isSame } from './same.ts';

/** Returns the items of a list as texts without `nil`, or a single value as one text. */
export function textsOf(value: Value, budget: Budget): readonly string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value.kind !== 'list') return [formatValue(value, budget)];
  return value.items.filter((item) => item !== undefined).map((item) => formatValue(item, budget));
}

function listOf(value: Value): ListValue {
  if (typeof value === 'object' && value.kind === 'list') return value;
  throw new FunctionFailed(`wants a list, but got ${value === undefined ? 'nil' : `a ${kindOf(value)}`}`);
}

/** Sprig's functions return Go's `nil` list for an empty one. */
const orNil = (items: ListValue, kept: readonly Value[]): ListValue =>
  items.items.length === 0 ? nilList : list(kept);

export const isEmpty = (value: Value): boolean => {
  if (value === undefined || value === '' || value === false) return true;
  if (typeof value !== 'object') return false;
  if (value.kind === 'int') return value.value === 0n;
  if (value.kind === 'float') return value.value === 0;
  if (value.kind === 'list') return value.items.length === 0;
  return value.kind === 'map' && value.entries.size === 0;
};

const isIn = (items: readonly Value[], value: Value, { budget }: Tools): boolean =>
  items.some((item) => isSame(item, value, budget));

function uniq(items: readonly Value[], tools: Tools): Value {
  const kept: Value[] = [];
  for (const item of items) if (!isIn(kept, item, tools)) kept.push(item);
  return list(kept);
}

function slice(value: Value, indices: readonly Value[]): Value {
  const items = listOf(value);
  if (items.items.length === 0) return undefined;
  const [first, second] = indices;
  const start = indices.length > 0 ? Number(toInt(first)) : 0;
  const end = indices.length > 1 ? Number(toInt(second)) : items.items.length;
  if (start < 0 || end > items.items.length || start > end) {
    throw new FunctionFailed(`bounds [${start}:${end}] are outside of a list of ${items.items.length} items`);
  }
  return { ...items, items: items.items.slice(start, end) };
}

function chunks(size: number, { items }: ListValue): Value {
  if (size < 1) throw new FunctionFailed('the size of a chunk must be at least 1');
  const made: Value[] = [];
  for (let at = 0; at < items.length; at += size) made.push(list(items.slice(at, at + size)));
  return { kind: 'list', type: '[][]interface {}', items: made };
}

function range(start: number, stop: number, step: number, { budget }: Tools): readonly number[] {
  const count = step === 0 ? 0 : Math.ceil((stop - start) / step);
  if (count <= 0) return [];
  budget.step(count);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

const ints = (items: readonly number[]): ListValue => ({
  kind: 'list',
  type: '[]int',
  items: items.map((item) => int(item)),
});

/** Numbers up to and including the end, as texts with blanks: `seq 2 4` is `2 3 4`. */
function seq(numbers: readonly number[], tools: Tools): string {
  const [first = 0, second = 0, third = 0] = numbers;
  if (numbers.length === 0 || numbers.length > 3) return '';
  const [start, end] = numbers.length === 1 ? [1, first] : [first, numbers.length === 2 ? second : third];
  const direction = end < start ? -1 : 1;
  const step = numbers.length === 3 ? second : direction;
  if (direction < 0 && step > 0) return '';
  return range(start, end + direction, step, tools).join(' ');
}

const append = takes([any, any], (value, item) => list([...listOf(value).items, item]));
const prepend = takes([any, any], (value, item) => list([item, ...listOf(value).items]));

/** Functions that also have a name with `must`. In Go, that one fails where the plain one panics: both stop a template. */
const pairs: FunctionTable = {
  append,
  push: append,
  prepend,
  first: takes([any], (value) => listOf(value).items[0]),
  last: takes([any], (value) => listOf(value).items.at(-1)),
  rest: takes([any], (value) => orNil(listOf(value), listOf(value).items.slice(1))),
  initial: takes([any], (value) => orNil(listOf(value), listOf(value).items.slice(0, -1))),
  reverse: takes([any], (value) => list(listOf(value).items.toReversed())),
  compact: takes([any], (value) => list(listOf(value).items.filter((item) => !isEmpty(item)))),
  uniq: takes([any], (value, tools) => uniq(listOf(value).items, tools)),
  without: takesMore([any], any, (value, omitted, tools) =>
    list(listOf(value).items.filter((item) => !isIn(omitted, item, tools))),
  ),
  has: takes([any, any], (item, value, tools) => value !== undefined && isIn(listOf(value).items, item, tools)),
  // Takes the place of Go's `slice`, so that templates cannot slice texts.
  slice: takesMore([any], any, (value, indices) => slice(value, indices)),
  chunk: takes([whole, any], (size, value) => chunks(size, listOf(value))),
};

const mustName = (name: string): string => `must${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** Returns a table with a second entry for each function, whose name starts with `must`. */
export const withMust = (table: FunctionTable): FunctionTable =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, each]): readonly (readonly [string, TemplateFunction])[] => [
      [name, each],
      [mustName(name), each],
    ]),
  );

const make = takesMore([], any, (values) => list(values));

/** Functions that make and change lists. */
export const listFunctions: FunctionTable = {
  ...withMust(pairs),
  list: make,
  tuple: make,
  concat: takesMore([], any, (lists) => {
    const items = lists.flatMap((each) => listOf(each).items);
    return items.length === 0 ? nilList : list(items);
  }),
  sortAlpha: takes([any], (value, { budget }) => {
    return strings([...textsOf(value === undefined ? '<nil>' : value, budget)].sort(compareTexts));
  }),
  toStrings: takes([any], (value, { budget }) => strings(textsOf(value, budget))),
  until: takes([whole], (count, tools) => ints(range(0, count, count < 0 ? -1 : 1, tools))),
  untilStep: takes([whole, whole, whole], (start, stop, step, tools) => ints(range(start, stop, step, tools))),
  seq: takesMore([], whole, seq),
};
