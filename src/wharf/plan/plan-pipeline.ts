import { wharfKinds } from '../steps/wharf-kinds.ts';
import type { PipelineDefinition, StageDefinition, StepDefinition } from '../config/definition.ts';
import type { OperatorFile } from '../../operator/file/operator-file.ts';
import { problem, type Report } from '../../diagnostics/problem.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import { placeOf, type FrameSize } from '../../diagnostics/source-text.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { stepId } from '../../model/ids.ts';
import type { Plan, PlannedStage, PlannedStep, PlannedVariable, VariableElsewhere } from '../../model/plan.ts';
import {
  longestPlan,
  partLength,
  secretsOf,
  textOfParts,
  type ResolvedVariable,
  type Scalar,
  type Variables,
} from '../vars/variables.ts';
import { type OperatorNames } from '../../operator/names.ts';
import { checkNames } from './check-names.ts';
import { checkVariables, findings, reportLeft, type FoundVariables } from './check-variables.ts';
import { select, type Selected, type Selection } from './selection.ts';
import { gatherVariables, type GivenVariables } from './variable-sources.ts';

export interface PlannedPipeline {
  readonly plan: Plan;
  /** Those that selected steps use, each with its final value: nothing in it is to be filled in any more. */
  readonly variables: readonly PlannedVariable[];
  /** Everything that a name may mean, for texts that are only read when a step runs (files). */
  readonly scope: Variables;
  /** What the selected steps ask of the operator's file. */
  readonly names: OperatorNames;
}

/** A step's place shows how it begins, a stage's its name alone. */
const stepFrame: FrameSize = { before: 0, after: 3 };
const stageFrame: FrameSize = { before: 0, after: 0 };

/**
 * `run`: what is selected has to be runnable here and now. `validate`: only the file is in question, so no environment
 * need be selected: stages that want one are looked at with each of theirs.
 */
export type Purpose = 'run' | 'validate';

/** What lies around a definition. */
export interface Surroundings {
  readonly given: GivenVariables;
  /** Absent: names that only it could give a meaning to are not looked at. */
  readonly operator?: OperatorFile;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** Whether steps run on a cluster, and nowhere else. */
  readonly onCluster?: boolean;
}

/** A definition and what was asked for to what will be done; or every reason why that cannot be done. */
export function planPipeline(
  definition: PipelineDefinition,
  selection: Selection,
  around: Surroundings,
  purpose: Purpose = 'run',
): Checked<PlannedPipeline> {
  const reported: Diagnostic[] = [];
  const report: Report = (diagnostic) => reported.push(diagnostic);
  const selected = select(definition, selection, purpose, report);
  const variables = gatherVariables(definition, selection.environment, around.given, report);
  const found = findings(report);
  const steps = [...selected.stages].flatMap((stage) => stage.steps).filter((step) => selected.has(step));
  const anyEnvironment = purpose === 'validate' && selection.environment === undefined;
  for (const step of steps) checkVariables(step, { variables, definition, anyEnvironment }, found);
  reportLeft(found.left, variables, report);
  // A file that is right runs where its names are mapped, which need not be here.
  const names = checkNames(steps, variables, around, purpose === 'run' ? report : () => undefined);
  if (anyEnvironment) checkWithEnvironments(definition, selected, around, report);
  const used = steps.some(fillsFiles) ? everything(variables) : found.found;
  if (sizeOf(used) > longestPlan) report(problem('W049', undefined, { limit: longestPlan }));
  const diagnostics = sorted(reported);
  if (hasErrors(diagnostics)) return { diagnostics };
  const elsewhere = definedElsewhere(definition, variables);
  const stages = definition.stages.map((stage, i) => planStage(stage, i + 1, selected, elsewhere));
  return {
    value: { plan: { stages }, variables: plannedVariables(used, variables), scope: variables, names },
    diagnostics,
  };
}

/**
 * The stages that only an environment would select, with each that they name. What the command line has wrong was said
 * before.
 */
