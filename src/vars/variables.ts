import type { Span } from '../diagnostics/source-text.ts';
import { pieces } from './placeholder.ts';

export interface Variable {
  readonly name: string;
  /** Its value as it is written. */
  readonly text: string;
  /** Where it came from, for people: `--input`, `environment prod`, `WHARF_VAR_TAG`. */
  readonly source: string;
  /** Where it is written, if in a file. */
  readonly at?: Span;
}

/** Variables that come from one place, by name. */
export type VariableSource = ReadonlyMap<string, Variable>;

/** What became of one variable. */
export type Resolution =
  | {
      readonly status: 'found';
      readonly variable: Variable;
      /** Its value with the variables in it filled in; undefined ones stay as they are written. */
      readonly text: string;
      /** Names in its value, or in those of the variables that it uses, that are not defined. */
      readonly missing: readonly { readonly name: string; readonly in: Variable }[];
    }
  | { readonly status: 'undefined' }
  /** It needs itself, or is nested too deep: the names on the way. */
  | { readonly status: 'loop'; readonly path: readonly string[] }
  | { readonly status: 'too-large'; readonly name: string };

const deepest = 50;
const longest = 2 ** 20;

/** All variables of a run, by precedence. */
export class Variables {
  readonly #resolved = new Map<string, Resolution>();

  /** @param sources strongest first */
  constructor(private readonly sources: readonly VariableSource[]) {}

  find(name: string): Variable | undefined {
    for (const source of this.sources) {
      const variable = source.get(name);
      if (variable) return variable;
    }
    return undefined;
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
    const resolution = this.#fill(variable, here);
    // A loop's path begins where it was entered, so it is found anew for each of its variables.
    if (resolution.status !== 'loop') this.#resolved.set(name, resolution);
    return resolution;
  }

  #fill(variable: Variable, path: readonly string[]): Resolution {
    let text = '';
    const missing: { name: string; in: Variable }[] = [];
    for (const part of pieces(variable.text)) {
      const inner = 'literal' in part ? undefined : this.#resolve(part.name, path);
      if (inner && inner.status !== 'found' && inner.status !== 'undefined') return inner;
      if ('literal' in part) text += part.literal;
      else if (inner?.status === 'found') {
        text += inner.text;
        missing.push(...inner.missing.slice(0, 20));
      } else {
        text += part.raw;
        missing.push({ name: part.name, in: variable });
      }
      if (text.length > longest) return { status: 'too-large', name: variable.name };
    }
    return { status: 'found', variable, text, missing: missing.slice(0, 20) };
  }
}
