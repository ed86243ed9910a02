import { Buffer } from 'node:buffer';
import type { Base64Form, Base64Spelling, TextForm, UrlForm } from '../model/stored-plan.ts';

/** What each kind of URL encoder encodes. Logs depend on these sets: never change one, add another. */
const encodedBy: Readonly<Record<UrlForm, RegExp>> = {
  // `encodeURIComponent`
  url: /[^\w.!~*'()-]/gu,
  // RFC 3986, "unreserved": Python's `quote` without safe characters, `jq @uri`
  'url-strict': /[^\w.~-]/gu,
  // `encodeURI`
  'url-whole': /[^\w.!~*'()\-;,/?:@&=+$#]/gu,
  // Go's `url.UserPassword`
  'url-user': /[^\w.~\-$&+,;=]/gu,
  // `application/x-www-form-urlencoded`
  'url-form': /[^\w.*-]/gu,
  // Go's `url.QueryEscape`, Python's `quote_plus`
  'url-query': /[^\w.~-]/gu,
  'url-all': /./gsu,
};

const plusForBlank: ReadonlySet<UrlForm> = new Set(['url-form', 'url-query']);

/** Without the surrounding quotes. */
const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const otherForms: Readonly<Record<Exclude<TextForm, UrlForm | `${UrlForm}-lower`>, (text: string) => string>> = {
  json,
  'json-slash': (text) => json(text).replaceAll('/', '\\/'),
  // Python's `json.dumps`
  'json-ascii': (text) => json(text).replaceAll(/[\u007f-\uffff]/g, unicodeEscape),
  // Go's `json.Marshal`
  'json-html': (text) => json(text).replaceAll(/[<>&\u2028\u2029]/g, unicodeEscape),
  crlf: (text) => text.replaceAll(/\r?\n/g, '\r\n'),
};

const urlForms = Object.keys(encodedBy) as UrlForm[];
const textForms: readonly TextForm[] = [
  ...urlForms,
  ...urlForms.map((form): TextForm => `${form}-lower`),
  ...(Object.keys(otherForms) as (keyof typeof otherForms)[]),
];

export function inTextForm(text: string, form: TextForm): string {
  if (form in otherForms) return otherForms[form as keyof typeof otherForms](text);
  const lower = form.endsWith('-lower');
  return percentEncoded(text, (lower ? form.slice(0, -'-lower'.length) : form) as UrlForm, lower);
}

function percentEncoded(text: string, form: UrlForm, lower: boolean): string {
  return text.replaceAll(encodedBy[form], (character) => {
    if (character === ' ' && plusForBlank.has(form)) return '+';
    const hex = Buffer.from(character).toString('hex').replaceAll(/../g, '%$&');
    return lower ? hex : hex.toUpperCase();
  });
}

/** Returns each form of a text that may occur in another, if it differs from the text and from the forms before. */
export function textFormsIn(text: string, haystack: string): ReadonlyMap<string, TextForm> {
  const found = new Map<string, TextForm>();
  // All forms but one keep letters and digits.
  if (text.length > haystack.length || !(haystack.includes(letters(text)) || /%[\da-f]{2}%/i.test(haystack)))
    return found;
  for (const form of textForms) {
    const written = inTextForm(text, form);
    if (written !== text && !found.has(written)) found.set(written, form);
  }
  return found;
}

/** Returns the longest word of letters and digits near the start of a text. This quick test rules out most texts. */
function letters(text: string): string {
  return (text.slice(0, 128).match(/[A-Za-z0-9]+/g) ?? []).reduce(
    (longest, word) => (word.length > longest.length ? word : longest),
    '',
  );
}

const spellings: Readonly<Record<Base64Spelling, readonly [plus: string, slash: string]>> = {
  standard: ['+', '/'],
  url: ['-', '_'],
  percent: ['%2B', '%2F'],
  'percent-lower': ['%2b', '%2f'],
  json: ['+', '\\/'],
};

/** Returns a text as it occurs inside longer base64. */
export function inBase64(text: string, { base64, align, head, tail, padding = '', gaps = [] }: Base64Form): string {
  const { first, inner, last } = base64Around(Buffer.from(text), align, base64);
  const whole = `${first(head)}${inner}${last(tail)}${padding}`;
  const cuts = [0, ...gaps.map(([at]) => at), whole.length];
  return cuts
    .slice(1)
    .map((to, i) => whole.slice(cuts[i], to) + (gaps[i]?.[1] ?? ''))
    .join('');
}

/** Base64 at one alignment. The first and the last character also depend on the bits beside the text. */
interface Base64Around {
  readonly inner: string;
  /** Empty where the text begins or ends with a character. */
  readonly first: (head: number) => string;
  readonly last: (tail: number) => string;
  /** The number of values that the bits beside it can have. */
  readonly heads: number;
  readonly tails: number;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64Around(bytes: Buffer, align: number, base64: Base64Spelling): Base64Around {
  const end = (align + bytes.length) * 8;
  const headBits = (align * 8) % 6;
  const tailBits = (6 - (end % 6)) % 6;
  const [plus, slash] = spellings[base64];
  const spelled = (text: string) => text.replaceAll(/[+/]/g, (character) => (character === '+' ? plus : slash));
  const all = Buffer.concat([Buffer.alloc(align), bytes, Buffer.alloc(2)]).toString('base64');
  const firstBits = (bytes[0] ?? 0) >> (2 + headBits);
  const lastBits = (bytes.at(-1) ?? 0) & ((1 << (6 - tailBits)) - 1);
  return {
    inner: spelled(all.slice(Math.ceil((align * 8) / 6), Math.floor(end / 6))),
    first: (head) => (headBits === 0 ? '' : spelled(alphabet.charAt((head << (6 - headBits)) | firstBits))),
    last: (tail) => (tailBits === 0 ? '' : spelled(alphabet.charAt((lastBits << tailBits) | tail))),
    heads: 2 ** headBits,
    tails: 2 ** tailBits,
  };
}

/** By the number of values that the bits after a text can have: the padding that the mask hides with the text. */
const paddings: Readonly<Record<number, RegExp>> = { 4: /^(?:=|%3D)/i, 16: /^(?:=|%3D){1,2}/i };
const longestPadding = 6;

export interface Base64Find {
  readonly start: number;
  readonly end: number;
  readonly form: Base64Form;
}

/** Finds a text within base64. A text of one byte is not searched for: it would be found everywhere. */
export function findBase64(text: string, haystack: string): readonly Base64Find[] {
  const bytes = Buffer.from(text);
  if (bytes.length < 2 || bytes.length > haystack.length) return [];
  return ([0, 1, 2] as const).flatMap((align) => {
    if (!haystack.includes(letters(base64Around(bytes, align, 'standard').inner))) return [];
    return (Object.keys(spellings) as Base64Spelling[]).flatMap((base64) =>
      findAround(base64Around(bytes, align, base64), haystack, { base64, align }),
    );
  });
}

function findAround(
  { inner, first, last, heads, tails }: Base64Around,
  haystack: string,
  form: Pick<Base64Form, 'base64' | 'align'>,
): readonly Base64Find[] {
  const found: Base64Find[] = [];
  for (let at = haystack.indexOf(inner); at >= 0; at = haystack.indexOf(inner, at + 1)) {
    const until = at + inner.length;
    const head = upTo(heads).find((bits) => haystack.endsWith(first(bits), at));
    const tail = upTo(tails).find((bits) => haystack.startsWith(last(bits), until));
    if (head === undefined || tail === undefined) continue;
    const end = until + last(tail).length;
    const padding = paddings[tails]?.exec(haystack.slice(end, end + longestPadding))?.[0] ?? '';
    found.push({
      start: at - first(head).length,
      end: end + padding.length,
      form: { ...form, head, tail, ...(padding !== '' && { padding }) },
    });
  }
  return found;
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
