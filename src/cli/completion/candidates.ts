/** Completion candidates for the word under the cursor. */
import { currentIteration } from '../../events/run-state.ts';
import type { Command, Option } from 'commander';
import { visible } from '../../util/visible.ts';
import type { Invocation } from '../invocation.ts';
import { attachedValue, optionsAt, readCommandLine, type ReadCommandLine } from '../read-command-line.ts';
import { findRun, stateOf } from '../reference/find-run.ts';
import { stepReference } from '../reference/step-reference.ts';
import { clusterWord, defaultCluster } from '../../model/cluster-word.ts';
import { deployPlaceNames, parsePlaceOfDeploy } from '../place-of-deploy.ts';
import { listedRuntimes } from '../run-flags.ts';
import { portForwardWords } from '../port-forward-flag.ts';
import type { RunStatus } from '../../model/status.ts';
import type { PipelineOutline } from '../../engine/front-end.ts';
import { relativeTime } from '../../words/time.ts';

export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/**
 * @param words the unquoted words after `slipway`; the last one is under the cursor
 * @returns candidates for the whole word: `--stage=build` for `--stage=b`
 */
export async function candidatesFor(invocation: Invocation, words: readonly string[]): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const tree = invocation.commandTree();
  const before = words.slice(0, -1);
  // The flags of `run` depend on the folder.
  const { flags } = await readCommandLine({ ...tree, define: async () => await Promise.resolve() }, before);
  const directory = flags.findLast(({ option }) => option.long === '--directory')?.value;
  if (directory !== undefined) invocation.enter(directory);
  const context = await readCommandLine(tree, before);
  if (context.unknownCommand !== undefined) return [];
  const command = context.path.at(-1);
  const options = [...optionsAt(tree, context.path), ...(command ? invocation.alsoOffered(command) : [])];
  const all = await everyCandidate(invocation, current, context, { commands: tree.root.commands, options });
  return all.filter(({ word }) => word.startsWith(current));
}

async function everyCandidate(
  invocation: Invocation,
  current: string,
  context: ReadCommandLine,
  known: Known,
): Promise<Candidate[]> {
  const { operands, awaiting, flags } = context;
  const command = context.path.at(-1)?.name();
  const filename = flags.findLast(({ option }) => option.long === '--filename')?.value;
  // The first operand of `exec` is no path.
  const paths = command === 'exec' ? operands.slice(1) : operands;
  const typed = { command, operands: paths, ...(filename !== undefined && { filename }) };
  if (awaiting !== undefined) return await valuesOf(invocation, awaiting, { ...typed, current });
  const attached = attachedValue(current, known.options);
  if (attached === undefined) return await wordsAt(invocation, current, context, known);
  const { option, before, value } = attached;
  const values = await valuesOf(invocation, option, { ...typed, current: value });
  return values.map(({ word, meaning }) => ({ word: `${before}${word}`, meaning }));
}

interface Known {
  /** The commands of the program. */
  readonly commands: readonly Command[];
  readonly options: readonly Option[];
}

async function wordsAt(
  invocation: Invocation,
  current: string,
  { path, operands, flags }: ReadCommandLine,
  { commands, options }: Known,
): Promise<Candidate[]> {
  const command = path.at(-1);
  if (current.startsWith('-'))
    return options
      .filter((option) => !option.hidden)
      .map((option) => ({ word: option.long ?? option.short ?? '', meaning: option.description }));
  const next = command?.commands ?? commands;
  if (next.length > 0) return commandCandidates(next);
  if (command === undefined) return [];
  const argument =
    command.registeredArguments[operands.length] ?? command.registeredArguments.findLast((one) => one.variadic);
  if (argument?.argChoices !== undefined) return argument.argChoices.map((word) => ({ word, meaning: '' }));
  switch (argument?.name()) {
    case 'run':
    case 'runs':
      return await runCandidates(invocation, runsFor(command.name()));
    case 'action':
      return await actionCandidates(invocation, flags);
    case 'step':
      return await stepCandidates(invocation, operands[0] ?? 'latest');
    case 'command':
      return operands.length === 0 ? commandCandidates(commands) : [];
    case 'code': {
      const codes = await (await invocation.services()).codes();
      return inTypedCase(
        Object.entries(codes).map(([word, { title }]) => ({ word, meaning: title })),
        current,
      );
    }
    default:
      return [];
  }
}

