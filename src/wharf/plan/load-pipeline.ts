/**
 * From a path on the command line to a plan, or to every mistake on the way: the one entry to everything between the
 * file and the engine. Reads through what it is handed, and nothing else.
 */
import type { InputDefinition, PipelineDefinition } from '../config/definition.ts';
import type { WrittenPassword } from '../../secrets/written-password.ts';
import type { OperatorFile } from '../../operator/file/operator-file.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { VariableSource, Variables } from '../vars/variables.ts';
import { givenInputs } from './given-inputs.ts';
import type { PipelineFiles, PipelineLocation } from './locate-pipeline.ts';
import { alsoIn, everyName, mentionsOf, noName, type Mentions } from './mentions.ts';
import { planPipeline, type PlannedPipeline, type Purpose } from './plan-pipeline.ts';
import { readDefinition, type ReadDefinition } from './read-definition.ts';
import { select, type Selection } from './selection.ts';
import type { GivenInput } from '../../model/given-input.ts';
import { checkInputs, gatherVariables, type GivenVariables } from './variable-sources.ts';

export interface LoadRequest {
  /** Absolute: the folder that holds the file, or the file itself. */
  readonly path: string;
  readonly files: PipelineFiles;
  readonly selection: Selection;
  /** `--input` and the like; of a name given twice the last. */
  readonly inputs?: readonly GivenInput[];
  /** That of the process: `SLIPWAY_INPUT_NAME` gives an input that `inputs` does not. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * Where variables come from besides the file, strongest first, with the mistakes in those places; asked for once the
   * file is read. Also asked for where the file is wrong, for those mistakes.
   * @param where the folder of the file
   * @param mentions names in the file; values that come from outside may mention others
   */
  outer?(where: string, mentions: Mentions): Promise<Checked<readonly VariableSource[]>>;
  /** Asked for only where a step writes a name that it could map. */
  operator?(): Promise<Checked<OperatorFile>>;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** Whether steps run on a cluster, and nowhere else. */
  readonly onCluster?: boolean;
  /** `run` unless said otherwise. */
  readonly purpose?: Purpose;
  /**
   * Called when the file has been read and the command line fits it: there is a pipeline at the path, and it has what
   * is selected and the inputs that are given. Called before variables are asked for, and not at all otherwise.
   * Mistakes in the file are not counted.
   */
  accepted?(): void;
}

/**
 * `value` is there only if nothing is wrong; what is known of the file is there all the same, for the run that is
 * recorded as failed and for completion.
 */
export interface LoadedPipeline extends Checked<PlannedPipeline> {
  /** The name of the folder. */
  readonly name: string;
  readonly directory: string;
  readonly file: string;
  readonly stages: readonly string[];
  readonly environments: readonly string[];
  readonly inputs: readonly InputSummary[];
  /** Every value that an input was given, however that was done. */
  readonly given: readonly GivenInput[];
  /** The passwords that the file holds, as far as they can be made out: no message may show them. */
  readonly passwords: readonly WrittenPassword[];
}

export type InputSummary = Pick<InputDefinition, 'name' | 'type' | 'values'> & { readonly default: string };

/** What is said where nothing, or something else, is there to be selected. */
const ofSelection: ReadonlySet<string> = new Set(['W050', 'W051', 'W053', 'W054']);

