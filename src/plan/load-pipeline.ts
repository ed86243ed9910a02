/**
 * From a path on the command line to a plan, or to every mistake on the way: the one entry to everything between the file and
 * the engine. Reads through what it is handed, and nothing else.
 */
import { basename, dirname, join } from 'node:path';
import { checkPipeline } from '../config/wharf/check-pipeline.ts';
import type { InputDefinition, PipelineDefinition } from '../config/wharf/definition.ts';
import { problem } from '../diagnostics/problem.ts';
import { hasErrors, sorted } from '../diagnostics/sorted.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import { locatePipeline, pipelineFile, type PipelineFiles, type PipelineLocation } from './locate-pipeline.ts';
import type { OperatorFile } from '../config/operator/operator-file.ts';
import type { VariableSource } from '../vars/variables.ts';
import { planPipeline, type PlannedPipeline, type Purpose } from './plan-pipeline.ts';
import type { Selection } from './selection.ts';
import type { GivenInput } from './variable-sources.ts';

export interface LoadRequest {
  /** Absolute: the folder that holds the file, or the file itself. */
  readonly path: string;
  readonly files: PipelineFiles;
  readonly selection: Selection;
  /** `--input` and the like; of a name given twice the last. */
  readonly inputs?: readonly GivenInput[];
  /**
   * Where variables come from besides the file, strongest first, with the mistakes in those places; asked for once the file is read.
   * @param where the folder of the file
   */
  outer?(where: string, mentions: Mentions): Promise<Checked<readonly VariableSource[]>>;
  /** Asked for only where a step writes a name that it could map. */
  operator?(): Promise<Checked<OperatorFile>>;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** `run` unless said otherwise. */
  readonly purpose?: Purpose;
}

/** What the pipeline may want of the variables around it: some cost a process to have. */
export interface Mentions {
  /** Whether the file writes this name anywhere; `true` too where files that only a step reads may. */
  name(name: string): boolean;
}

/** `value` is there only if nothing is wrong; what is known of the file is there all the same, for the run that is recorded as failed and for completion. */
export interface LoadedPipeline extends Checked<PlannedPipeline> {
  /** The name of the folder. */
  readonly name: string;
  readonly directory: string;
  readonly file: string;
  readonly stages: readonly string[];
  readonly environments: readonly string[];
  readonly inputs: readonly InputSummary[];
}

export type InputSummary = Pick<InputDefinition, 'name' | 'type' | 'values'> & { readonly default: string };

/** Larger ones are no pipelines. */
const largestFile = 8 * 2 ** 20;

export async function loadPipeline(request: LoadRequest): Promise<LoadedPipeline> {
  const located = await locate(request);
  if (!located.value) return loaded(guessedLocation(request.path), undefined, { diagnostics: located.diagnostics });
  const read = await readSource(located.value, request.files);
  if (!read.value) return loaded(located.value, undefined, { diagnostics: read.diagnostics });
  const checked = checkPipeline(read.value);
  if (!checked.value) return loaded(located.value, undefined, { diagnostics: checked.diagnostics });
  const [outer, operator] = await Promise.all([
    request.outer?.(located.value.directory, mentionsOf(read.value.text, checked.value)),
    checked.value.stages.some((stage) => stage.steps.some((step) => step.names.length > 0)) ? request.operator?.() : undefined,
  ]);
  const around = { given: { inputs: request.inputs ?? [], outer: outer?.value ?? [] }, ...(operator?.value && { operator: operator.value }), ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }) };
  const planned = planPipeline(checked.value, request.selection, around, request.purpose);
  const diagnostics = sorted([...checked.diagnostics, ...(outer?.diagnostics ?? []), ...(operator?.diagnostics ?? []), ...planned.diagnostics]);
  return loaded(located.value, checked.value, { ...(planned.value && !hasErrors(diagnostics) && { value: planned.value }), diagnostics });
}

function mentionsOf(text: string, { stages }: PipelineDefinition): Mentions {
  const fillsFiles = stages.some((stage) => stage.steps.some(({ spec }) => 'files' in spec && spec.files.length > 0));
  return { name: (name) => fillsFiles || text.includes(name) };
}

async function locate({ path, files }: LoadRequest): Promise<Checked<PipelineLocation>> {
  try {
    return await locatePipeline(path, files);
  } catch (error) {
    return { diagnostics: [unreadable(path, error)] };
  }
}

async function readSource({ directory, file }: PipelineLocation, files: PipelineFiles): Promise<Checked<SourceText>> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(join(directory, file));
  } catch (error) {
    return { diagnostics: [unreadable(file, error)] };
  }
  if (bytes.length > largestFile) return { diagnostics: [unreadable(file, `it is ${Math.ceil(bytes.length / 2 ** 20)} MiB large, and 8 MiB are allowed`)] };
  try {
    return { value: new SourceText(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes)), diagnostics: [] };
  } catch {
    return { diagnostics: [unreadable(file, 'it is not UTF-8 text')] };
  }
}

function unreadable(file: string, why: unknown): Diagnostic {
  const detail = why instanceof Error ? why.message : String(why);
  return problem('W003', { file, line: 1, column: 1 }, { detail });
}

function loaded({ name, directory, file }: PipelineLocation, definition: PipelineDefinition | undefined, planned: Checked<PlannedPipeline>): LoadedPipeline {
  return {
    name,
    directory,
    file,
    stages: definition?.stages.map((stage) => stage.name) ?? [],
    environments: definition?.environments.map((environment) => environment.name) ?? [],
    inputs: definition?.inputs.map(({ default: fallback, ...input }) => ({ name: input.name, type: input.type, values: input.values, default: fallback.text })) ?? [],
    ...(planned.value !== undefined && { value: planned.value }),
    diagnostics: planned.diagnostics,
  };
}

/** Where nothing was found, the run that is recorded as failed still has a name. */
function guessedLocation(path: string): PipelineLocation {
  const directory = /\.ya?ml$/i.test(path) ? dirname(path) : path;
  return { name: basename(directory) || directory, directory, file: pipelineFile };
}
