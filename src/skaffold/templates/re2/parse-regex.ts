import { FunctionFailed } from '../function-stop.ts';
import { readClass, readEscapedClass, type Widen } from './character-class.ts';
import { readEscape } from './character-escape.ts';
import { PatternReader } from './pattern-reader.ts';
import type { Assertion, CharacterNode, CharacterTest, ParsedRegex, RegexNode } from './regex-nodes.ts';

/** Go's limit for counts, also of nested ones. */
const mostRepeats = 1000;
const deepest = 100;

interface Flags {
  readonly ignoresCase: boolean;
  readonly multiline: boolean;
  readonly dotMatchesLineEnd: boolean;
  /** Exchanges `x*` and `x*?`. */
  readonly ungreedy: boolean;
}

const countPattern = /^\{(\d+)(,(\d*))?\}/;

const flagNames: Readonly<Record<string, keyof Flags>> = {
  i: 'ignoresCase',
  m: 'multiline',
  s: 'dotMatchesLineEnd',
  U: 'ungreedy',
};

const noFlags: Flags = { ignoresCase: false, multiline: false, dotMatchesLineEnd: false, ungreedy: false };

/** Parses a regular expression of Go. Throws `FunctionFailed` for others, such as those with lookahead. */
export function parseRegex(pattern: string): ParsedRegex {
  const parser = new RegexParser(pattern);
  return parser.parse();
}

const isAny: CharacterTest = () => true;
const isNoLineEnd: CharacterTest = (code) => code !== 0x0a;

const taking = (test: CharacterTest, length: number): CharacterNode => ({ kind: 'character', test, length });

class RegexParser {
  readonly #reader: PatternReader;
  readonly #names: (string | undefined)[] = [undefined];
  #flags = noFlags;
  #depth = 0;

  constructor(pattern: string) {
    this.#reader = new PatternReader(pattern);
  }

