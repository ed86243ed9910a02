import { FunctionFailed } from '../function-stop.ts';
import type { Assertion, CharacterTest, RegexNode } from './regex-nodes.ts';

/** A step of a match. `next` is the instruction after it. */
export type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest; readonly next: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly next: number }
  /** Tries `next`, then `second`. */
  | { readonly kind: 'split'; readonly next: number; readonly second: number }
  /** Notes the position as the start or end of a group. */
  | { readonly kind: 'save'; readonly slot: number; readonly next: number }
  | { readonly kind: 'match' };

const mostInstructions = 10_000;

/** Returns the program of an expression. It starts at instruction 0. */
export function compileRegex(root: RegexNode): readonly Instruction[] {
  const backwards: Instruction[] = [];
  /** Instructions are added from the last to the first, so that each knows its next one. */
  const add = (instruction: Instruction): number => {
    if (backwards.length >= mostInstructions) throw new FunctionFailed('the regular expression is too large');
    return backwards.push(instruction) - 1;
  };
  const split = (first: number, second: number, greedy: boolean): number =>
    add({ kind: 'split', next: greedy ? first : second, second: greedy ? second : first });
  const loop = (of: RegexNode, next: number, greedy: boolean): number => {
    const at = add({ kind: 'match' });
    const body = compile(of, at);
    backwards[at] = { kind: 'split', next: greedy ? body : next, second: greedy ? next : body };
    return at;
  };
  const compile = (node: RegexNode, next: number): number => {
    switch (node.kind) {
      case 'character':
        return add({ kind: 'character', test: node.test, next });
      case 'assertion':
        return add({ kind: 'assertion', assertion: node.assertion, next });
      case 'group':
        return add({
          kind: 'save',
          slot: node.index * 2,
          next: compile(node.of, add({ kind: 'save', slot: node.index * 2 + 1, next })),
        });
      case 'sequence':
        return node.parts.reduceRight((after, part) => compile(part, after), next);
      case 'choice':
        return node.of
          .map((each) => compile(each, next))
          .reduceRight((second, first) => add({ kind: 'split', next: first, second }));
      case 'repeat': {
        const { of, least, most, greedy } = node;
        let at = next;
        if (most === undefined) at = loop(of, next, greedy);
        else for (let count = least; count < most; count++) at = split(compile(of, at), next, greedy);
        for (let count = 0; count < least; count++) at = compile(of, at);
        return at;
      }
    }
  };
  const start = compile(root, add({ kind: 'match' }));
  const last = backwards.length - 1;
  // The first instruction may be any of them.
  if (start !== last) add({ kind: 'split', next: start, second: start });
  return reversed(backwards);
}

/** Turns the program around, so that it starts at 0. */
function reversed(backwards: readonly Instruction[]): readonly Instruction[] {
  const last = backwards.length - 1;
  return backwards.toReversed().map((instruction) => {
    if (instruction.kind === 'match') return instruction;
    if (instruction.kind !== 'split') return { ...instruction, next: last - instruction.next };
    return { ...instruction, next: last - instruction.next, second: last - instruction.second };
  });
}
