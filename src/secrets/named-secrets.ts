import type { SecretPart, SecretReference } from '../model/stored-plan.ts';
import { pieceLength, shortestLine } from './hidden-texts.ts';
import { loginSecrets } from './login-secrets.ts';
import type { RunSecrets } from './run-secrets.ts';

/** Identifies a secret, independent of its form. */
export type SecretName = Pick<SecretReference, 'secret' | 'key' | 'login'>;

export interface NamedSecret {
  readonly name: SecretName;
  readonly value: string;
}

/** Returns every secret that can be found by its name. */
export function namedSecrets({ inputs, operator }: RunSecrets): readonly NamedSecret[] {
  const given = [...inputs].map(([secret, value]) => ({ name: { secret }, value }));
  const theirs = [...operator].flatMap(([secret, keys]) =>
    [...keys].map(([key, value]) => ({ name: { secret, key }, value })),
  );
  const logins = theirs.flatMap(({ name, value }) =>
    loginSecrets(value).map((login, i) => ({ name: { ...name, login: i }, value: login })),
  );
  return [...given, ...theirs, ...logins].filter(({ value }) => value !== '');
}

/** A masked text and the reference to it. */
export interface SecretText {
  readonly reference: SecretReference;
  readonly text: string;
}

/** Returns the whole value, with and without surrounding whitespace. */
export function wholeTexts({ name, value }: NamedSecret): readonly SecretText[] {
  const parts: readonly (SecretPart | undefined)[] = [undefined, 'trimmed', 'lf', 'lf-trimmed'];
  const texts = new Map<string, SecretReference>();
  for (const of of parts) {
    const text = partOf(value, of);
    if (text !== '' && !texts.has(text)) texts.set(text, { ...name, ...(of !== undefined && { of }) });
  }
  return [...texts].map(([text, reference]) => ({ text, reference }));
}

/** Returns the lines of a value, and the pieces of long ones (`hidden-texts.ts`). */
export function* partialTexts(secret: NamedSecret): Generator<SecretText> {
  const { name, value } = secret;
  for (const whole of wholeTexts(secret)) yield* pieces(whole);
  const lines = linesOf(value);
  if (lines.length < 2) return;
  for (const [line, text] of lines.entries()) {
    if ([...text].length < shortestLine) continue;
    const whole = { reference: { ...name, of: { line } }, text };
    yield whole;
    yield* pieces(whole);
  }
}

function* pieces({ reference, text }: SecretText): Generator<SecretText> {
  if (text.length <= pieceLength) return;
  // If every character is one unit, offsets need no conversion.
  const starts = /[\ud800-\udfff]/.test(text) ? characterStarts(text) : undefined;
  const count = starts === undefined ? text.length : starts.length - 1;
  for (let at = 0; at < count; at += pieceLength) {
    const first = Math.max(0, Math.min(at, count - pieceLength));
    const last = Math.min(first + pieceLength, count);
    const range =
      starts === undefined ? ([first, last] as const) : ([starts[first] ?? 0, starts[last] ?? text.length] as const);
    yield { reference: { ...reference, range }, text: text.slice(...range) };
  }
}

/** Returns the start of each character, and the end. */
function characterStarts(text: string): readonly number[] {
  const starts = [0];
  for (const character of text) starts.push((starts.at(-1) ?? 0) + character.length);
  return starts;
}

export function partOf(value: string, of: SecretPart | undefined): string {
  switch (of) {
    case undefined:
      return value;
    case 'trimmed':
      return value.trim();
    case 'lf':
      return value.replaceAll('\r\n', '\n');
    case 'lf-trimmed':
      return value.replaceAll('\r\n', '\n').trim();
    default:
      return linesOf(value)[of.line] ?? '';
  }
}

function linesOf(value: string): readonly string[] {
  return value.split(/\r\n|\r|\n/).map((line) => line.trim());
}

/** Returns the value of a secret. Returns `undefined` if it is unavailable or has changed. */
export type ValueOfSecret = (name: SecretName) => string | undefined;

export function valuesIn({ inputs, operator }: RunSecrets): ValueOfSecret {
  return ({ secret, key, login }) => {
    const value = key === undefined ? inputs.get(secret) : operator.get(secret)?.get(key);
    return login === undefined || value === undefined ? value : loginSecrets(value)[login];
  };
}