/**
 * Returns the candidates with the case of the typed start. Shells compare with case, and `explain` without.
 * @param current the typed start
 */
function inTypedCase(candidates: readonly Candidate[], current: string): Candidate[] {
  return candidates.map(({ word, meaning }) =>
    word.toLowerCase().startsWith(current.toLowerCase())
      ? { word: current + word.slice(current.length), meaning }
      : { word, meaning },
  );
}

/** Commands that start with `__` are internal. */
function commandCandidates(commands: readonly Command[]): Candidate[] {
  return commands
    .filter((one) => !one.name().startsWith('__'))
    .map((one) => ({ word: one.name(), meaning: one.description() }));
}

interface Typed {
  readonly command: string | undefined;
  readonly operands: readonly string[];
  /** The value of `--filename`. */
  readonly filename?: string;
  readonly current: string;
}

async function valuesOf(invocation: Invocation, option: Option, typed: Typed): Promise<Candidate[]> {
  const { command, operands, current } = typed;
  if (command === 'cancel' && option.long === '--step')
    return await stepCandidates(invocation, operands[0] ?? 'latest');
  if (option.argChoices !== undefined) {
    const choices = option.argChoices.map((word) => ({ word, meaning: '' }));
    return option.long === '--status' ? inList(choices, current) : choices;
  }
  switch (option.long) {
    case '--ref':
      return await refCandidates(invocation);
    case '--on':
      // A deploy goes to one place.
      if (option.parseArg === parsePlaceOfDeploy) return await runtimeCandidates(invocation, deployPlaceNames);
      return inList(await runtimeCandidates(invocation, listedRuntimes), current);
    case '--kube-context':
      return (await (await invocation.services()).contextNames()).map((word) => ({
        word,
        meaning: 'a context of your kubeconfig',
      }));
    case '--profile':
    case '--module':
      return inList(await configurationNames(invocation, option.long, typed), current);
    case '--build-image':
    case '--images':
      return await imageCandidates(invocation, typed);
    case '--port-forward':
      return inList(
        portForwardWords.map((word) => ({ word, meaning: '' })),
        current,
      );
    case '--platform':
      return inList(commonPlatforms, current);
    case '--stage':
    case '--step':
    case '--environment':
    case '--input': {
      const outline = await (await invocation.services()).outline(invocation.path(operands[0] || undefined));
      return outline === undefined ? [] : namesIn(outline, option.long, current);
    }
    default:
      return [];
  }
}

/**
 * Returns candidates for the last value of a list with commas, without the values that the list already has.
 * @param current the whole list
 */
function inList(candidates: readonly Candidate[], current: string): Candidate[] {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  const used = before.split(',');
  return candidates
    .filter(({ word }) => !used.includes(word))
    .map(({ word, meaning }) => ({ word: `${before}${word}`, meaning }));
}

/** Returns the profiles or modules of the configuration that the line names. After a minus, profiles to switch off. */
async function configurationNames(
  invocation: Invocation,
  flag: '--profile' | '--module',
  typed: Typed,
): Promise<Candidate[]> {
  const { configurations } = await invocation.services();
  const { profiles, modules } = await configurations.names(await configurationFile(invocation, typed));
  if (flag === '--module') return modules.map((word) => ({ word, meaning: 'a configuration' }));
  const isOff = typed.current.slice(typed.current.lastIndexOf(',') + 1).startsWith('-');
  return profiles.map((name) =>
    isOff ? { word: `-${name}`, meaning: 'switch this profile off' } : { word: name, meaning: 'a profile' },
  );
}

async function runtimeCandidates(invocation: Invocation, names: readonly string[]): Promise<Candidate[]> {
  const clusters = await (await invocation.services()).clusterNames();
  const named = clusters
    .filter((name) => name !== defaultCluster)
    .map((name) => ({ word: clusterWord(name), meaning: "a cluster of the operator's file" }));
  return [...names.map((word) => ({ word, meaning: '' })), ...named];
}

