import type { Span } from '../diagnostics/source-text.ts';
import type { ValuePart } from '../model/plan.ts';
import type { Place } from '../model/place.ts';
import { pieces } from './placeholder.ts';

/** What a variable can be (wharf.md 1.2): lists and maps cannot. */
export type Scalar = string | number | boolean | null;

export interface Variable {
  readonly name: string;
  /** Typed; a string has its `${name}`s in it as they are written. */
  readonly value: Scalar;
  /** The value as it is put into a text: as it is written where it is in a file (`1.50`, `0x10`), `''` for null. Of a secret `''`. */
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
  /** With the variables in it filled in; one that is nothing but `${other}` has the type of that one. Of one with secrets in it `''`. */
  readonly value: Scalar;
  /** As it is put into a text, cut at its secrets; undefined names stay as they are written. */
  readonly parts: readonly ValuePart[];
  /** Names in its value, or in those of the variables that it uses, that are not defined. */
  readonly missing: readonly { readonly name: string; readonly in: Variable }[];
}

const deepest = 50;
const longest = 2 ** 20;
const mostMissing = 20;

/** All variables of a run, by precedence. */
export class Variables {
  readonly #resolved = new Map<string, Resolution>();

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
    return this.#resolve(name, []);
  }

  #resolve(name: string, path: readonly string[]): Resolution {
    const known = this.#resolved.get(name);
    if (known) return known;
    const variable = this.find(name);
    if (!variable) return { status: 'undefined' };
    const here = [...path, name];
    if (path.includes(name) || here.length > deepest) return { status: 'loop', path: here };
    const resolution = variable.secret ? secretItself(variable) : this.#fill(variable, here);
    // A loop's path begins where it was entered, so it is found anew for each of its variables.
    if (resolution.status !== 'loop') this.#resolved.set(name, resolution);
    return resolution;
  }

  #fill(variable: Variable, path: readonly string[]): Resolution {
    if (typeof variable.value !== 'string' || variable.literal) return { status: 'found', variable, value: variable.value, parts: [variable.text], missing: [] };
    const parts: ValuePart[] = [];
    const missing: { name: string; in: Variable }[] = [];
    const written = pieces(variable.text);
    let length = 0;
    let counted = 0;
    let lone: Scalar | undefined;
    for (const piece of written) {
      const inner = 'literal' in piece ? undefined : this.#resolve(piece.name, path);
      if (inner && inner.status !== 'found' && inner.status !== 'undefined') return inner;
      if ('literal' in piece) parts.push(piece.literal);
      else if (inner?.status === 'found') {
        parts.push(...inner.parts);
        missing.push(...inner.missing);
        if (written.length === 1) lone = inner.value;
      } else {
        parts.push(piece.raw);
        missing.push({ name: piece.name, in: variable });
      }
      for (; counted < parts.length; counted++) length += lengthOf(parts[counted]);
      if (length > longest) return { status: 'too-large', name: variable.name };
    }
    const joined = joinedParts(parts);
    const text = textOfParts(joined);
    return { status: 'found', variable, value: lone === undefined ? (text ?? '') : lone, parts: joined, missing: missing.slice(0, mostMissing) };
  }
}

function secretItself(variable: Variable): ResolvedVariable {
  return { status: 'found', variable, value: '', parts: [{ secret: variable.name }], missing: [] };
}

function lengthOf(part: ValuePart | undefined): number {
  return typeof part === 'string' ? part.length : 1;
}

/** Texts that follow one another made one; a value without any is one empty text. */
function joinedParts(parts: readonly ValuePart[]): readonly ValuePart[] {
  const joined: ValuePart[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (typeof part === 'string' && typeof before === 'string') joined[joined.length - 1] = before + part;
    else joined.push(part);
  }
  return joined.length === 0 ? [''] : joined;
}

/** The text that the parts make; `undefined` where a secret is among them. */
export function textOfParts(parts: readonly ValuePart[]): string | undefined {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}

/** The secrets that stand in a value. */
export function secretsOf(parts: readonly ValuePart[]): readonly string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.secret]));
}
