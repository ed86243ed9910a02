import { quoted } from '../../util/visible.ts';
import { Budget, limits } from './budget.ts';
import { formatValue } from './format-value.ts';
import { FunctionFailed, Lacking, OverBudget } from './function-stop.ts';
import { shortCircuits, templateFunctions } from './function-table.ts';
import { byteLength } from './go-text.ts';
import type { ParameterType, Parameters, Surroundings, TemplateFunction } from './template-function.ts';
import { stopAt, TemplateFault, type TemplateMistake, type TemplateRange } from './template-mistake.ts';
import type { Branch, Command, Operand, ParsedTemplate, Pipeline, Range, TemplateNode } from './template-nodes.ts';
import { methodOf } from './value-methods.ts';
import { int, isTrue, map, sortedEntries, typeOf, type MapValue, type Value } from './values.ts';

export interface TemplateContext {
  /** What `.` is: environment variables, and what Skaffold computes for the field. */
  readonly values: ReadonlyMap<string, string>;
  /** Whether an undefined value is a mistake (`error`), or shown as `<no value>` (`show`), as Skaffold does by field. */
  readonly missingKey: 'error' | 'show';
  readonly surroundings: Surroundings;
}

/** Evaluates a template, or returns its first mistake. Its work is bounded by `limits`. */
export function evaluateTemplate(
  template: ParsedTemplate,
  context: TemplateContext,
): { readonly text: string } | TemplateMistake {
  const [only] = template.nodes;
  if (only === undefined) return { text: '' };
  if (template.nodes.length === 1 && only.kind === 'text') return { text: only.text };
  try {
    const evaluator = new Evaluator(template, context);
    return { text: evaluator.run() };
  } catch (error) {
    if (error instanceof TemplateFault) return error.mistake;
    throw error;
  }
}

interface Variable {
  readonly name: string;
  value: Value;
}

/** What is visible where an action stands. */
interface Scope {
  readonly dot: Value;
  /** Shared by all actions of one template. Blocks cut it back. */
  readonly variables: Variable[];
}

/** How a list of nodes ended: at its end, or at a `break` or `continue`. */
type Leave = 'break' | 'continue' | undefined;

/** No value from a pipeline before, which differs from `nil`. */
const nothing = Symbol('nothing');
type Final = Value | typeof nothing;

class Evaluator {
  readonly #template: ParsedTemplate;
  readonly #context: TemplateContext;
  readonly #budget = new Budget();
  readonly #out: string[] = [];
  #outBytes = 0;
  /** Where a limit is reached. */
  #at: TemplateRange = { start: 0, end: 0 };

  constructor(template: ParsedTemplate, context: TemplateContext) {
    this.#template = template;
    this.#context = context;
  }

  run(): string {
    const dot: MapValue = { ...map(new Map<string, Value>(this.#context.values)), type: 'map[string]string' };
    this.#bounded(() => this.#walkAll(this.#template.nodes, { dot, variables: [{ name: '$', value: dot }] }));
    return this.#out.join('');
  }

  /** Turns what exceeds the budget into a mistake at the action that did. */
  #bounded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof OverBudget) return stopAt('S067', this.#at, error.excess);
      throw error;
    }
  }

  #write(text: string): void {
    this.#outBytes += byteLength(text);
    if (this.#outBytes > limits.textBytes) throw new OverBudget({ limit: limits.textBytes, unit: 'byte' });
    this.#out.push(text);
  }

  // Nodes

  #walkAll(nodes: readonly TemplateNode[], scope: Scope): Leave {
    for (const node of nodes) {
      const leave = this.#walk(node, scope);
      if (leave !== undefined) return leave;
    }
    return undefined;
  }

