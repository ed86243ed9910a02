import { createHash } from 'node:crypto';
import type { Budget } from '../budget.ts';
import { formatVersion } from '../format-value.ts';
import { FunctionFailed, Lacking } from '../function-stop.ts';
import { formatTime } from '../go-time.ts';
import { decoded } from '../go-text.ts';
import { any, takes, text, type FunctionTable } from '../template-function.ts';
import { float, list, map, sortedEntries, type Value } from '../values.ts';

const digest = (name: string) => takes([text], (value) => createHash(name).update(value).digest('hex'));

function adler32(value: string): string {
  let [low, high] = [1, 0];
  for (const byte of Buffer.from(value)) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return String(high * 65_536 + low);
}

const base32Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function toBase32(value: string): string {
  let [bits, size] = [0, 0];
  let out = '';
  for (const byte of Buffer.from(value)) {
    bits = ((bits << 8) | byte) & 0xfff;
    size += 8;
    for (; size >= 5; size -= 5) out += base32Digits[(bits >> (size - 5)) & 31] ?? '';
  }
  if (size > 0) out += base32Digits[(bits << (5 - size)) & 31] ?? '';
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

function fromBase32(value: string): Buffer | undefined {
  const digits = value.replaceAll(/[\r\n]/g, '');
  const match = /^([A-Z2-7]*)(=*)$/.exec(digits);
  if (match?.[1] === undefined || digits.length % 8 !== 0 || ![0, 1, 3, 4, 6].includes(match[2]?.length ?? 0))
    return undefined;
  const bytes: number[] = [];
  let [bits, size] = [0, 0];
  for (const digit of match[1]) {
    bits = ((bits << 5) | base32Digits.indexOf(digit)) & 0xfff;
    size += 5;
    if (size < 8) continue;
    size -= 8;
    bytes.push((bits >> size) & 255);
  }
  return Buffer.from(bytes);
}

function fromBase64(value: string): Buffer | undefined {
  const digits = value.replaceAll(/[\r\n]/g, '');
  return digits.length % 4 === 0 && /^[A-Za-z\d+/]*={0,2}$/.test(digits) ? Buffer.from(digits, 'base64') : undefined;
}

/** Sprig puts the error into the text. A template with an error as its value helps nobody. */
function textOf(bytes: Buffer | undefined, what: string): string {
  if (bytes === undefined) throw new FunctionFailed(`the argument is not ${what}`);
  const found = decoded(bytes);
  if (found === undefined) throw new Lacking('decoded bytes that are not UTF-8');
  return found;
}

const htmlEscapes = /[<>&]/g;
const lineEscapes = /[\u2028\u2029]/g;
const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

interface JsonStyle {
  readonly escapesHtml: boolean;
  readonly indents: boolean;
}

function jsonText(value: string, { escapesHtml }: JsonStyle): string {
  const shown = JSON.stringify(value).replaceAll(lineEscapes, unicodeEscape);
  return escapesHtml ? shown.replaceAll(htmlEscapes, unicodeEscape) : shown;
}

function toJson(value: Value, style: JsonStyle, budget: Budget, margin = '\n'): string {
  budget.step();
  if (value === undefined) return 'null';
  if (typeof value === 'string') return jsonText(value, style);
  if (typeof value === 'boolean') return String(value);
  const group = (open: string, parts: (inner: string) => readonly string[], close: string) => {
    const inner = `${margin}  `;
    const made = budget.nested(() => parts(inner));
    budget.text(made.reduce((sum, part) => sum + part.length + inner.length, 0));
    if (made.length === 0) return open + close;
    return style.indents ? open + inner + made.join(`,${inner}`) + margin + close : open + made.join(',') + close;
  };
  switch (value.kind) {
    case 'int':
      return String(value.value);
    case 'float':
      if (!Number.isFinite(value.value)) throw new FunctionFailed('JSON has no infinite numbers');
      return Object.is(value.value, -0) ? '-0' : String(value.value);
    case 'list':
      if (value.isNil === true) return 'null';
      return group('[', (inner) => value.items.map((item) => toJson(item, style, budget, inner)), ']');
    case 'map': {
      const colon = style.indents ? ': ' : ':';
      const entries = (inner: string) =>
        sortedEntries(value).map(([key, item]) => jsonText(key, style) + colon + toJson(item, style, budget, inner));
      return group('{', entries, '}');
    }
    case 'time':
      return `"${formatTime(value, '2006-01-02T15:04:05.999999999Z07:00')}"`;
    case 'version':
      return `"${formatVersion(value)}"`;
  }
}

/** Replaces halves of characters, which no UTF-8 has. */
const wellFormed = (value: string): string => Buffer.from(value).toString();

function fromJson(json: unknown, budget: Budget): Value {
  budget.step();
  if (typeof json === 'boolean') return json;
  if (typeof json === 'string') return wellFormed(json);
  if (typeof json === 'number') {
    if (!Number.isFinite(json)) throw new FunctionFailed('a number is out of range');
    return float(json);
  }
  if (typeof json !== 'object' || json === null) return undefined;
  return budget.nested(() => {
    if (Array.isArray(json)) return list(json.map((item) => fromJson(item, budget)));
    return map(new Map(Object.entries(json).map(([key, item]) => [wellFormed(key), fromJson(item, budget)])));
  });
}

function parsedJson(value: string, budget: Budget): Value {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new FunctionFailed('the argument is not JSON');
  }
  return fromJson(json, budget);
}

/** The same, with `nil` for what is not JSON. */
function parsedOrNil(value: string, budget: Budget): Value {
  try {
    return parsedJson(value, budget);
  } catch (error) {
    if (error instanceof FunctionFailed) return undefined;
    throw error;
  }
}

const writesJson = (style: JsonStyle) => takes([any], (value, { budget }) => toJson(value, style, budget));

const [plain, pretty, raw] = [
  writesJson({ escapesHtml: true, indents: false }),
  writesJson({ escapesHtml: true, indents: true }),
  writesJson({ escapesHtml: false, indents: false }),
];

/** Functions that encode, decode and hash texts, and those of JSON. */
export const encodingFunctions: FunctionTable = {
  b64enc: takes([text], (value) => Buffer.from(value).toString('base64')),
  b64dec: takes([text], (value) => textOf(fromBase64(value), 'base64')),
  b32enc: takes([text], toBase32),
  b32dec: takes([text], (value) => textOf(fromBase32(value), 'base32')),
  sha1sum: digest('sha1'),
  sha256sum: digest('sha256'),
  sha512sum: digest('sha512'),
  adler32sum: takes([text], adler32),
  toJson: plain,
  mustToJson: plain,
  toPrettyJson: pretty,
  mustToPrettyJson: pretty,
  toRawJson: raw,
  mustToRawJson: raw,
  fromJson: takes([text], (value, { budget }) => parsedOrNil(value, budget)),
  mustFromJson: takes([text], (value, { budget }) => parsedJson(value, budget)),
};
