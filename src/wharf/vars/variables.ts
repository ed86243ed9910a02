import type { Span } from '../../diagnostics/source-text.ts';
import type { ValuePart } from '../../model/plan.ts';
import type { Place } from '../../model/place.ts';
import { pieces, type Piece } from './placeholder.ts';

/** What a variable can be (docs/design/wharf.md, "Environments"): lists and maps cannot. */
export type Scalar = string | number | boolean | null;

export interface Variable {
  readonly name: string;
  /** Typed; a string has its `${name}`s in it as they are written. */
  readonly value: Scalar;
  /**
   * The value as it is put into a text: as it is written where it is in a file (`1.50`, `0x10`), `''` for null. Of a
   * secret `''`.
   */
  readonly text: string;
  /** Where it came from, for people: `--input`, `environment prod`, `WHARF_VAR_TAG`. */
  readonly source: string;
  /** Where it is written, if in a file. */
  readonly at?: Span | Place;
  /** A `${` in its text means nothing: who wrote it (a commit's subject, a branch) was not writing configuration. */
  readonly literal?: true;
  /** Its value is kept from the plan, the log and everything that is printed. */
  readonly secret?: true;
}

/** Variables that come from one place, by name. */
export type VariableSource = ReadonlyMap<string, Variable>;

/** What became of one variable. */
export type Resolution =
  | ResolvedVariable
  | { readonly status: 'undefined' }
  /** It needs itself, or is nested too deep: the names on the way. */
  | { readonly status: 'loop'; readonly path: readonly string[] }
  | { readonly status: 'too-large'; readonly name: string };

export interface ResolvedVariable {
  readonly status: 'found';
  readonly variable: Variable;
  /**
   * With the variables in it filled in; one that is nothing but `${other}` has the type of that one. Of one with
   * secrets in it `''`.
   */
  readonly value: Scalar;
  /** As it is put into a text, cut at its secrets; undefined names stay as they are written. */
  readonly parts: readonly ValuePart[];
  /** Names in its value, or in those of the variables that it uses, that are not defined. */
  readonly missing: readonly { readonly name: string; readonly in: Variable }[];
}

/** Of a chain in which each variable uses the next. */
const deepest = 50;
/** UTF-16 units of a value; a secret counts as one. */
export const longestValue = 2 ** 20;
/** UTF-16 units of all texts of a plan once they are filled in, and of all values of its variables. */
export const longestPlan = 64 * 2 ** 20;
const mostMissing = 20;

/** All variables of a run, by precedence. */
export class Variables {
  readonly #known = new Map<string, Known>();

  /** @param sources strongest first */
  constructor(private readonly sources: readonly VariableSource[]) {}

  find(name: string): Variable | undefined {
    return this.all(name)[0];
  }

  /** Every definition of a name, strongest first: the first holds and hides the others. */
  all(name: string): readonly Variable[] {
    return this.sources.flatMap((source) => source.get(name) ?? []);
  }

  names(): readonly string[] {
    return [...new Set(this.sources.flatMap((source) => [...source.keys()]))];
  }

  /** The value of a variable, with the variables in it filled in, and so on. */
  resolve(name: string): Resolution {
    const variable = this.find(name);
    if (variable === undefined) return { status: 'undefined' };
    const { result } = this.#known.get(name) ?? this.#resolveWithAll(name, variable);
    return result === 'loop' ? { status: 'loop', path: this.#pathFrom(name) } : result;
  }

  /**
   * Resolves a variable after all that it uses, each once. It does not recurse: a chain may have any length.
   */
  #resolveWithAll(name: string, variable: Variable): Known {
    const open = new Map<string, Filling>([[name, new Filling(variable)]]);
    const stack = [name];
    for (;;) {
      const top = stack.at(-1) ?? name;
      const filling = open.get(top);
      const next = filling?.advance((inner) => this.#inner(inner, open)) ?? { done: loop(top) };
      if ('needs' in next) {
        open.set(next.needs.name, new Filling(next.needs));
        stack.push(next.needs.name);
        continue;
      }
      this.#known.set(top, next.done);
      open.delete(top);
      stack.pop();
      if (stack.length === 0) return next.done;
    }
  }

  #inner(name: string, open: ReadonlyMap<string, unknown>): Inner {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (open.has(name)) return loop(name);
    const variable = this.find(name);
    return variable === undefined ? 'undefined' : { needs: variable };
  }

  /** From a variable that cannot be resolved, until a name comes again or there are too many. */
  #pathFrom(name: string): readonly string[] {
    const path = new Set([name]);
    for (let at = this.#known.get(name)?.next; at !== undefined; at = this.#known.get(at)?.next) {
      if (path.has(at)) return [...path, at];
      path.add(at);
      if (path.size > deepest) break;
    }
    return [...path];
  }
}

