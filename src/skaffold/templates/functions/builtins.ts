import { formatValue, sprint } from '../format-value.ts';
import { FunctionFailed } from '../function-stop.ts';
import { byteLength } from '../go-text.ts';
import { sprintf } from '../printf.ts';
import { any, takes, takesMore, text, type FunctionTable, type Tools } from '../template-function.ts';
import { int, typeOf, type Value } from '../values.ts';

function length(value: Value): number {
  if (typeof value === 'string') return byteLength(value);
  if (typeof value === 'object' && value.kind === 'list') return value.items.length;
  if (typeof value === 'object' && value.kind === 'map') return value.entries.size;
  throw new FunctionFailed(value === undefined ? 'len of nil' : `len of type ${typeOf(value)}`);
}

function position(index: Value, size: number): number {
  if (typeof index !== 'object' || index.kind !== 'int') {
    throw new FunctionFailed(`an index must be an int, but is ${index === undefined ? 'nil' : `a ${typeOf(index)}`}`);
  }
  if (index.value < 0n || index.value >= BigInt(size)) throw new FunctionFailed(`index out of range: ${index.value}`);
  return Number(index.value);
}

function indexed(value: Value, index: Value): Value {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return { kind: 'int', type: 'uint8', value: BigInt(bytes[position(index, bytes.length)] ?? 0) };
  }
  if (typeof value === 'object' && value.kind === 'list') return value.items[position(index, value.items.length)];
  if (typeof value !== 'object' || value.kind !== 'map') {
    throw new FunctionFailed(value === undefined ? 'index of nil' : `a ${typeOf(value)} has no items`);
  }
  if (typeof index !== 'string')
    throw new FunctionFailed(`a key must be a string, but is ${index === undefined ? 'nil' : `a ${typeOf(index)}`}`);
  if (value.entries.has(index)) return value.entries.get(index);
  return value.type === 'map[string]string' ? '' : undefined;
}

/** The text that Go's escaping functions escape. */
function argumentsText(values: readonly Value[], { budget }: Tools): string {
  const [only] = values;
  if (values.length === 1 && typeof only === 'string') return only;
  return sprint(
    values.map((value) => (value === undefined ? '<no value>' : value)),
    budget,
  );
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

const hexOf = (code: number, digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0');

function escapeJs(character: string): string {
  if ('\\\'"'.includes(character)) return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  if (code > 127 && /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character;
  return `\\u${hexOf(code, 4)}`;
}

function escapeQuery(value: string): string {
  const units = Array.from(Buffer.from(value), (byte) => String.fromCharCode(byte));
  return units
    .map((unit) => {
      if (unit === ' ') return '+';
      return /[\dA-Za-z\-_.~]/.test(unit) ? unit : `%${hexOf(unit.charCodeAt(0), 2)}`;
    })
    .join('');
}

/** Go's other functions. Sprig's `slice` stands in the place of Go's. */
export const builtinFunctions: FunctionTable = {
  len: takes([any], (value) => int(length(value))),
  index: takesMore([any], any, (value, indexes) => {
    if (value === undefined) throw new FunctionFailed('index of nil');
    return indexes.reduce(indexed, value);
  }),
  print: takesMore([], any, (values, { budget }) => sprint(values, budget)),
  println: takesMore([], any, (values, { budget }) => {
    const parts = values.map((value) => formatValue(value, budget));
    budget.text(parts.reduce((sum, part) => sum + part.length + 1, 1));
    return `${parts.join(' ')}\n`;
  }),
  printf: takesMore([text], any, (format, values, { budget }) => sprintf(format, values, budget)),
  html: takesMore([], any, (values, tools) =>
    argumentsText(values, tools).replaceAll(/["'&<>\0]/g, (unit) => htmlEscapes[unit] ?? unit),
  ),
  js: takesMore([], any, (values, tools) =>
    argumentsText(values, tools).replaceAll(/[\\'"<>&=\0-\u001f]|[^\0-\u007f]/gu, escapeJs),
  ),
  urlquery: takesMore([], any, (values, tools) => escapeQuery(argumentsText(values, tools))),
  call: takesMore([any], any, (value) => {
    throw new FunctionFailed(value === undefined ? 'call of nil' : `a ${typeOf(value)} is no function`);
  }),
};
