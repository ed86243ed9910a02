import type { Budget } from './budget.ts';
import { formatFloatVerb } from './format-float.ts';
import { formatValue } from './format-value.ts';
import { Lacking } from './function-stop.ts';
import { quoteGo } from './go-text.ts';
import { sortedEntries, typeOf, type IntValue, type Value } from './values.ts';

interface Spec {
  readonly verb: string;
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

const directive = /%([-+# 0]*)(\*|\d+)?(\.(?:\*|\d+)?)?(\[[^\]]*\]?)?([\s\S])?/gu;

/** No person pads a text further. */
const widest = 10_000;

/**
 * Formats as Go's `Sprintf`. As in Go, a value that does not fit its verb is shown in the text, such as
 * `%!d(string=a)`. Throws `Lacking` for what Go formats and this does not.
 */
export function sprintf(format: string, values: readonly Value[], budget: Budget): string {
  const parts: string[] = [];
  let [next, end] = [0, 0];
  const push = (text: string) => {
    budget.text(text.length);
    parts.push(text);
  };
  const numberArgument = (): number | undefined => {
    const value = values[next++];
    const isNumber = typeof value === 'object' && value.kind === 'int' && value.type === 'int';
    return isNumber && Math.abs(Number(value.value)) <= widest ? Number(value.value) : undefined;
  };
  for (const match of format.matchAll(directive)) {
    budget.step();
    push(format.slice(end, match.index));
    end = match.index + match[0].length;
    let flags = match[1] ?? '';
    if (match[4] !== undefined) throw new Lacking('argument indexes such as `%[1]d` in formats');
    let width = match[2] === undefined ? undefined : Number(match[2]);
    if (match[2] === '*') {
      width = numberArgument();
      if (width === undefined) push('%!(BADWIDTH)');
      else if (width < 0) [width, flags] = [-width, `${flags}-`];
    }
    let precision = match[3] === undefined ? undefined : Number(match[3].slice(1));
    if (match[3] === '.*') {
      precision = numberArgument();
      if (precision === undefined || precision < 0) [precision] = [undefined, push('%!(BADPREC)')];
    }
    if ((width ?? 0) > widest || (precision ?? 0) > widest) throw new Lacking(`widths above ${widest} in formats`);
    const verb = match[5];
    if (verb === undefined) push('%!(NOVERB)');
    else if (verb === '%') push('%');
    else if (next >= values.length) push(`%!${verb}(MISSING)`);
    else push(show({ verb, flags, width, precision }, values[next++], budget));
  }
  push(format.slice(end));
  if (next < values.length) {
    const extra = values.slice(next).map((value) => {
      return value === undefined ? '<nil>' : `${typeOf(value)}=${formatValue(value, budget)}`;
    });
    push(`%!(EXTRA ${extra.join(', ')})`);
  }
  budget.text(parts.reduce((sum, part) => sum + part.length, 0));
  return parts.join('');
}

function show(spec: Spec, value: Value, budget: Budget): string {
  const { verb } = spec;
  if (verb === 'T') return padText(typeOf(value), spec);
  if (verb === 'p' || verb === 'w') throw new Lacking(`the verb \`%${verb}\` in formats`);
  if (verb === 'v' && spec.flags.includes('#')) throw new Lacking('the verb `%#v` in formats');
  const bad = () => `%!${verb}(${value === undefined ? '<nil>' : `${typeOf(value)}=${formatValue(value, budget)}`})`;
  if (value === undefined) return verb === 'v' ? padText('<nil>', spec) : bad();
  if (typeof value === 'boolean') return verb === 'v' || verb === 't' ? padText(String(value), spec) : bad();
  if (typeof value === 'string') return showText(value, spec) ?? bad();
  switch (value.kind) {
    case 'list':
      return showAll('[', () => value.items.map((item) => show(spec, item, budget)), ']', budget);
    case 'map': {
      const entries = () =>
        sortedEntries(value).map(([key, item]) => `${show(spec, key, budget)}:${show(spec, item, budget)}`);
      return showAll('map[', entries, ']', budget);
    }
    case 'time':
    case 'version': {
      const text = showText(formatValue(value, budget), spec);
      if (text === undefined) throw new Lacking(`the verb \`%${verb}\` for a ${typeOf(value)}`);
      return text;
    }
    case 'float':
      return showFloat(value.value, spec) ?? bad();
    case 'int': {
      const isNamed = value.type.startsWith('time.');
      const text = isNamed && 'vsqxX'.includes(verb) ? showText(formatValue(value, budget), spec) : undefined;
      return text ?? showInt(value, spec) ?? bad();
    }
  }
}

function showAll(open: string, parts: () => readonly string[], close: string, budget: Budget): string {
  const shown = budget.nested(parts);
  budget.step(shown.length + 1);
  budget.text(shown.reduce((sum, part) => sum + part.length + 1, 0));
  return open + shown.join(' ') + close;
}

/** Pads to a width in characters. Zeros pad on the left only. */
function padText(text: string, { flags, width = 0 }: Spec): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  return (flags.includes('0') ? '0' : ' ').repeat(missing) + text;
}

function showText(text: string, spec: Spec): string | undefined {
  const { verb, flags, precision } = spec;
  switch (verb) {
    case 'v':
    case 's':
      return padText(cut(text, precision), spec);
    case 'q': {
      if (flags.includes('+')) throw new Lacking('the verb `%+q` in formats');
      const shown = cut(text, precision);
      const isRaw = flags.includes('#') && !/[`\u0000-\u0008\u000a-\u001f\u007f\ufeff]/.test(shown);
      return padText(isRaw ? `\`${shown}\`` : quoteGo(shown), spec);
    }
    case 'x':
    case 'X': {
      const bytes = Buffer.from(text).subarray(0, precision);
      const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
      const prefix = flags.includes('#') && bytes.length > 0 ? '0x' : '';
      const shown = prefix + digits.join(flags.includes(' ') ? ` ${prefix}` : '');
      return padText(verb === 'X' ? shown.toUpperCase() : shown, spec);
    }
    default:
      return undefined;
  }
}

const cut = (text: string, precision: number | undefined): string =>
  precision === undefined ? text : [...text].slice(0, precision).join('');

function withSign(digits: string, isNegative: boolean, { flags }: Spec): string {
  if (isNegative) return `-${digits}`;
  return (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
}

/** Pads with zeros between the sign and the digits, or with blanks. */
function padNumber(signed: string, spec: Spec, zeros: boolean): string {
  const { flags, width = 0 } = spec;
  if (!zeros || !flags.includes('0') || flags.includes('-'))
    return padText(signed, { ...spec, flags: flags.replaceAll('0', '') });
  const sign = /^[-+ ]?/.exec(signed)?.[0] ?? '';
  return sign + signed.slice(sign.length).padStart(width - sign.length, '0');
}

function showFloat(value: number, spec: Spec): string | undefined {
  if (!'veEfFgG'.includes(spec.verb)) {
    if ('bxX'.includes(spec.verb)) throw new Lacking(`the verb \`%${spec.verb}\` for a float64`);
    return undefined;
  }
  if (spec.flags.includes('#')) throw new Lacking(`the verb \`%#${spec.verb}\` in formats`);
  const verb = spec.verb === 'v' ? 'g' : spec.verb;
  const digits = formatFloatVerb(value, verb, spec.precision);
  // Infinity always has a sign.
  const flags = value === Infinity ? `${spec.flags}+` : spec.flags;
  const signed = withSign(digits, value < 0 || Object.is(value, -0), { ...spec, flags });
  return padNumber(signed, spec, Number.isFinite(value));
}

const bases: Readonly<Record<string, { readonly base: number; readonly prefix: string }>> = {
  v: { base: 10, prefix: '' },
  d: { base: 10, prefix: '' },
  b: { base: 2, prefix: '0b' },
  o: { base: 8, prefix: '0' },
  O: { base: 8, prefix: '' },
  x: { base: 16, prefix: '0x' },
  X: { base: 16, prefix: '0x' },
};

function showInt({ value }: IntValue, spec: Spec): string | undefined {
  const { verb, flags, precision } = spec;
  const isCharacter = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  const character = isCharacter ? String.fromCodePoint(Number(value)) : '\ufffd';
  if (verb === 'c') return padText(character, spec);
  if (verb === 'q') return padText(quoteGo(character, "'"), spec);
  if (verb === 'U') {
    if (value < 0n) throw new Lacking('the verb `%U` for negative numbers');
    const code = `U+${value
      .toString(16)
      .toUpperCase()
      .padStart(Math.max(4, precision ?? 0), '0')}`;
    return padText(flags.includes('#') && isCharacter ? `${code} '${character}'` : code, {
      ...spec,
      flags: flags.replaceAll('0', ''),
    });
  }
  const format = bases[verb];
  if (format === undefined) return undefined;
  const size = value < 0n ? -value : value;
  // Go shows nothing for a zero of no digits, not even a sign.
  if (precision === 0 && value === 0n) return ' '.repeat(spec.width ?? 0);
  const signed = withSign('', value < 0n, spec);
  // Go fills up to the width with zeros before it adds the prefix.
  const fills = precision === undefined && flags.includes('0') && !flags.includes('-');
  let digits = size.toString(format.base).padStart(precision ?? (fills ? (spec.width ?? 0) - signed.length : 0), '0');
  if (verb === 'O') digits = `0o${digits}`;
  else if (flags.includes('#') && !(verb === 'o' && digits.startsWith('0'))) digits = format.prefix + digits;
  return padNumber(signed + (verb === 'X' ? digits.toUpperCase() : digits), spec, false);
}