/** What became of a variable, for those that use it. */
interface Known {
  /** `loop`: it needs itself, or is nested too deep. */
  readonly result: ResolvedVariable | Extract<Resolution, { readonly status: 'too-large' }> | 'loop';
  /** Variables of the longest chain that begins here, itself included. */
  readonly depth: number;
  /** The next of that chain, or of the loop. */
  readonly next?: string;
}

type Inner = Known | 'undefined' | { readonly needs: Variable };

function loop(next: string): Known {
  return { result: 'loop', depth: 0, next };
}

/** One variable while its value is put together. */
class Filling {
  readonly #variable: Variable;
  readonly #written: readonly Piece[];
  readonly #parts: ValuePart[] = [];
  readonly #missing: { name: string; in: Variable }[] = [];
  #at = 0;
  #length = 0;
  #lone: Scalar | undefined;
  #depth = 1;
  #next: string | undefined;

  constructor(variable: Variable) {
    this.#variable = variable;
    this.#written = isWritten(variable) ? pieces(variable.text) : [];
  }

  /** Goes on to the first variable that is not known yet, or to the end. */
  advance(find: (name: string) => Inner): { readonly needs: Variable } | { readonly done: Known } {
    if (!isWritten(this.#variable)) return { done: { result: asItIs(this.#variable), depth: 1 } };
    for (; this.#at < this.#written.length; this.#at++) {
      const piece = this.#written[this.#at];
      if (piece === undefined) break;
      if ('literal' in piece) this.#add(piece.literal);
      else {
        const inner = find(piece.name);
        if (inner !== 'undefined' && 'needs' in inner) return inner;
        const failed = inner === 'undefined' ? this.#leave(piece) : this.#fillIn(piece.name, inner);
        if (failed !== undefined) return { done: failed };
      }
      if (this.#length > longestValue)
        return { done: { result: { status: 'too-large', name: this.#variable.name }, depth: 1 } };
    }
    return { done: this.#resolved() };
  }

  /** One that is not defined stays as it is written. */
  #leave({ name, raw }: Extract<Piece, { readonly name: string }>): undefined {
    this.#add(raw);
    if (this.#missing.length < mostMissing) this.#missing.push({ name, in: this.#variable });
  }

  #fillIn(name: string, { result, depth }: Known): Known | undefined {
    if (result === 'loop' || depth >= deepest) return loop(name);
    if (result.status === 'too-large') return { result, depth: 1 };
    for (const part of result.parts) this.#add(part);
    for (const missing of result.missing) if (this.#missing.length < mostMissing) this.#missing.push(missing);
    if (this.#written.length === 1) this.#lone = result.value;
    if (depth >= this.#depth) [this.#depth, this.#next] = [depth + 1, name];
    return undefined;
  }

  /** Texts that follow one another are one. */
  #add(part: ValuePart): void {
    const before = this.#parts.at(-1);
    if (typeof part === 'string' && typeof before === 'string') this.#parts[this.#parts.length - 1] = before + part;
    else this.#parts.push(part);
    this.#length += partLength(part);
  }

  #resolved(): Known {
    // A value without any part is one empty text.
    const parts = this.#parts.length === 0 ? [''] : this.#parts;
    const value = this.#lone === undefined ? (textOfParts(parts) ?? '') : this.#lone;
    const result: ResolvedVariable = {
      status: 'found',
      variable: this.#variable,
      value,
      parts,
      missing: this.#missing,
    };
    return { result, depth: this.#depth, ...(this.#next !== undefined && { next: this.#next }) };
  }
}

/** Whether a `${` in it means a variable. */
function isWritten({ value, literal, secret }: Variable): boolean {
  return typeof value === 'string' && literal !== true && secret !== true;
}

function asItIs(variable: Variable): ResolvedVariable {
  const { name, value, text, secret } = variable;
  if (secret) return { status: 'found', variable, value: '', parts: [{ secret: name }], missing: [] };
  return { status: 'found', variable, value, parts: [text], missing: [] };
}

/** Units of a part; a secret counts as one. */
export function partLength(part: ValuePart): number {
  return typeof part === 'string' ? part.length : 1;
}

/** The text that the parts make; `undefined` where a secret is among them. */
export function textOfParts(parts: readonly ValuePart[]): string | undefined {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}

/** The secrets that stand in a value. */
export function secretsOf(parts: readonly ValuePart[]): readonly string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.secret]));
}
