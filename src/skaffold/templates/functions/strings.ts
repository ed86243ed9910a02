import { formatValue } from '../format-value.ts';
import { FunctionFailed, Lacking } from '../function-stop.ts';
import { decoded, isSpace, quoteGo, trimSpace } from '../go-text.ts';
import { takes, takesMore, text, any, whole, type FunctionTable, type Tools } from '../template-function.ts';
import { map, strings, type Value } from '../values.ts';
import { textsOf } from './lists.ts';

/** Calls a function that counts bytes. Each unit of its argument and of its result is a byte. */
function onBytes(value: string, change: (bytes: string) => string): string {
  const changed = decoded(Buffer.from(change(Buffer.from(value).toString('latin1')), 'latin1'));
  if (changed === undefined) throw new Lacking('cutting a character of several bytes');
  return changed;
}

/** Maps each character as Go does: one character stays one. */
export function mapCase(value: string, change: (character: string) => string): string {
  return Array.from(value, (character) => {
    const changed = change(character);
    return [...changed].length === 1 ? changed : character;
  }).join('');
}

export const toUpper = (value: string): string => mapCase(value, (character) => character.toUpperCase());
export const toLower = (value: string): string => mapCase(value, (character) => character.toLowerCase());

function splitGo(value: string, separator: string, limit = -1): readonly string[] {
  if (limit === 0) return [];
  const parts = separator === '' ? [...value] : value.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

/** The map that `split` makes: `_0`, `_1`, … */
function numbered(parts: readonly string[]): Value {
  return { ...map(new Map(parts.map((part, index) => [`_${index}`, part]))), type: 'map[string]string' };
}

function slice(bytes: string, start: number, end: number): string {
  if (start < 0 || end > bytes.length || start > end) {
    throw new FunctionFailed(`slice bounds out of range [${start}:${end}] of ${bytes.length} bytes`);
  }
  return bytes.slice(start, end);
}

function trunc(bytes: string, count: number): string {
  if (count < 0 && bytes.length + count > 0) return bytes.slice(bytes.length + count);
  return count >= 0 ? bytes.slice(0, count) : bytes;
}

function substring(bytes: string, start: number, end: number): string {
  if (start < 0) return slice(bytes, 0, end);
  return slice(bytes, start, end < 0 || end > bytes.length ? bytes.length : end);
}

function trimSet(value: string, set: string): string {
  const [characters, removed] = [[...value], new Set(set)];
  let [start, end] = [0, characters.length];
  while (start < end && removed.has(characters[start] ?? '')) start++;
  while (end > start && removed.has(characters[end - 1] ?? '')) end--;
  return characters.slice(start, end).join('');
}

function replace(value: string, before: string, after: string, { budget }: Tools): string {
  const parts = before === '' ? ['', ...value, ''] : value.split(before);
  budget.text(value.length + parts.length * after.length);
  return parts.join(after);
}

function indent(spaces: number, value: string, { budget }: Tools): string {
  if (spaces < 0) throw new FunctionFailed('negative number of spaces');
  const lines = value.split('\n');
  budget.text(value.length + lines.length * spaces);
  const pad = ' '.repeat(spaces);
  return pad + lines.join(`\n${pad}`);
}

function repeat(count: number, value: string, { budget }: Tools): string {
  if (count < 0) throw new FunctionFailed('negative count');
  budget.text(count * value.length);
  return value.repeat(count);
}

/** Returns a text without its middle, as Sprig's `abbrevboth`. Counts bytes. */
function abbreviated(bytes: string, offset: number, width: number): string {
  if (width < 4 || bytes === '') return '';
  if (bytes.length <= width) return bytes;
  const kept = width - 3;
  const start = Math.min(offset, bytes.length - Math.min(kept, bytes.length));
  if (start <= 4) return `${bytes.slice(0, kept)}...`;
  if (width < 7) return '';
  if (start + kept < bytes.length) return `...${abbreviated(bytes.slice(start), 0, kept)}`;
  return `...${bytes.slice(-kept)}`;
}

/** Breaks a line at blanks, and in words of more than `width` bytes if `breaksWords`. */
function wrapped(bytes: string, width: number, lineEnd: string, breaksWords: boolean): string {
  const length = Math.max(1, width);
  const lines: string[] = [];
  let at = 0;
  while (bytes.length - at > length) {
    if (bytes[at] === ' ') {
      at++;
      continue;
    }
    const blank = bytes.lastIndexOf(' ', at + length);
    const next = bytes.indexOf(' ', at + length);
    const end = blank >= at ? blank : breaksWords ? at + length : next < 0 ? bytes.length : next;
    lines.push(bytes.slice(at, end));
    if (end === bytes.length && blank < at && !breaksWords) return lines.join(lineEnd);
    at = blank < at && breaksWords ? end : end + 1;
  }
  return [...lines, bytes.slice(at)].join(lineEnd);
}

const wrap = (width: number, lineEnd: string, value: string, breaksWords: boolean, { budget }: Tools): string => {
  budget.text(value.length * (1 + lineEnd.length));
  const inBytes = Buffer.from(lineEnd === '' ? '\n' : lineEnd).toString('latin1');
  return onBytes(value, (bytes) => wrapped(bytes, width, inBytes, breaksWords));
};

const quotedAll = (values: readonly Value[], quote: (value: Value) => string): string =>
  values
    .filter((value) => value !== undefined)
    .map(quote)
    .join(' ');

/** Functions that search, cut and join texts. */
export const stringFunctions: FunctionTable = {
  hello: takes([], () => 'Hello!'),
  trim: takes([text], trimSpace),
  trimAll: takes([text, text], (set, value) => trimSet(value, set)),
  trimall: takes([text, text], (set, value) => trimSet(value, set)),
  trimPrefix: takes([text, text], (start, value) => (value.startsWith(start) ? value.slice(start.length) : value)),
  trimSuffix: takes([text, text], (end, value) =>
    value.endsWith(end) ? value.slice(0, value.length - end.length) : value,
  ),
  upper: takes([text], toUpper),
  lower: takes([text], toLower),
  trunc: takes([whole, text], (count, value) => onBytes(value, (bytes) => trunc(bytes, count))),
  substr: takes([whole, whole, text], (start, end, value) => onBytes(value, (bytes) => substring(bytes, start, end))),
  repeat: takes([whole, text], repeat),
  nospace: takes([text], (value) => [...value].filter((character) => !isSpace(character)).join('')),
  contains: takes([text, text], (part, value) => value.includes(part)),
  hasPrefix: takes([text, text], (start, value) => value.startsWith(start)),
  hasSuffix: takes([text, text], (end, value) => value.endsWith(end)),
  replace: takes([text, text, text], (before, after, value, tools) => replace(value, before, after, tools)),
  quote: takesMore([], any, (values, { budget }) => quotedAll(values, (value) => quoteGo(formatValue(value, budget)))),
  squote: takesMore([], any, (values, { budget }) => quotedAll(values, (value) => `'${formatValue(value, budget)}'`)),
  cat: takesMore([], any, (values, { budget }) => quotedAll(values, (value) => formatValue(value, budget))),
  indent: takes([whole, text], indent),
  nindent: takes([whole, text], (spaces, value, tools) => `\n${indent(spaces, value, tools)}`),
  plural: takes([text, text, whole], (one, many, count) => (count === 1 ? one : many)),
  abbrev: takes([whole, text], (width, value) =>
    width < 4 ? value : onBytes(value, (bytes) => abbreviated(bytes, 0, width)),
  ),
  abbrevboth: takes([whole, whole, text], (offset, width, value) =>
    width < 4 || (offset > 0 && width < 7) ? value : onBytes(value, (bytes) => abbreviated(bytes, offset, width)),
  ),
  wrap: takes([whole, text], (width, value, tools) => wrap(width, '', value, false, tools)),
  wrapWith: takes([whole, text, text], (width, lineEnd, value, tools) => wrap(width, lineEnd, value, true, tools)),
  toString: takes([any], (value, { budget }) => formatValue(value, budget)),
  split: takes([text, text], (separator, value) => numbered(splitGo(value, separator))),
  splitn: takes([text, whole, text], (separator, limit, value) => numbered(splitGo(value, separator, limit))),
  splitList: takes([text, text], (separator, value) => strings(splitGo(value, separator))),
  join: takes([text, any], (separator, value, { budget }) => {
    const parts = textsOf(value, budget);
    budget.text(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
    return parts.join(separator);
  }),
};
