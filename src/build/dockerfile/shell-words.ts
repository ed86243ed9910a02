/**
 * Quotes and variables in the words of a Dockerfile, as BuildKit reads them: like a shell, but with rules of its own
 * (docs/decisions/0016-dockerfiles.md).
 */
import { isSpace } from './characters.ts';
import { parseShellPattern, replaced, withoutEnd, withoutStart } from './shell-pattern.ts';

export interface ShellSyntax {
  /** The escape character: a backslash, or a backtick by a parser directive. */
  readonly escape: string;
  /** Returns the value of a variable, or `undefined` if it is not set. */
  readonly valueOf: (name: string) => string | undefined;
  /** Quotes stay in the text. They protect white space all the same. */
  readonly keepsQuotes?: true;
  /** Escape characters stay in the text. */
  readonly keepsEscapes?: true;
  /** A variable that is not set stays as it is written. Otherwise it becomes an empty text. */
  readonly keepsUnset?: true;
}

export interface Expanded {
  readonly text: string;
  /** The text, split at white space that is neither quoted nor escaped. */
  readonly words: readonly string[];
  /** Names of variables that are not set. */
  readonly unset: ReadonlySet<string>;
}

/** What is wrong with a substitution, as a part of a sentence. */
export interface Mistake {
  readonly mistake: string;
}

/** Linux passes no longer environment variable to a program. Doubling a variable again and again stops here. */
const longestValue = 2 ** 17;
/** Deeper substitutions are refused: each takes stack. */
const deepest = 100;

const specialNames = '@*#?-$!0';
const digits = /\p{Nd}+/uy;
const nameCharacters = /[\p{L}\p{Nd}_]*/uy;

/** Expands variables and removes quotes. */
export function expand(text: string, syntax: ShellSyntax): Expanded | Mistake {
  const lexer = new ShellLexer(text, syntax);
  const { text: value, words } = lexer.read(undefined, syntax.keepsEscapes === true);
  const { mistake } = lexer;
  return mistake === undefined ? { text: value, words, unset: lexer.unset } : { mistake };
}

class ShellLexer {
  /** The first mistake. Reading stops there. */
  mistake: string | undefined;
  readonly unset = new Set<string>();
  readonly #text: string;
  readonly #syntax: ShellSyntax;
  #at = 0;
  #depth = 0;
  #keepsEscapes = false;

  constructor(text: string, syntax: ShellSyntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  /** Reads up to a character, which is consumed, or to the end of the text. */
  read(stop: string | undefined, keepsEscapes: boolean): { readonly text: string; readonly words: readonly string[] } {
    const outer = this.#keepsEscapes;
    this.#keepsEscapes = keepsEscapes;
    const collected = this.#collect(stop);
    this.#keepsEscapes = outer;
    return collected;
  }

  #collect(stop: string | undefined): { readonly text: string; readonly words: readonly string[] } {
    const words = new WordCollector();
    let text = '';
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!;
      if (character === stop) {
        this.#at++;
        return { text, words: words.end() };
      }
      if (character === '$') {
        const value = this.#variable();
        text += value;
        words.split(value);
      } else if (character === "'" || character === '"' || character === '<') {
        const part = character === '<' ? this.#heredocSign() : this.#quoted(character);
        text += part;
        words.whole(part);
      } else {
        const part = character === this.#syntax.escape ? this.#escaped() : this.#next();
        text += part;
        if (character === this.#syntax.escape) words.whole(part);
        else words.split(part);
      }
      if (text.length > longestValue) this.#fail(`the value is longer than ${longestValue} characters`);
    }
    if (stop !== undefined) this.#fail(`\`${stop}\` is missing`);
    return { text, words: words.end() };
  }

