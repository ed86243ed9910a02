import { anything, notSlash, slash, type CharacterSet } from './character-set.ts';
import { globTokens, type GlobSyntax, type GlobToken } from './glob-tokens.ts';
import type { PatternBuilder } from './pattern-builder.ts';

const nothing: CharacterSet = { has: () => false };

/**
 * Adds a glob to a pattern, for paths with a slash before each part: `/a/b`. `*`, `?` and `[…]` match characters of one
 * part. `**` matches any number of parts if it is a whole part, and is a `*` otherwise. All other characters match
 * themselves.
 * @param target `a/**` matches what is in the folder `a`; with `folder`, also the folder itself
 */
export function appendGlob(builder: PatternBuilder, glob: string, target: 'file' | 'folder', syntax: GlobSyntax): void {
  new GlobWriter(builder, target, syntax, globTokens(glob, syntax)).write();
}

class GlobWriter {
  /** A slash was read but not written yet: a following `**` may match no part at all. */
  #pending = true;
  /** A `**` was written, including the slash after it. */
  #behindParts = false;
  /** For each open group: `pending` at its start, and at the end of each of its alternatives. */
  readonly #groups: { readonly before: boolean; readonly after: boolean[] }[] = [];
  /** By token: a path part ends before it. */
  readonly #endsPart: readonly boolean[];
  /** By token: the glob ends before it, except for a slash. */
  readonly #endsGlob: readonly boolean[];
  readonly #builder: PatternBuilder;
  readonly #target: 'file' | 'folder';
  readonly #syntax: GlobSyntax;
  readonly #tokens: readonly GlobToken[];

  constructor(builder: PatternBuilder, target: 'file' | 'folder', syntax: GlobSyntax, tokens: readonly GlobToken[]) {
    this.#builder = builder;
    this.#target = target;
    this.#syntax = syntax;
    this.#tokens = tokens;
    this.#endsPart = endsBefore(tokens, () => true);
    this.#endsGlob = endsBefore(tokens, (rest) => rest && syntax.normalized);
  }

  write(): void {
    for (const [at, token] of this.#tokens.entries()) this.#token(token, at);
    // If paths are not normalized, a glob with a trailing slash matches none of them.
    if (this.#pending && !this.#syntax.normalized) this.#builder.one(slash);
  }

  #token(token: GlobToken, at: number): void {
    const builder = this.#builder;
    switch (token.kind) {
      case 'slash':
        this.#separator();
        return;
      case 'stars':
        if (this.#pending && this.#endsPart[at + 1]!) this.#parts(at);
        else this.#inPart().many(notSlash);
        return;
      case 'character':
        if (!this.#isDotPart(token, at)) this.#inPart().text(token.text);
        return;
      case 'any':
        this.#inPart().one(notSlash);
        return;
      case 'star':
        this.#inPart().many(notSlash);
        return;
      case 'set':
        this.#inPart().one(token.set);
        return;
      case 'nothing':
        this.#inPart().one(nothing);
        return;
      case 'open':
        this.#groups.push({ before: this.#pending, after: [] });
        builder.open();
        return;
      case 'or': {
        const group = this.#groups.at(-1)!;
        group.after.push(this.#pending);
        this.#pending = group.before;
        builder.or();
        return;
      }
      case 'close':
        this.#close(at);
    }
  }

  #inPart(): PatternBuilder {
    if (this.#pending) this.#builder.one(slash);
    this.#pending = false;
    return this.#builder;
  }

  #separator(): void {
    if (this.#pending && !this.#behindParts && !this.#syntax.normalized) this.#builder.one(slash);
    this.#pending = true;
    this.#behindParts = false;
  }

  #parts(at: number): void {
    if (this.#target === 'file' && this.#endsGlob[at + 1]!) {
      this.#inPart().one(notSlash).many(anything);
    } else {
      this.#builder.parts();
      this.#behindParts = true;
    }
  }

  #isDotPart(token: GlobToken & { kind: 'character' }, at: number): boolean {
    return (
      this.#syntax.normalized &&
      token.text === '.' &&
      token.escaped !== true &&
      this.#pending &&
      this.#endsPart[at + 1]!
    );
  }

  /**
   * After a group, a slash is pending if it is pending after all alternatives, or follows the group. Otherwise it
   * belongs to the alternatives that end with it.
   */
  #close(at: number): void {
    const after = [...this.#groups.pop()!.after, this.#pending];
    const isPending = after.every(Boolean);
    const follows = this.#endsPart[at + 1]!;
    this.#pending = isPending && !follows;
    this.#builder.close(isPending || follows ? [] : after.map((pending) => (pending ? slash : undefined)));
  }
}

/**
 * By token, and after the last one: only ends of groups come before the end.
 * @param slashEnds whether a slash counts as an end, given whether the end directly follows it
 */
function endsBefore(tokens: readonly GlobToken[], slashEnds: (rest: boolean) => boolean): readonly boolean[] {
  const ends = Array.from({ length: tokens.length + 1 }, () => true);
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]!;
    if (token.kind === 'slash') ends[at] = slashEnds(ends[at + 1]!);
    else if (token.kind === 'close') ends[at] = ends[at + 1]!;
    else ends[at] = token.kind === 'or' && ends[token.close + 1]!;
  }
  return ends;
}
