/** What may stand under the cursor. */
import type { Command, Option } from 'commander';
import { visible } from '../../diagnostics/visible.ts';
import type { CommandTree, Invocation } from '../invocation.ts';
import { findRun, stateOf } from '../reference/find-run.ts';
import { stepReference } from '../reference/step-reference.ts';
import { runtimeNames } from '../run-flags.ts';
import { relativeTime } from '../text/moment.ts';

export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/** @param words those after `slipway`, the last of them the one under the cursor */
export async function candidatesFor(invocation: Invocation, words: readonly string[]): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const tree = invocation.commandTree();
  const context = await contextOf(tree, words.slice(0, -1));
  if (context === undefined) return [];
  const { command, operands } = context;
  const options = [...(command?.options ?? []), ...tree.root.options];
  const previous = words.at(-2);
  const awaiting = options.find((option) => takesValue(option) && previous !== undefined && (option.short === previous || option.long === previous));
  const all = awaiting !== undefined ? await valuesOf(invocation, awaiting, operands) : await wordsAt(invocation, current, context, { commands: tree.root.commands, options });
  return all.filter(({ word }) => word.startsWith(current));
}

interface Context {
  /** Absent: none was typed yet. */
  readonly command: Command | undefined;
  readonly operands: readonly string[];
}

/** The command that was typed, and its operands so far: flags and their values are passed over. `undefined`: there is no such command. */
async function contextOf(tree: CommandTree, words: readonly string[]): Promise<Context | undefined> {
  let command: Command | undefined;
  const operands: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word.startsWith('-')) {
      const option = [...(command?.options ?? []), ...tree.root.options].find((one) => one.short === word || one.long === word);
      if (option !== undefined && takesValue(option)) i++;
    } else if (command === undefined) {
      command = tree.root.commands.find((one) => one.name() === word);
      if (command === undefined) return undefined;
      await tree.define(command);
    } else operands.push(word);
  }
  return { command, operands };
}

interface Known {
  readonly commands: readonly Command[];
  readonly options: readonly Option[];
}

async function wordsAt(invocation: Invocation, current: string, { command, operands }: Context, { commands, options }: Known): Promise<Candidate[]> {
  if (current.startsWith('-')) return options.filter((option) => !option.hidden).map((option) => ({ word: option.long ?? option.short ?? '', meaning: option.description }));
  // What begins with `__` is not for people.
  if (command === undefined) return commands.filter((one) => !one.name().startsWith('__')).map((one) => ({ word: one.name(), meaning: one.description() }));
  const argument = command.registeredArguments[operands.length] ?? command.registeredArguments.findLast((one) => one.variadic);
  if (argument?.argChoices !== undefined) return argument.argChoices.map((word) => ({ word, meaning: '' }));
  switch (argument?.name()) {
    case 'run':
    case 'runs':
      return await runCandidates(invocation);
    case 'step':
      return await stepCandidates(invocation, operands[0] ?? 'latest');
    case 'code': {
      const { codes } = await import('../../diagnostics/codes.ts');
      return Object.entries(codes).map(([word, { title }]) => ({ word, meaning: title }));
    }
    default:
      return [];
  }
}

async function valuesOf(invocation: Invocation, option: Option, operands: readonly string[]): Promise<Candidate[]> {
  if (option.argChoices !== undefined) return option.argChoices.map((word) => ({ word, meaning: '' }));
  switch (option.long) {
    case '--on':
      return runtimeNames.filter((name) => name !== 'fake').map((word) => ({ word, meaning: '' }));
    case '--stage':
    case '--step':
    case '--environment':
      return await pipelineNames(invocation, option.long, operands[0]);
    default:
      return [];
  }
}

async function pipelineNames(invocation: Invocation, flag: '--stage' | '--step' | '--environment', path: string | undefined): Promise<Candidate[]> {
  const services = await invocation.services();
  const { value } = await services.load({ path: invocation.path(path), stages: [], steps: [], inputs: [] });
  if (value === undefined) return [];
  const { stages } = value.plan;
  if (flag === '--environment') return value.environments.map((word) => ({ word, meaning: '' }));
  if (flag === '--stage') return stages.map(({ name, steps }) => ({ word: name, meaning: steps.map((step) => step.name).join(', ') }));
  return stages.flatMap((stage) => stage.steps.map((step) => ({ word: step.name, meaning: stage.name })));
}

async function runCandidates(invocation: Invocation): Promise<Candidate[]> {
  const services = await invocation.services();
  const [store, project] = await Promise.all([services.store(), services.project(invocation.directory)]);
  const runs = await store.runs({ project, limit: 20 });
  const now = invocation.host.clock.now();
  const numbered = runs.map((run) => ({ word: String(run.number), meaning: `${run.status}, ${relativeTime(run.createdAt, now)}` }));
  return runs.length === 0 ? [] : [{ word: 'latest', meaning: 'the newest of this project' }, ...numbered];
}

async function stepCandidates(invocation: Invocation, run: string): Promise<Candidate[]> {
  const { id, store } = await findRun(invocation, run);
  await using reader = await store.read(id);
  const state = await stateOf(reader);
  const steps = (state.iterations.at(-1)?.stages ?? []).flatMap((stage) => stage.steps);
  return steps.map((step) => ({ word: stepReference(state, step), meaning: visible(`${step.stage}, ${step.status}`) }));
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}
