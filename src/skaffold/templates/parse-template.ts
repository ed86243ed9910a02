import { quoted } from '../../util/visible.ts';
import { knownFunctions } from './function-table.ts';
import { unquoteGo } from './go-text.ts';
import { parseNumber } from './number-literal.ts';
import {
  mistakeAt,
  stopAt,
  TemplateFault,
  type TemplateCode,
  type TemplateMistake,
  type TemplateParts,
  type TemplateRange,
} from './template-mistake.ts';
import type { Branch, Command, Operand, ParsedTemplate, Pipeline, Range, TemplateNode } from './template-nodes.ts';
import { tokensOf, type Token } from './tokens.ts';

/** Parentheses and blocks may be nested so deep. Go allows more, but no person writes it. */
const deepestNesting = 100;

/** The name by which a template can call itself. */
const ownName = 'envTemplate';

/**
 * Parses a template, or returns its mistakes. An invalid action ends the search. Before it, every unknown function and
 * variable is found, even where it is never used, as in Go.
 */
export function parseTemplate(text: string): ParsedTemplate | readonly TemplateMistake[] {
  if (!text.includes('{{')) return { nodes: text === '' ? [] : [{ kind: 'text', text }], named: new Map() };
  const parser = new Parser(tokensOf(text));
  return parser.parse();
}

/** What ends a list of nodes: `{{end}}`, or an `{{else}}` that `if` or `with` may follow. */
type End = TemplateRange & ({ readonly kind: 'end' } | { readonly kind: 'else'; readonly chained: boolean });

class Parser {
  readonly #tokens: readonly Token[];
  readonly #mistakes: TemplateMistake[] = [];
  readonly #named = new Map<string, readonly TemplateNode[]>();
  #at = 0;
  #depth = 0;
  #ranges = 0;
  #variables: string[] = ['$'];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): ParsedTemplate | readonly TemplateMistake[] {
    try {
      const nodes: TemplateNode[] = [];
      while (this.#peek().kind !== 'end') {
        if (this.#isDefinition()) {
          this.#define();
          continue;
        }
        const node = this.#node();
        if (!isEnd(node)) nodes.push(node);
        else this.#invalid(node, `unexpected \`{{${node.kind}}}\``);
      }
      this.#name(ownName, nodes, { start: 0, end: this.#peek().end });
      return this.#mistakes.length > 0 ? this.#mistakes : { nodes, named: this.#named };
    } catch (error) {
      if (error instanceof TemplateFault) return [...this.#mistakes, error.mistake];
      throw error;
    }
  }

  // Tokens

  #peek(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1);
    if (token === undefined) throw new Error('a template has an end');
    if (token.kind === 'problem') this.#invalid(token, token.text);
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #skipSpace(): void {
    while (this.#peek().kind === 'space') this.#at++;
  }