/** What `--platform` offers. Others are accepted, too. */
const commonPlatforms: readonly Candidate[] = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'].map((word) => ({
  word,
  meaning: '',
}));

async function imageCandidates(invocation: Invocation, typed: Typed): Promise<Candidate[]> {
  const { configurations } = await invocation.services();
  const images = await configurations.images(await configurationFile(invocation, typed));
  return images.map((word) => ({ word, meaning: 'an artifact' }));
}

async function actionCandidates(invocation: Invocation, flags: ReadCommandLine['flags']): Promise<Candidate[]> {
  const { configurations } = await invocation.services();
  const filename = flags.findLast(({ option }) => option.long === '--filename')?.value;
  const file = await configurationFile(invocation, { operands: [], ...(filename !== undefined && { filename }) });
  return (await configurations.names(file)).actions.map((word) => ({ word, meaning: 'a custom action' }));
}

/** Returns the `skaffold.yaml` that a command line means, or its folder. */
async function configurationFile(
  invocation: Invocation,
  { operands, filename }: Pick<Typed, 'operands' | 'filename'>,
): Promise<string> {
  const { configurations } = await invocation.services();
  const { value: env } = await configurations.environment(invocation.directory);
  return invocation.path((operands[0] ?? filename ?? env?.['SKAFFOLD_FILENAME']) || undefined);
}

function namesIn(
  { stages, environments, inputs }: PipelineOutline,
  flag: '--stage' | '--step' | '--environment' | '--input',
  current: string,
): Candidate[] {
  switch (flag) {
    case '--stage':
      return stages.map(({ name, steps }) => ({ word: name, meaning: steps.join(', ') }));
    case '--step':
      return stages.flatMap((stage) => stage.steps.map((word) => ({ word, meaning: stage.name })));
    case '--environment':
      return environments.map((word) => ({ word, meaning: '' }));
    case '--input': {
      // After the name, offers the values of a choice. Other values cannot be completed.
      const chosen = inputs.find(({ name }) => current.startsWith(`${name}=`));
      if (chosen !== undefined) return chosen.values.map((value) => ({ word: `${chosen.name}=${value}`, meaning: '' }));
      return inputs.map(({ name, type, values }) => ({
        word: `${name}=`,
        meaning: values.length === 0 ? type : values.join(', '),
      }));
    }
  }
}

/** Returns the statuses of the runs that a command accepts, or `undefined` for all. */
function runsFor(command: string): readonly RunStatus[] | undefined {
  if (command === 'resume') return ['interrupted'];
  return command === 'cancel' ? ['queued', 'inProgress', 'interrupted'] : undefined;
}

async function runCandidates(invocation: Invocation, statuses: readonly RunStatus[] | undefined): Promise<Candidate[]> {
  const services = await invocation.services();
  const [store, project] = await Promise.all([services.store(), services.project(invocation.directory)]);
  const [runs, [newest]] = await Promise.all([
    store.runs({ project, limit: 20, ...(statuses && { statuses }) }),
    store.runs({ project, limit: 1 }),
  ]);
  const now = invocation.host.clock.now();
  const numbered = runs.map((run) => ({
    word: String(run.number),
    meaning: `${run.status}, ${relativeTime(run.createdAt, now)}`,
  }));
  const isLatestOffered = runs.some(({ id }) => id === newest?.id);
  return isLatestOffered ? [{ word: 'latest', meaning: 'the newest run of this project' }, ...numbered] : numbered;
}

async function refCandidates(invocation: Invocation): Promise<Candidate[]> {
  const services = await invocation.services();
  const [store, project] = await Promise.all([services.store(), services.project(invocation.directory)]);
  return (await store.refs(project)).map((ref) => {
    const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
    return { word: name ?? ref, meaning: kind === undefined ? '' : kind === 'heads' ? 'a branch' : 'a tag' };
  });
}

async function stepCandidates(invocation: Invocation, run: string): Promise<Candidate[]> {
  const { id, store } = await findRun(invocation, run);
  await using reader = await store.read(id);
  const state = await stateOf(reader);
  const steps = (currentIteration(state)?.stages ?? []).flatMap((stage) => stage.steps);
  return steps.map((step) => ({ word: stepReference(state, step), meaning: visible(`${step.stage}, ${step.status}`) }));
}