  parse(): ParsedRegex {
    const root = this.#choice();
    if (!this.#reader.atEnd) this.#reader.fail('unexpected )');
    return { root, names: this.#names };
  }

  #choice(): RegexNode {
    if (++this.#depth > deepest) throw new FunctionFailed('the regular expression is nested too deeply');
    const flags = this.#flags;
    const of = [this.#sequence()];
    while (this.#reader.take('|')) of.push(this.#sequence());
    // Flags hold up to the end of the group.
    this.#flags = flags;
    this.#depth--;
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { kind: 'choice', of };
  }

  #sequence(): RegexNode {
    const parts: RegexNode[] = [];
    const reader = this.#reader;
    while (!reader.atEnd && !reader.sees('|') && !reader.sees(')')) {
      if (reader.take('\\Q')) {
        const end = reader.rest.indexOf('\\E');
        const literal = end < 0 ? reader.rest : reader.rest.slice(0, end);
        reader.skip(literal.length + (end < 0 ? 0 : 2));
        for (const character of literal) parts.push(this.#literal(character.codePointAt(0) ?? 0));
        const last = parts.pop();
        if (last !== undefined) parts.push(this.#repeated(last));
        continue;
      }
      const atom = this.#atom();
      if (atom !== undefined) parts.push(this.#repeated(atom));
    }
    return { kind: 'sequence', parts };
  }

  #atom(): RegexNode | undefined {
    const reader = this.#reader;
    if (reader.match(countPattern) !== undefined) reader.fail('missing argument to repetition operator');
    const start = reader.at;
    const next = reader.next();
    switch (next) {
      case '(':
        return this.#group();
      case '[':
        return taking(readClass(reader, this.#widen()), reader.at - start);
      case '.':
        return taking(this.#flags.dotMatchesLineEnd ? isAny : isNoLineEnd, 1);
      case '^':
        return { kind: 'assertion', assertion: this.#flags.multiline ? 'lineStart' : 'textStart' };
      case '$':
        return { kind: 'assertion', assertion: this.#flags.multiline ? 'lineEnd' : 'textEnd' };
      case '*':
      case '+':
      case '?':
        return reader.fail(`missing argument to repetition operator ${next}`);
      case '\\':
        return this.#escape();
      default:
        return this.#literal(next.codePointAt(0) ?? 0);
    }
  }

  #escape(): RegexNode {
    const assertions: Readonly<Record<string, Assertion>> = { A: 'textStart', z: 'textEnd', b: 'word', B: 'noWord' };
    const assertion = assertions[this.#reader.peek()];
    if (assertion !== undefined) {
      this.#reader.next();
      return { kind: 'assertion', assertion };
    }
    const escaped = readEscapedClass(this.#reader, this.#widen());
    return escaped === undefined ? this.#literal(readEscape(this.#reader)) : taking(escaped, 2);
  }

  #literal(code: number): RegexNode {
    const node = taking(
      this.#widen()((other) => other === code),
      1,
    );
    return this.#flags.ignoresCase ? node : { ...node, literal: code };
  }

  #widen(): Widen {
    return this.#flags.ignoresCase ? ignoringCase : (test) => test;
  }

  #group(): RegexNode | undefined {
    const reader = this.#reader;
    if (!reader.take('?')) return this.#capture(undefined);
    const name = reader.match(/^P?<([A-Za-z_0-9]+)>/);
    if (name !== undefined) return this.#capture(name[1]);
    const set = reader.match(/^([imsU]*)(?:-([imsU]+))?([:)])/);
    if (set === undefined) return reader.fail('invalid or unsupported Perl syntax');
    const outer = this.#flags;
    const flags = { ...outer };
    for (const letter of set[1] ?? '') flags[flagNames[letter] ?? 'ungreedy'] = true;
    for (const letter of set[2] ?? '') flags[flagNames[letter] ?? 'ungreedy'] = false;
    this.#flags = flags;
    if (set[3] === ')') return undefined;
    const of = this.#choice();
    this.#flags = outer;
    this.#close();
    return of;
  }

  #capture(name: string | undefined): RegexNode {
    const index = this.#names.push(name) - 1;
    const of = this.#choice();
    this.#close();
    return { kind: 'group', index, of };
  }

  #close(): void {
    if (!this.#reader.take(')')) this.#reader.fail('missing closing )');
  }

  #repeated(atom: RegexNode): RegexNode {
    const reader = this.#reader;
    const counts = this.#counts();
    if (counts === undefined) return atom;
    const lazy = reader.take('?');
    if (this.#counts() !== undefined) reader.fail('invalid nested repetition operator');
    const node: RegexNode = { kind: 'repeat', of: atom, ...counts, greedy: lazy === this.#flags.ungreedy };
    if (repeats(node) > mostRepeats) reader.fail('invalid repeat count');
    return node;
  }

  #counts(): { readonly least: number; readonly most: number | undefined } | undefined {
    const reader = this.#reader;
    if (reader.take('*')) return { least: 0, most: undefined };
    if (reader.take('+')) return { least: 1, most: undefined };
    if (reader.take('?')) return { least: 0, most: 1 };
    // Other braces are literal.
    const match = reader.match(countPattern);
    if (match === undefined) return undefined;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === '' ? undefined : Number(match[3]);
    if (least > mostRepeats || (most ?? 0) > mostRepeats || (most !== undefined && most < least)) {
      reader.fail('invalid repeat count');
    }
    return { least, most };
  }
}

/** Returns how many copies counts make of the innermost part, as Go limits it. */
function repeats(node: RegexNode): number {
  switch (node.kind) {
    case 'repeat': {
      const own = node.most ?? node.least;
      return Math.max(own, 1) * repeats(node.of);
    }
    case 'group':
      return repeats(node.of);
    case 'sequence':
      return mostOf(node.parts);
    case 'choice':
      return mostOf(node.of);
    default:
      return 1;
  }
}

const mostOf = (nodes: readonly RegexNode[]): number => nodes.reduce((most, node) => Math.max(most, repeats(node)), 1);

/** Tests the other case of a character too. */
function ignoringCase(test: CharacterTest): CharacterTest {
  return (code) => {
    if (test(code)) return true;
    const character = String.fromCodePoint(code);
    return [character.toLowerCase(), character.toUpperCase()].some((other) => {
      const [only, second] = other;
      return only !== undefined && second === undefined && test(only.codePointAt(0) ?? 0);
    });
  };
}
