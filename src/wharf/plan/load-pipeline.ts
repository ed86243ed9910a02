/**
 * Turns a path on the command line into a plan or a list of mistakes. The only entry to everything between the file and
 * the engine. All I/O goes through its parameters.
 */
import type { InputDefinition, PipelineDefinition } from '../config/definition.ts';
import type { WrittenPassword } from '../../secrets/written-password.ts';
import type { OperatorFile } from '../../operator/file/operator-file.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { VariableSource, Variables } from '../vars/variables.ts';
import { givenInputs } from './given-inputs.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import type { PipelineLocation } from './locate-pipeline.ts';
import { withMentionsIn, allMentions, mentionsOf, noMentions, type Mentions } from './mentions.ts';
import { planPipeline, type PlannedPipeline, type Purpose } from './plan-pipeline.ts';
import { readDefinition, type ReadDefinition } from './read-definition.ts';
import { select, type Selection } from './selection.ts';
import type { GivenInput } from '../../model/given-input.ts';
import { checkInputs, gatherVariables, type GivenVariables } from './variable-sources.ts';

export interface LoadRequest {
  /** Absolute path of the file or its folder. */
  readonly path: string;
  readonly files: SourceFiles;
  readonly selection: Selection;
  /** The values of `--input`. The last one of a name wins. */
  readonly inputs?: readonly GivenInput[];
  /** The environment of the process. `SLIPWAY_INPUT_NAME` sets an input that `inputs` does not. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * Returns the variables from outside the file, strongest first, with the mistakes in those sources. Called after the
   * file is read, also if the file is invalid, to report those mistakes.
   * @param where the folder of the file
   * @param mentions the names in the file; the values from outside may mention others
   */
  outer?(where: string, mentions: Mentions): Promise<Checked<readonly VariableSource[]>>;
  /** Reads the operator's file. Called only if a step contains a name that it may map. */
  operator?(): Promise<Checked<OperatorFile>>;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** Whether steps run only on a cluster. */
  readonly onCluster?: boolean;
  /** Default: `run`. */
  readonly purpose?: Purpose;
  /**
   * Called when the file was read and the command line fits it: the pipeline exists, and so do the selected parts and
   * the given inputs. Called before variables are read. Mistakes in the file do not matter.
   */
  accepted?(): void;
}

/**
 * `value` is set only without errors. The other fields are set even so, for the run that is recorded as failed, and for
 * completion.
 */
export interface LoadedPipeline extends Checked<PlannedPipeline> {
  /** The name of the folder. */
  readonly name: string;
  readonly directory: string;
  readonly file: string;
  readonly stages: readonly string[];
  readonly environments: readonly string[];
  readonly inputs: readonly InputSummary[];
  /** The values of inputs from all sources. */
  readonly given: readonly GivenInput[];
  /** The passwords in the file, as far as they can be found. Messages must not show them. */
  readonly passwords: readonly WrittenPassword[];
}

export type InputSummary = Pick<InputDefinition, 'name' | 'type' | 'values'> & { readonly default: string };

/** The codes for a selection that does not exist. */
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
  // Invalid stages and steps are missing from the definition. Reporting that they cannot be selected would be a second
  // report.
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

/** Reports whether the command line fits the file. If the file is invalid, assumes that it does. */
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

/** Returns every variable that the pipeline could use, also from an invalid file. */
export async function loadVariables(
  request: Omit<LoadRequest, 'purpose' | 'operator' | 'kubeContext' | 'onCluster'>,
): Promise<Checked<Variables> & Pick<LoadedPipeline, 'given' | 'passwords'>> {
  const read = await readDefinition(request.path, request.files);
  const given = await giveVariables(request, read, allMentions);
  const known = { given: given.value.inputs ?? [], passwords: read.passwords };
  const found = [...read.diagnostics, ...given.diagnostics];
  const { definition } = read;
  if (!definition) return { ...known, diagnostics: sorted(found) };
  const { environment } = request.selection;
  // Only the environment matters here. With `validate`, nothing needs to be runnable.
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
  mentions = text !== undefined && definition ? mentionsOf(text, definition, purpose !== 'validate') : noMentions,
): Promise<{ readonly value: GivenVariables; readonly diagnostics: Checked<unknown>['diagnostics'] }> {
  const given = givenInputs(definition?.inputs ?? [], inputs, environment);
  // Without a file, the mistakes of other sources do not matter.
  if (text === undefined) return { value: { inputs: given }, diagnostics: [] };
  const around = await outer?.(
    location.directory,
    withMentionsIn(
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