  #next(): string {
    return this.#text[this.#at++] ?? '';
  }

  #fail(mistake: string): void {
    this.mistake ??= mistake;
    this.#at = this.#text.length;
  }

  /** `<<` keeps the white space after it, so that `<< EOF` is one word. */
  #heredocSign(): string {
    this.#at++;
    if (this.#text[this.#at] !== '<') return '<';
    this.#at++;
    let sign = '<<';
    while (' \t\r'.includes(this.#text[this.#at] ?? 'x')) sign += this.#next();
    return sign;
  }

  /** At the end of the text, an escape character alone is dropped. */
  #escaped(): string {
    const escape = this.#next();
    return (this.#keepsEscapes ? escape : '') + this.#next();
  }

  #quoted(quote: string): string {
    const kept = this.#syntax.keepsQuotes === true ? quote : '';
    this.#at++;
    let text = kept;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!;
      if (character === quote) {
        this.#at++;
        return text + kept;
      }
      if (quote === "'") text += this.#next();
      else if (character === '$') text += this.#variable();
      else if (character === this.#syntax.escape) text += this.#escapedInQuotes();
      else text += this.#next();
    }
    this.#fail(`a closing ${quote === "'" ? 'single' : 'double'} quote is missing`);
    return '';
  }

  /** Between double quotes only `"`, `$` and the escape character itself can be escaped. */
  #escapedInQuotes(): string {
    const escape = this.#next();
    const following = this.#text[this.#at];
    if (following === undefined) return this.#keepsEscapes ? escape : '';
    const kept = this.#keepsEscapes ? escape : '';
    return following === '"' || following === '$' || following === escape ? kept + this.#next() : kept + escape;
  }

  #variable(): string {
    this.#at++;
    if (this.#text[this.#at] === '{') {
      this.#at++;
      return this.#braced();
    }
    const name = this.#name();
    if (name === '') return '$';
    return this.#valueOf(name) ?? (this.#syntax.keepsUnset === true ? `$${name}` : '');
  }

  #valueOf(name: string): string | undefined {
    const value = this.#syntax.valueOf(name);
    if (value === undefined) this.unset.add(name);
    return value;
  }

  #name(): string {
    const first = this.#text[this.#at];
    const number = this.#match(digits);
    if (number !== '') return number;
    if (first !== undefined && specialNames.includes(first)) return this.#next();
    return this.#match(nameCharacters);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #braced(): string {
    const first = this.#text[this.#at];
    if (first === undefined) return this.#refuse('`}` is missing');
    if (first === '{' || first === '}' || first === ':') return this.#refuse('the name of the variable is missing');
    const name = this.#name();
    const sign = this.#next();
    if (sign === '') return this.#refuse('`}` is missing');
    if (sign === '}') return this.#valueOf(name) ?? (this.#syntax.keepsUnset === true ? `\${${name}}` : '');
    if (++this.#depth > deepest) return this.#refuse('the substitutions are nested too deeply');
    const value = sign === '/' ? this.#replacement(name) : this.#modified(name, sign);
    this.#depth--;
    return value;
  }

  #refuse(mistake: string): string {
    this.#fail(mistake);
    return '';
  }

  #modified(name: string, sign: string): string {
    const colon = sign === ':';
    const modifier = colon ? this.#next() : sign;
    const signs = colon ? `:${modifier}` : modifier;
    const cuts = modifier === '#' || modifier === '%';
    if (!'-+?#%'.includes(modifier) || modifier === '' || (colon && cuts))
      return this.#refuse(`the modifier \`${signs}\` is unknown`);
    const { text: word } = this.read('}', cuts);
    const value = this.#valueOf(name);
    if (value === undefined && this.#syntax.keepsUnset === true) return `\${${name}${signs}${word}}`;
    const missing = value === undefined || (colon && value === '');
    switch (modifier) {
      case '-':
        return missing ? word : value;
      case '+':
        return missing ? '' : word;
      case '?':
        if (!missing) return value;
        return this.#refuse(word === '' ? `the variable \`${name}\` is not set` : `\`${name}\`: ${word}`);
      default:
        return this.#cut(modifier, word, value ?? '');
    }
  }

  /** `##` and `%%` cut the longest match, `#` and `%` the shortest. */
  #cut(modifier: string, word: string, value: string): string {
    const longest = word.startsWith(modifier);
    const pattern = parseShellPattern(longest ? word.slice(1) : word);
    if (pattern === undefined) return this.#refuse('the pattern has an unknown escape');
    return modifier === '#' ? withoutStart(pattern, value, longest) : withoutEnd(pattern, value, longest);
  }

  #replacement(name: string): string {
    const every = this.#text[this.#at] === '/';
    if (every) this.#at++;
    const { text: searched } = this.read('/', true);
    const { text: replacement } = this.read('}', true);
    const value = this.#valueOf(name);
    if (value === undefined && this.#syntax.keepsUnset === true) return `\${${name}/${searched}/${replacement}}`;
    const pattern = parseShellPattern(searched);
    if (pattern === undefined) return this.#refuse('the pattern has an unknown escape');
    return replaced(pattern, value ?? '', replacement, every);
  }
}

/** Collects words. White space ends a word unless it is quoted. */
class WordCollector {
  readonly #words: string[] = [];
  #word = '';

  split(text: string): void {
    for (const character of text) {
      if (isSpace(character)) this.#end();
      else this.#word += character;
    }
  }

  whole(text: string): void {
    this.#word += text;
  }

  end(): readonly string[] {
    this.#end();
    return this.#words;
  }

  #end(): void {
    if (this.#word !== '') this.#words.push(this.#word);
    this.#word = '';
  }
}