  #peekWord(): Token {
    this.#skipSpace();
    return this.#peek();
  }

  #nextWord(): Token {
    this.#skipSpace();
    return this.#next();
  }

  #expectClose(context: string): void {
    const token = this.#nextWord();
    if (token.kind !== 'close') this.#unexpected(token, context);
  }

  #isKeyword(token: Token, ...words: readonly string[]): boolean {
    return token.kind === 'keyword' && words.includes(token.text);
  }

  // Mistakes

  #invalid(range: TemplateRange, problem: string): never {
    return stopAt('S060', range, { problem });
  }

  #unexpected(token: Token, context: string): never {
    const end = token.kind === 'end' ? 'end of the template' : token.kind === 'close' ? 'end of the action' : undefined;
    return this.#invalid(token, `unexpected ${end ?? quoted(token.text)} in ${context}`);
  }

  /** Notes a mistake after which parsing goes on. */
  #note<C extends TemplateCode>(code: C, range: TemplateRange, parts: TemplateParts<C>): void {
    this.#mistakes.push(mistakeAt(code, range, parts));
  }

  #nested<T>(range: TemplateRange, parse: () => T): T {
    if (++this.#depth > deepestNesting) stopAt('S067', range, { limit: deepestNesting, unit: 'level' });
    const parsed = parse();
    this.#depth--;
    return parsed;
  }

  // Texts and actions

  #node(): TemplateNode | End {
    const token = this.#next();
    if (token.kind === 'text') return { kind: 'text', text: token.text };
    if (token.kind !== 'open') return this.#unexpected(token, 'the template');
    const first = this.#peekWord();
    if (first.kind !== 'keyword') return { kind: 'action', pipe: this.#pipeline('an action', 'close') };
    this.#at++;
    return this.#nested(first, () => this.#control(first));
  }

  #control(keyword: Token): TemplateNode | End {
    const { start, end } = keyword;
    switch (keyword.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(keyword.text);
      case 'break':
      case 'continue':
        this.#expectClose(`\`${keyword.text}\``);
        if (this.#ranges === 0) this.#invalid(keyword, `\`{{${keyword.text}}}\` outside of \`{{range}}\``);
        return { kind: keyword.text };
      case 'else':
        if (this.#isKeyword(this.#peekWord(), 'if', 'with')) return { kind: 'else', chained: true, start, end };
        this.#expectClose('`else`');
        return { kind: 'else', chained: false, start, end };
      case 'end':
        this.#expectClose('`end`');
        return { kind: 'end', start, end };
      case 'template':
        return this.#callTemplate(keyword);
      case 'block':
        return this.#block(keyword);
      default:
        return this.#unexpected(keyword, 'an action');
    }
  }

  /** Parses up to `{{end}}` or `{{else}}`. */
  #body(): { readonly nodes: readonly TemplateNode[]; readonly end: End } {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') this.#invalid(token, 'unexpected end of the template: `{{end}}` is missing');
      const node = this.#node();
      if (isEnd(node)) return { nodes, end: node };
      nodes.push(node);
    }
  }

  #branch(kind: 'if' | 'with' | 'range'): Branch | Range {
    const declared = this.#variables.length;
    const pipe = this.#pipeline(`\`${kind}\``, 'close');
    if (kind === 'range') this.#ranges++;
    const { nodes, end } = this.#body();
    if (kind === 'range') this.#ranges--;
    const otherwise = end.kind === 'end' ? undefined : this.#otherwise(kind, end.chained);
    this.#variables.length = declared;
    return { kind, pipe, then: nodes, otherwise };
  }

  #otherwise(kind: 'if' | 'with' | 'range', chained: boolean): readonly TemplateNode[] {
    if (chained) {
      // One `{{end}}` closes the whole chain.
      const word = this.#nextWord();
      if (word.text !== kind) this.#invalid(word, `\`{{else ${word.text}}}\` in \`{{${kind}}}\``);
      return [this.#nested(word, () => this.#branch(kind))];
    }
    const { nodes, end } = this.#body();
    if (end.kind !== 'end') this.#invalid(end, 'expected `{{end}}`, found `{{else}}`');
    return nodes;
  }

  // Named templates

  #isDefinition(): boolean {
    if (this.#peek().kind !== 'open') return false;
    let at = this.#at + 1;
    while (this.#tokens[at]?.kind === 'space') at++;
    const token = this.#tokens[at];
    return token !== undefined && this.#isKeyword(token, 'define');
  }

  #define(): void {
    this.#at++;
    const keyword = this.#nextWord();
    const name = this.#templateName('`define`');
    this.#expectClose('`define`');
    this.#name(name, this.#ownBody(keyword), keyword);
  }

  #block(keyword: Token): TemplateNode {
    const name = this.#templateName('`block`');
    const pipe = this.#pipeline('`block`', 'close');
    this.#name(name, this.#ownBody(keyword), keyword);
    return { kind: 'template', name, pipe, start: keyword.start, end: pipe.end };
  }

  /** Parses the body of a named template, which sees no variables and no loops from outside. */
  #ownBody(keyword: Token): readonly TemplateNode[] {
    const [variables, ranges] = [this.#variables, this.#ranges];
    this.#variables = ['$'];
    this.#ranges = 0;
    const { nodes, end } = this.#body();
    if (end.kind !== 'end') this.#invalid(keyword, `unexpected \`{{else}}\` in \`{{${keyword.text}}}\``);
    this.#variables = variables;
    this.#ranges = ranges;
    return nodes;
  }

  /** Keeps a named template. As in Go, an empty one gives way to another one of its name. */
  #name(name: string, nodes: readonly TemplateNode[], range: TemplateRange): void {
    const before = this.#named.get(name);
    if (before === undefined || isBlank(before)) this.#named.set(name, nodes);
    else if (!isBlank(nodes)) this.#note('S060', range, { problem: `the template ${quoted(name)} is defined twice` });
  }

  #callTemplate(keyword: Token): TemplateNode {
    const name = this.#templateName('`template`');
    const { end } = this.#tokens[this.#at - 1] ?? keyword;
    if (this.#peekWord().kind === 'close') {
      this.#at++;
      return { kind: 'template', name, pipe: undefined, start: keyword.start, end };
    }
    const pipe = this.#pipeline('`template`', 'close');
    return { kind: 'template', name, pipe, start: keyword.start, end: pipe.end };
  }

  #templateName(context: string): string {
    const token = this.#nextWord();
    if (token.kind !== 'string' && token.kind !== 'rawString') return this.#unexpected(token, context);
    return this.#stringValue(token);
  }

  // Pipelines

  #pipeline(context: string, end: 'close' | ')'): Pipeline {
    const { start } = this.#peekWord();
    const { variables, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#peekWord();
      if (token.kind === end) {
        this.#at++;
        if (commands.length === 0) this.#invalid({ start, end: token.end }, `missing value in ${context}`);
        return { variables, assigns, commands, start, end: token.start };
      }
      if (!startsOperand(token)) this.#unexpected(token, context);
      const command = this.#command();
      if (commands.length > 0 && isLiteral(command.first)) {
        this.#invalid(command, `stage ${commands.length + 1} of the pipeline must be a function`);
      }
      commands.push(command);
    }
  }

  #declarations(context: string): { readonly variables: readonly string[]; readonly assigns: boolean } {
    const variables: string[] = [];
    for (;;) {
      const back = this.#at;
      const variable = this.#peek();
      if (variable.kind !== 'variable') return { variables, assigns: false };
      this.#at++;
      const next = this.#peekWord();
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.#at++;
        variables.push(variable.text);
        const assigns = next.kind === 'assign';
        if (assigns) for (const name of variables) this.#checkVariable(name, variable);
        this.#variables.push(...variables);
        return { variables, assigns };
      }
      if (next.kind !== 'comma') {
        this.#at = back;
        return { variables, assigns: false };
      }
      this.#at++;
      variables.push(variable.text);
      if (context !== '`range`' || variables.length > 1) this.#invalid(next, `too many variables in ${context}`);
      if (this.#peekWord().kind !== 'variable') this.#invalid(next, '`range` can only declare variables');
    }
  }

  #command(): Command {
    const { start } = this.#peekWord();
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#peek();
      if (token.kind === 'space') continue;
      if (token.kind === 'pipe') this.#at++;
      else if (token.kind !== 'close' && token.kind !== ')') this.#unexpected(token, 'an argument');
      const [first, ...args] = operands;
      if (first === undefined) return this.#invalid(token, 'empty command');
      const end = operands.at(-1)?.end ?? token.start;
      return { first, args, start, end };
    }
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined || this.#peek().kind !== 'field') return term;
    const names: string[] = [];
    let { end } = term;
    while (this.#peek().kind === 'field') {
      const field = this.#next();
      names.push(field.text.slice(1));
      end = field.end;
    }
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, names: [...term.names, ...names], end };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#invalid({ start: term.start, end }, 'unexpected `.` after a value');
      default:
        return { kind: 'chain', of: term, names, start: term.start, end };
    }
  }

  #term(): Operand | undefined {
    const token = this.#peekWord();
    if (!startsOperand(token)) return undefined;
    this.#at++;
    const { start, end, text } = token;
    switch (token.kind) {
      case 'dot':
      case 'nil':
        return { kind: token.kind, start, end };
      case 'field':
        return { kind: 'field', names: [text.slice(1)], start, end };
      case 'variable':
        this.#checkVariable(text, token);
        return { kind: 'variable', name: text, names: [], start, end };
      case 'bool':
        return { kind: 'bool', value: text === 'true', start, end };
      case 'string':
      case 'rawString':
        return { kind: 'string', value: this.#stringValue(token), start, end };
      case 'number':
      case 'character': {
        const number = parseNumber(text);
        if ('problem' in number) return this.#invalid(token, number.problem);
        if ('lacks' in number) return stopAt('S062', token, { what: number.lacks });
        return { kind: 'number', number, start, end };
      }
      case '(': {
        const pipe = this.#nested(token, () => this.#pipeline('parentheses', ')'));
        return { kind: 'pipeline', pipe, start, end: this.#tokens[this.#at - 1]?.end ?? pipe.end };
      }
      default:
        this.#checkFunction(text, token);
        return { kind: 'function', name: text, start, end };
    }
  }

  #checkFunction(name: string, range: TemplateRange): void {
    if (knownFunctions.has(name)) return;
    if (knownFunctions.lacks(name)) this.#note('S062', range, { what: `the function ${quoted(name)}` });
    else this.#note('S061', range, { name, known: knownFunctions.names });
  }

  #checkVariable(name: string, range: TemplateRange): void {
    if (!this.#variables.includes(name)) {
      this.#note('S068', range, { name, known: this.#variables.filter((each) => each !== '$') });
    }
  }

  #stringValue(token: Token): string {
    const inner = token.text.slice(1, -1);
    // Go drops carriage returns from raw strings.
    if (token.kind === 'rawString') return inner.replaceAll('\r', '');
    const unquoted = unquoteGo(inner, '"');
    if ('text' in unquoted) return unquoted.text;
    if (unquoted.problem === 'bytes') return stopAt('S062', token, { what: 'strings that are not UTF-8' });
    return this.#invalid(token, `invalid escape sequence in ${token.text}`);
  }
}

const isEnd = (node: TemplateNode | End): node is End => node.kind === 'end' || node.kind === 'else';

const isBlank = (nodes: readonly TemplateNode[]): boolean =>
  nodes.every((node) => node.kind === 'text' && node.text.trim() === '');

const operandKinds = new Set<Token['kind']>([
  ...(['bool', 'character', 'dot', 'field', 'identifier', 'nil', 'number', 'rawString', 'string', 'variable'] as const),
  '(',
]);

const startsOperand = (token: Token): boolean => operandKinds.has(token.kind);

const isLiteral = ({ kind }: Operand): boolean => ['bool', 'dot', 'nil', 'number', 'string'].includes(kind);