  #walk(node: TemplateNode, scope: Scope): Leave {
    this.#budget.step();
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#pipeline(node.pipe, scope);
        if (node.pipe.variables.length === 0) this.#write(formatValue(value, this.#budget, '<no value>'));
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#inBlock(scope, () => this.#branch(node, scope));
      case 'range':
        return this.#inBlock(scope, () => this.#range(node, scope));
      case 'template':
        this.#call(node, scope);
        return undefined;
      default:
        return node.kind;
    }
  }

  /** Drops the variables of a block at its end. */
  #inBlock(scope: Scope, work: () => Leave): Leave {
    const declared = scope.variables.length;
    const leave = this.#budget.nested(work);
    scope.variables.length = declared;
    return leave;
  }

  #branch(node: Branch, scope: Scope): Leave {
    const value = this.#pipeline(node.pipe, scope);
    if (isTrue(value)) return this.#walkAll(node.then, node.kind === 'with' ? { ...scope, dot: value } : scope);
    return node.otherwise === undefined ? undefined : this.#walkAll(node.otherwise, scope);
  }

  #range(node: Range, scope: Scope): Leave {
    const value = this.#pipeline(node.pipe, scope);
    const { variables } = node.pipe;
    const inside = scope.variables.length;
    let ran = false;
    for (const [index, item] of this.#itemsOf(value, node)) {
      this.#budget.step();
      ran = true;
      const given = variables.length > 1 ? [index, item] : [item];
      variables.forEach((name, at) => {
        const variable = node.pipe.assigns
          ? this.#variable(name, scope, node.pipe)
          : scope.variables[inside - variables.length + at];
        if (variable !== undefined) variable.value = given[at];
      });
      const leave = this.#walkAll(node.then, { ...scope, dot: item });
      scope.variables.length = inside;
      if (leave === 'break') break;
    }
    return ran || node.otherwise === undefined ? undefined : this.#walkAll(node.otherwise, scope);
  }

  *#itemsOf(value: Value, { pipe }: Range): Iterable<readonly [Value, Value]> {
    if (value === undefined) return;
    if (typeof value === 'object' && value.kind === 'list') {
      for (const [index, item] of value.items.entries()) yield [int(index), item];
    } else if (typeof value === 'object' && value.kind === 'map') {
      yield* sortedEntries(value);
    } else if (typeof value === 'object' && value.kind === 'int') {
      if (pipe.variables.length > 1) stopAt('S069', pipe, { problem: '`range` over a number has one variable only' });
      for (let count = 0n; count < value.value; count++) yield [undefined, { ...value, value: count }];
    } else {
      stopAt('S069', pipe, { problem: `\`range\` cannot go through a ${typeOf(value)}` });
    }
  }

  #call(node: TemplateNode & { readonly kind: 'template' }, scope: Scope): void {
    this.#at = node;
    const nodes = this.#template.named.get(node.name);
    if (nodes === undefined) {
      stopAt('S069', node, { problem: `no template is named ${quoted(node.name)}` });
    }
    const dot = node.pipe === undefined ? undefined : this.#pipeline(node.pipe, scope);
    this.#at = node;
    // A template sees no variables of its caller.
    this.#budget.nested(() => this.#walkAll(nodes, { dot, variables: [{ name: '$', value: dot }] }));
  }

  // Pipelines

  #pipeline(pipe: Pipeline, scope: Scope): Value {
    let value: Final = nothing;
    for (const command of pipe.commands) value = this.#command(command, scope, value);
    const result = value === nothing ? undefined : value;
    for (const name of pipe.variables) {
      if (pipe.assigns) this.#variable(name, scope, pipe).value = result;
      else scope.variables.push({ name, value: result });
    }
    return result;
  }

  #variable(name: string, { variables }: Scope, range: TemplateRange): Variable {
    const found = variables.findLast((variable) => variable.name === name);
    return found ?? stopAt('S068', range, { name, known: variables.map((variable) => variable.name) });
  }

  #command(command: Command, scope: Scope, final: Final): Value {
    this.#at = command;
    this.#budget.step();
    const { first, args } = command;
    const call: Call = { command, args, scope, final };
    if (first.kind === 'function') return this.#function(first.name, call);
    if (first.kind === 'field') return this.#fields(scope.dot, first.names, first, call);
    if (first.kind === 'chain') return this.#fields(this.#operand(first.of, scope), first.names, first, call);
    if (first.kind === 'variable' && first.names.length > 0) {
      return this.#fields(this.#variable(first.name, scope, first).value, first.names, first, call);
    }
    if (args.length > 0 || final !== nothing) {
      stopAt('S069', first, { problem: 'a value that is no function has arguments' });
    }
    if (first.kind === 'nil') stopAt('S069', first, { problem: '`nil` is not a command' });
    return this.#operand(first, scope);
  }

  /** Evaluates an operand whose type is open. */
  #operand(operand: Operand, scope: Scope): Value {
    switch (operand.kind) {
      case 'dot':
        return scope.dot;
      case 'nil':
        return undefined;
      case 'bool':
      case 'string':
        return operand.value;
      case 'number':
        if (operand.number.value !== undefined) return operand.number.value;
        return stopAt('S069', operand, { problem: `${operand.number.text} overflows int` });
      case 'pipeline':
        return this.#budget.nested(() => this.#pipeline(operand.pipe, scope));
      case 'variable':
        if (operand.names.length === 0) return this.#variable(operand.name, scope, operand).value;
        return this.#command({ first: operand, args: [], start: operand.start, end: operand.end }, scope, nothing);
      case 'field':
      case 'chain':
      case 'function':
        return this.#command({ first: operand, args: [], start: operand.start, end: operand.end }, scope, nothing);
    }
  }

  // Fields

  #fields(value: Value, names: readonly string[], range: TemplateRange, call: Call): Value {
    return names.reduce((receiver, name, index) => {
      const isLast = index === names.length - 1;
      return this.#field(receiver, name, range, isLast ? call : { ...call, args: [], final: nothing });
    }, value);
  }

  #field(receiver: Value, name: string, range: TemplateRange, call: Call): Value {
    const isStrict = this.#context.missingKey === 'error';
    const hasArguments = call.args.length > 0 || call.final !== nothing;
    if (receiver === undefined) {
      return isStrict ? stopAt('S065', range, { key: name, known: [] }) : undefined;
    }
    if (typeof receiver === 'object' && (receiver.kind === 'time' || receiver.kind === 'version')) {
      const method = this.#guarded(name, call.command, () => methodOf(receiver, name));
      return this.#apply(name, method, call);
    }
    if (typeof receiver !== 'object' || receiver.kind !== 'map') {
      return stopAt('S069', range, { problem: `a ${typeOf(receiver)} has no field ${quoted(name)}` });
    }
    if (hasArguments) stopAt('S069', range, { problem: `${quoted(`.${name}`)} is no function, but has arguments` });
    const { entries } = receiver;
    if (!entries.has(name) && isStrict) stopAt('S065', range, { key: name, known: [...entries.keys()] });
    return entries.get(name);
  }

  // Calls

  #function(name: string, call: Call): Value {
    if (shortCircuits.has(name)) return this.#shortCircuit(name, call);
    const known = templateFunctions.get(name);
    // The parser has refused other names.
    if (known === undefined) return stopAt('S061', call.command, { name, known: [] });
    return this.#apply(name, known, call);
  }

  #shortCircuit(name: string, { command, args, scope, final }: Call): Value {
    if (args.length === 0 && final === nothing) stopAt('S063', command, { name, has: 0, wants: 'at least 1' });
    let value: Value;
    for (const arg of args) {
      value = this.#operand(arg, scope);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === nothing ? value : final;
  }

  #apply(name: string, { parameters, rest, call: work }: TemplateFunction, call: Call): Value {
    const { command, args, scope, final } = call;
    const has = args.length + (final === nothing ? 0 : 1);
    if (has < parameters.length || (rest === undefined && has > parameters.length)) {
      const wants = `${rest === undefined ? '' : 'at least '}${parameters.length}`;
      stopAt('S063', command, { name, has, wants });
    }
    const given = args.map((arg, index) =>
      this.#argument(arg, { name, index, type: parameters[index] ?? rest ?? 'any' }, scope),
    );
    if (final !== nothing) {
      const parameter = { name, index: given.length, type: parameters[given.length] ?? rest ?? 'any' } as const;
      given.push(checked(final, parameter, command));
    }
    this.#at = command;
    for (const argument of given) this.#charge(argument);
    const tools = { budget: this.#budget, surroundings: this.#context.surroundings };
    const result = this.#guarded(name, command, () => work(given, tools));
    if (typeof result === 'string') this.#budget.text(result.length);
    return result;
  }

  #argument(operand: Operand, parameter: Parameter, scope: Scope): Parameters[ParameterType] {
    if (operand.kind === 'number') {
      const { number } = operand;
      if (parameter.type === 'int' && number.int !== undefined) return Number(number.int);
      if (parameter.type === 'float64') return number.float;
    }
    return checked(this.#operand(operand, scope), parameter, operand);
  }

  /** Counts what a function reads, so that a cheap call of a large value is not free. */
  #charge(argument: Parameters[ParameterType]): void {
    if (typeof argument === 'string') this.#budget.text(argument.length);
    if (typeof argument !== 'object') return;
    if (argument.kind === 'list') this.#budget.step(argument.items.length);
    if (argument.kind === 'map') this.#budget.step(argument.entries.size);
  }

  /** Turns what stops a function into a mistake of its command. */
  #guarded<T>(name: string, command: TemplateRange, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof FunctionFailed) return stopAt('S066', command, { name, why: error.message });
      if (error instanceof Lacking) return stopAt('S062', command, { what: error.what });
      throw error;
    }
  }
}

/** A call as it is written, with the value of the pipeline before it. */
interface Call {
  readonly command: TemplateRange;
  readonly args: readonly Operand[];
  readonly scope: Scope;
  readonly final: Final;
}

interface Parameter {
  readonly name: string;
  /** From 0. */
  readonly index: number;
  readonly type: ParameterType;
}

/** Returns a value as an argument of this type, or stops. */
function checked(value: Value, { name, index, type }: Parameter, range: TemplateRange): Parameters[ParameterType] {
  if (type === 'any') return value;
  // Go passes an empty map for `nil`.
  if (type === 'map[string]interface {}' && value === undefined) return map(new Map());
  const has = value === undefined ? 'undefined' : typeOf(value);
  if (value === undefined || has !== type) stopAt('S064', range, { name, argument: index + 1, wants: type, has });
  if (typeof value === 'object' && (value.kind === 'int' || value.kind === 'float')) return Number(value.value);
  return value;
}
