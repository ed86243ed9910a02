import { takes, text, whole, type FunctionTable, type Tools } from '../template-function.ts';
import { strings, type Value } from '../values.ts';
import { Regex, type Match } from '../re2/regex.ts';
import { withMust } from './lists.ts';

const whichPart = /\$(?:(\$)|([A-Za-z\d_]+)|\{([A-Za-z\d_]+)\})/g;

/** Fills `$1`, `${name}` and `$$` of a replacement. Unknown groups are empty. */
function filled(replacement: string, { names }: Regex, value: string, match: Match): string {
  return replacement.replaceAll(whichPart, (_, dollar?: string, bare?: string, braced?: string) => {
    if (dollar !== undefined) return '$';
    const name = bare ?? braced ?? '';
    const matches = (index: number) => (match[index * 2] ?? -1) >= 0;
    const index = /^\d{1,9}$/.test(name) ? Number(name) : names.findIndex((each, at) => each === name && matches(at));
    const start = match[index * 2] ?? -1;
    return start < 0 ? '' : value.slice(start, match[index * 2 + 1]);
  });
}

function replaceAll(
  pattern: string,
  value: string,
  replacement: (regex: Regex, match: Match) => string,
  { budget }: Tools,
): string {
  const regex = new Regex(pattern, budget);
  let [out, lastEnd, at] = ['', 0, 0];
  while (at <= value.length) {
    const match = regex.find(value, at);
    if (match === undefined) break;
    const [start = 0, end = 0] = match;
    out += value.slice(lastEnd, start);
    // An empty match right after another one is not replaced.
    if (end > lastEnd || start === 0) {
      const inserted = replacement(regex, match);
      budget.text(inserted.length);
      out += inserted;
    }
    lastEnd = end;
    const width = String.fromCodePoint(value.codePointAt(at) ?? 0).length;
    at = at + width > end ? at + width : end;
  }
  return out + value.slice(lastEnd);
}

function split(pattern: string, value: string, limit: number, { budget }: Tools): Value {
  const regex = new Regex(pattern, budget);
  if (limit === 0) return { ...strings([]), isNil: true };
  if (pattern !== '' && value === '') return strings(['']);
  const parts: string[] = [];
  let [from, lastStart] = [0, 0];
  for (const [start = 0, end = 0] of regex.findAll(value, limit)) {
    if (limit > 0 && parts.length === limit - 1) break;
    lastStart = start;
    if (end !== 0) parts.push(value.slice(from, start));
    from = end;
  }
  if (lastStart !== value.length) parts.push(value.slice(from));
  return strings(parts);
}

const textAt = (value: string, [start = 0, end = 0]: Match): string => value.slice(start, end);

/** Functions of regular expressions. An invalid one stops the template, where Sprig's `regexMatch` does not tell. */
export const regexFunctions: FunctionTable = {
  ...withMust({
    regexMatch: takes([text, text], (pattern, value, { budget }) => new Regex(pattern, budget).matches(value)),
    regexFind: takes([text, text], (pattern, value, { budget }) => {
      const match = new Regex(pattern, budget).find(value);
      return match === undefined ? '' : textAt(value, match);
    }),
    regexFindAll: takes([text, text, whole], (pattern, value, limit, { budget }) => {
      const matches = new Regex(pattern, budget).findAll(value, limit);
      const found = strings(matches.map((match) => textAt(value, match)));
      return matches.length === 0 ? { ...found, isNil: true } : found;
    }),
    regexReplaceAll: takes([text, text, text], (pattern, value, replacement, tools) =>
      replaceAll(pattern, value, (regex, match) => filled(replacement, regex, value, match), tools),
    ),
    regexReplaceAllLiteral: takes([text, text, text], (pattern, value, replacement, tools) =>
      replaceAll(pattern, value, () => replacement, tools),
    ),
    regexSplit: takes([text, text, whole], split),
  }),
  regexQuoteMeta: takes([text], (value) => value.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
};
