import type { Span } from '../../diagnostics/source-text.ts';
import type { ValuePart } from '../../model/plan.ts';
import type { Place } from '../../model/place.ts';
import { pieces, type Piece } from './placeholder.ts';

/** The type of a variable (docs/design/wharf.md, "Environments"). Lists and maps are not allowed. */
export type Scalar = string | number | boolean | null;

export interface Variable {
  readonly name: string;
  /** The typed value. A string contains its `${name}`s as written. */
  readonly value: Scalar;
  /** The text to substitute: as written in a file (`1.50`, `0x10`), `''` for null, and `''` for a secret. */
  readonly text: string;
  /** The source for people: `--input`, `environment prod`, `WHARF_VAR_TAG`. */
  readonly source: string;
  /** The position in a file, if it has one. */
  readonly at?: Span | Place;
  /** A `${` in the value is literal: a commit's subject or a branch name is not configuration. */
  readonly literal?: true;
  /** The value must not occur in the plan, the log or any output. */
  readonly secret?: true;
}

/** Variables from one source, by name. */
export type VariableSource = ReadonlyMap<string, Variable>;

/** The result of resolving a variable. */
export type Resolution =
  | ResolvedVariable
  | { readonly status: 'undefined' }
  /** The variable depends on itself, or is nested too deep. `path` has the names of the chain. */
  | { readonly status: 'loop'; readonly path: readonly string[] }
  | { readonly status: 'too-large'; readonly name: string };

export interface ResolvedVariable {
  readonly status: 'found';
  readonly variable: Variable;
  /**
   * The value after substitution. If it is only `${other}`, it has the type of `other`. `''` if it contains secrets.
   */
  readonly value: Scalar;
  /** The text to substitute, split at its secrets. Undefined names stay as they are. */
  readonly parts: readonly ValuePart[];
  /** The undefined names in its value, or in the values of variables that it uses. */
  readonly missing: readonly { readonly name: string; readonly in: Variable }[];
}

/** The maximum length of a chain in which each variable uses the next. */
const deepest = 50;
/** The maximum length of a value in UTF-16 units. A secret counts as one unit. */
export const longestValue = 2 ** 20;
/**
 * The maximum length in UTF-16 units, after substitution, of all texts of a plan, and also of all values of its
 * variables.
 */
export const longestPlan = 64 * 2 ** 20;
const mostMissing = 20;

/** All variables of a run, by precedence. */
export class Variables {
  readonly #known = new Map<string, Known>();
  readonly #sources: readonly VariableSource[];

  /**
   * @param sources strongest first
   */
  constructor(sources: readonly VariableSource[]) {
    this.#sources = sources;
  }

  find(name: string): Variable | undefined {
    return this.all(name)[0];
  }

  /** Returns every definition of a name, strongest first. The first one applies. */
  all(name: string): readonly Variable[] {
    return this.#sources.flatMap((source) => source.get(name) ?? []);
  }

  names(): readonly string[] {
    return [...new Set(this.#sources.flatMap((source) => [...source.keys()]))];
  }

  /** Returns the value of a variable with all variables in it substituted. */
  resolve(name: string): Resolution {
    const variable = this.find(name);
    if (variable === undefined) return { status: 'undefined' };
    const { result } = this.#known.get(name) ?? this.#resolveWithAll(name, variable);
    return result === 'loop' ? { status: 'loop', path: this.#pathFrom(name) } : result;
  }

  /**
   * Resolves a variable after everything that it uses, each variable once. Does not recurse, because a chain may have
   * any length.
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

  /** Follows an unresolvable variable until a name repeats or the chain is too long. */
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

/** The result for a variable, for those that use it. */
interface Known {
  /** `loop`: the variable depends on itself, or is nested too deep. */
  readonly result: ResolvedVariable | Extract<Resolution, { readonly status: 'too-large' }> | 'loop';
  /** The number of variables in the longest chain from this one on. */
  readonly depth: number;
  /** The next variable of that chain or loop. */
  readonly next?: string;
}

type Inner = Known | 'undefined' | { readonly needs: Variable };

function loop(next: string): Known {
  return { result: 'loop', depth: 0, next };
}

/** The state while one value is built. */
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

  /** Continues to the first variable that is not resolved yet, or to the end. */
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

  /** Keeps an undefined name as it is. */
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

  /** Adds a part, and joins adjacent texts. */
  #add(part: ValuePart): void {
    const before = this.#parts.at(-1);
    if (typeof part === 'string' && typeof before === 'string') this.#parts[this.#parts.length - 1] = before + part;
    else this.#parts.push(part);
    this.#length += partLength(part);
  }

  #resolved(): Known {
    // A value without parts is one empty text.
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

/** Whether a `${` in the value starts a placeholder. */
function isWritten({ value, literal, secret }: Variable): boolean {
  return typeof value === 'string' && literal !== true && secret !== true;
}

function asItIs(variable: Variable): ResolvedVariable {
  const { name, value, text, secret } = variable;
  if (secret) return { status: 'found', variable, value: '', parts: [{ secret: name }], missing: [] };
  return { status: 'found', variable, value, parts: [text], missing: [] };
}

/** Returns the length of a part. A secret counts as one unit. */
export function partLength(part: ValuePart): number {
  return typeof part === 'string' ? part.length : 1;
}

/** Returns the text of the parts, or `undefined` if one is a secret. */
export function textOfParts(parts: readonly ValuePart[]): string | undefined {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}

/** Returns the secrets in a value. */
export function secretsOf(parts: readonly ValuePart[]): readonly string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.secret]));
}
