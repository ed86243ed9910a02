import type { Budget } from '../budget.ts';
import { FunctionFailed } from '../function-stop.ts';
import type { Assertion, CharacterNode, RegexNode } from './regex-nodes.ts';

/** A step of a match. `next` is the instruction after it. */
export type Instruction =
  | (CharacterNode & { readonly next: number })
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly next: number }
  /** Tries `next`, then `second`. */
  | { readonly kind: 'split'; readonly next: number; readonly second: number }
  /** Notes the position as the start or end of a group. */
  | { readonly kind: 'save'; readonly slot: number; readonly next: number }
  | { readonly kind: 'match' };

const mostInstructions = 10_000;
/** Nodes that are compiled. Counts compile a node many times, and an empty one adds no instruction. */
const mostNodes = 100_000;

/** Returns the program of an expression. It starts at instruction 0. */
export function compileRegex(root: RegexNode, budget: Budget): readonly Instruction[] {
  const backwards: Instruction[] = [];
  /** Instructions are added from the last to the first, so that each knows its next one. */
  const add = (instruction: Instruction): number => {
    if (backwards.length >= mostInstructions) throw tooLarge();
    return backwards.push(instruction) - 1;
  };
  const split = (first: number, second: number, greedy: boolean): number =>
    add({ kind: 'split', next: greedy ? first : second, second: greedy ? second : first });
  /** Matches once or more. Returns the start of the first time, and the choice after each time. */
  const loop = (of: RegexNode, next: number, greedy: boolean): { readonly body: number; readonly choice: number } => {
    const choice = add({ kind: 'match' });
    const body = compile(of, choice);
    backwards[choice] = { kind: 'split', next: greedy ? body : next, second: greedy ? next : body };
    return { body, choice };
  };
  const copies = (of: RegexNode, count: number, next: number): number => {
    let at = next;
    for (let left = count; left > 0; left--) at = compile(of, at);
    return at;
  };
  let nodes = 0;
  const compile = (node: RegexNode, next: number): number => {
    if (++nodes > mostNodes) throw tooLarge();
    budget.step(1 / 16);
    switch (node.kind) {
      case 'character':
        return add({ ...node, next });
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
        if (most === undefined) {
          const { body, choice } = loop(of, next, greedy);
          // As in Go, an empty match ends a loop, so that one that can be empty starts with its body.
          if (least === 0) return isNullable(of) ? split(body, next, greedy) : choice;
          return copies(of, least - 1, body);
        }
        let at = next;
        for (let count = least; count < most; count++) at = split(compile(of, at), next, greedy);
        return copies(of, least, at);
      }
    }
  };
  const start = compile(root, add({ kind: 'match' }));
  const last = backwards.length - 1;
  // The first instruction may be any of them.
  if (start !== last) add({ kind: 'split', next: start, second: start });
  return reversed(backwards);
}

const tooLarge = () => new FunctionFailed('the regular expression is too large');

function isNullable(node: RegexNode): boolean {
  switch (node.kind) {
    case 'character':
      return false;
    case 'assertion':
      return true;
    case 'group':
      return isNullable(node.of);
    case 'sequence':
      return node.parts.every(isNullable);
    case 'choice':
      return node.of.some(isNullable);
    case 'repeat':
      return node.least === 0 || isNullable(node.of);
  }
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