function checkWithEnvironments(
  definition: PipelineDefinition,
  selected: Selected,
  { given }: Surroundings,
  report: Report,
): void {
  for (const environment of definition.environments) {
    const stages = definition.stages.filter(
      (stage) => !selected.stages.has(stage) && stage.environments.includes(environment.name),
    );
    if (stages.length === 0) continue;
    const variables = gatherVariables(definition, environment.name, given, () => undefined);
    const found = findings(report);
    for (const step of stages.flatMap((stage) => stage.steps))
      checkVariables(step, { variables, definition, environment: environment.name }, found);
  }
}

function planStage(
  stage: StageDefinition,
  ordinal: number,
  selected: Selected,
  elsewhere: readonly VariableElsewhere[],
): PlannedStage {
  const inPlan = selected.stages.has(stage);
  return {
    ordinal,
    name: stage.name,
    runsIf: stage.runsIf,
    onFailure: 'cancelSiblings',
    ...(!inPlan && { notSelected: true }),
    declaredAt: placeOf(stage.at, stageFrame),
    steps: stage.steps.map((step, i) => planStep(step, ordinal, i + 1, inPlan && selected.has(step), elsewhere)),
  };
}

function planStep(
  step: StepDefinition,
  stage: number,
  ordinal: number,
  inPlan: boolean,
  elsewhere: readonly VariableElsewhere[],
): PlannedStep {
  const { name, policy, artifacts, cache, spec } = step;
  return {
    id: stepId(1, stage, ordinal),
    name,
    needs: [],
    ...(!inPlan && { notSelected: true }),
    policy,
    artifacts,
    cache,
    spec,
    ...(elsewhere.length > 0 && fillsFiles(step) && { elsewhere }),
    declaredAt: placeOf(step.at, stepFrame),
  };
}

/** Variables that environments define, and nothing here does. */
function definedElsewhere({ environments }: PipelineDefinition, variables: Variables): readonly VariableElsewhere[] {
  const found = new Map<string, string[]>();
  for (const environment of environments) {
    for (const { name } of environment.variables) {
      if (variables.find(name) === undefined) found.set(name, [...(found.get(name) ?? []), environment.name]);
    }
  }
  return [...found].map(([name, names]) => ({ name, environments: names }));
}

/** Files that a step fills may use any variable: the plan does not know which. */
function fillsFiles({ spec }: StepDefinition): boolean {
  return wharfKinds.of(spec).fillsFiles?.(spec) === true;
}

function everything(variables: Variables): FoundVariables {
  const all: FoundVariables = new Map();
  for (const name of variables.names()) {
    const resolution = variables.resolve(name);
    if (resolution.status === 'found') all.set(name, resolution);
  }
  return all;
}

function sizeOf(variables: FoundVariables): number {
  let units = 0;
  for (const { parts } of variables.values()) for (const part of parts) units += partLength(part);
  return units;
}

/**
 * Besides what texts mean by name, the secrets within their values: those are asked for and hashed under their own
 * names.
 */
function plannedVariables(found: FoundVariables, variables: Variables): readonly PlannedVariable[] {
  const all = new Map(found);
  for (const { parts } of found.values()) {
    for (const name of secretsOf(parts)) {
      const resolution = variables.resolve(name);
      if (resolution.status === 'found') all.set(name, resolution);
    }
  }
  return [...all.values()].map(plannedVariable);
}

function plannedVariable({ variable, value, parts }: ResolvedVariable): PlannedVariable {
  const { name, source } = variable;
  if (variable.secret)
    return {
      name,
      source,
      secret: true,
      ...(variable.at && { at: 'source' in variable.at ? placeOf(variable.at) : variable.at }),
    };
  const text = textOfParts(parts);
  if (text === undefined) return { name, source, parts };
  return { name, source, value, ...(text !== textOf(value) && { text }) };
}

function textOf(value: Scalar): string {
  return value === null ? '' : String(value);
}