export async function loadPipeline(request: LoadRequest): Promise<LoadedPipeline> {
  const read = await readDefinition(request.path, request.files);
  const { definition } = read;
  if (commandLineFits(read, request)) request.accepted?.();
  const looked = definition ?? read.rest;
  const [given, operator] = await Promise.all([
    giveVariables(request, { ...read, ...(looked && { definition: looked }) }),
    looked && (request.onCluster === true || namesOperator(looked)) ? request.operator?.() : undefined,
  ]);
  const around = {
    given: given.value,
    ...(operator?.value && { operator: operator.value }),
    ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
    ...(request.onCluster !== undefined && { onCluster: request.onCluster }),
  };
  const planned: Checked<PlannedPipeline> = looked
    ? planPipeline(looked, request.selection, around, request.purpose)
    : { diagnostics: [] };
  // Stages and steps that are wrong are not there to be selected: that they are missing would only follow.
  const alsoWrong = definition ? planned.diagnostics : planned.diagnostics.filter(({ code }) => !ofSelection.has(code));
  const diagnostics = sorted([
    ...read.diagnostics,
    ...given.diagnostics,
    ...(operator?.diagnostics ?? []),
    ...alsoWrong,
  ]);
  return {
    ...summary(read.location, definition),
    given: given.value.inputs ?? [],
    passwords: read.passwords,
    ...(planned.value && !hasErrors(diagnostics) && { value: planned.value }),
    diagnostics,
  };
}

/** Of a file that is wrong nobody knows what it would have, so nothing is held against the command line. */
function commandLineFits(
  { found, definition }: ReadDefinition,
  { selection, inputs = [], environment = {}, purpose = 'run' }: LoadRequest,
): boolean {
  if (!definition) return found;
  let fits = true;
  const report = () => void (fits = false);
  select(definition, selection, purpose, report);
  checkInputs(definition.inputs, givenInputs(definition.inputs, inputs, environment), report);
  return fits;
}

/** Every variable that a pipeline could use, whether or not it does so rightly. */
export async function loadVariables(
  request: Omit<LoadRequest, 'purpose' | 'operator' | 'kubeContext' | 'onCluster'>,
): Promise<Checked<Variables> & Pick<LoadedPipeline, 'given' | 'passwords'>> {
  const read = await readDefinition(request.path, request.files);
  const given = await giveVariables(request, read, everyName);
  const known = { given: given.value.inputs ?? [], passwords: read.passwords };
  const found = [...read.diagnostics, ...given.diagnostics];
  const { definition } = read;
  if (!definition) return { ...known, diagnostics: sorted(found) };
  const { environment } = request.selection;
  // Of the selection only the environment matters, and `validate` wants nothing to be there that could run.
  select(definition, environment === undefined ? {} : { environment }, 'validate', (diagnostic) =>
    found.push(diagnostic),
  );
  const value = gatherVariables(definition, environment, given.value, (diagnostic) => found.push(diagnostic));
  const diagnostics = sorted(found);
  return { ...known, ...(!hasErrors(diagnostics) && { value }), diagnostics };
}

async function giveVariables(
  { inputs = [], environment = {}, outer, purpose }: Pick<LoadRequest, 'inputs' | 'environment' | 'outer' | 'purpose'>,
  { location, text, definition }: ReadDefinition,
  mentions = text !== undefined && definition ? mentionsOf(text, definition, purpose !== 'validate') : noName,
): Promise<{ readonly value: GivenVariables; readonly diagnostics: Checked<unknown>['diagnostics'] }> {
  const given = givenInputs(definition?.inputs ?? [], inputs, environment);
  // Where there is no file, there is nothing that mistakes of others could be told with.
  if (text === undefined) return { value: { inputs: given }, diagnostics: [] };
  const around = await outer?.(
    location.directory,
    alsoIn(
      mentions,
      given.map(({ value }) => value),
    ),
  );
  return { value: { inputs: given, outer: around?.value ?? [] }, diagnostics: around?.diagnostics ?? [] };
}

function namesOperator({ stages }: PipelineDefinition): boolean {
  return stages.some((stage) => stage.steps.some((step) => step.names.length > 0));
}

function summary(
  { name, directory, file }: PipelineLocation,
  definition: PipelineDefinition | undefined,
): Omit<LoadedPipeline, 'given' | 'passwords' | 'diagnostics'> {
  return {
    name,
    directory,
    file,
    stages: definition?.stages.map((stage) => stage.name) ?? [],
    environments: definition?.environments.map((environment) => environment.name) ?? [],
    inputs:
      definition?.inputs.map(({ default: fallback, ...input }) => ({
        name: input.name,
        type: input.type,
        values: input.values,
        default: fallback.text,
      })) ?? [],
  };
}
