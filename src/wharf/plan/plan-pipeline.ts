import { wharfKinds } from '../steps/wharf-kinds.ts';
import type { PipelineDefinition, StageDefinition, StepDefinition } from '../config/definition.ts';
import type { OperatorFile } from '../../operator/file/operator-file.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
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
import { type OperatorNames } from '../../operator/operator-names.ts';
import { checkEachEnvironment } from './check-each-environment.ts';
import { checkNames } from './check-names.ts';
import { checkVariables, findings, reportUndefinedNames, type FoundVariables } from './check-variables.ts';
import { select, type Selected, type Selection } from './selection.ts';
import { gatherVariables, type GivenVariables } from './variable-sources.ts';

export interface PlannedPipeline {
  readonly plan: Plan;
  /** The variables that selected steps use, with their final values. */
  readonly variables: readonly PlannedVariable[];
  /** All variables, for files that are read only when a step runs. */
  readonly scope: Variables;
  /** The names that selected steps need from the operator's file. */
  readonly names: OperatorNames;
}

/** The place of a step shows its first lines, the place of a stage only its name. */
const stepFrame: FrameSize = { before: 0, after: 3 };
const stageFrame: FrameSize = { before: 0, after: 0 };

/**
 * With `run`, the selection must be runnable on this machine. With `validate`, only the file is checked. Then no
 * environment needs to be selected, and stages that require one are checked with each of theirs.
 */
export type Purpose = 'run' | 'validate';

/** The context of a definition. */
export interface Surroundings {
  readonly given: GivenVariables;
  /** Absent: names for the operator's file are not checked. */
  readonly operator?: OperatorFile;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** Whether steps run only on a cluster. */
  readonly onCluster?: boolean;
}

/** Plans a definition for a selection, or reports every reason why that is impossible. */
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
  reportUndefinedNames(found.left, variables, report);
  // A valid file runs where its names are mapped. That may be another machine.
  const names = checkNames(steps, variables, around, purpose === 'run' ? report : () => undefined);
  if (anyEnvironment) {
    checkWithEnvironments(definition, selected, around, report);
    checkEachEnvironment(steps, definition, (name) => variablesWith(definition, name, around), report);
  }
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
 * Checks stages that require an environment, with each of their environments. Mistakes on the command line were already
 * reported.
 */
function checkWithEnvironments(
  definition: PipelineDefinition,
  selected: Selected,
  around: Surroundings,
  report: Report,
): void {
  for (const environment of definition.environments) {
    const stages = definition.stages.filter(
      (stage) => !selected.stages.has(stage) && stage.environments.includes(environment.name),
    );
    if (stages.length === 0) continue;
    const variables = variablesWith(definition, environment.name, around);
    const found = findings(report);
    for (const step of stages.flatMap((stage) => stage.steps))
      checkVariables(step, { variables, definition, environment: environment.name }, found);
  }
}

function variablesWith(definition: PipelineDefinition, environment: string, { given }: Surroundings): Variables {
  return gatherVariables(definition, environment, given, () => undefined);
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

/** Returns the variables that only other environments define. */
function definedElsewhere({ environments }: PipelineDefinition, variables: Variables): readonly VariableElsewhere[] {
  const found = new Map<string, string[]>();
  for (const environment of environments) {
    for (const { name } of environment.variables) {
      if (variables.find(name) === undefined) found.set(name, [...(found.get(name) ?? []), environment.name]);
    }
  }
  return [...found].map(([name, names]) => ({ name, environments: names }));
}

/** Reports whether a step substitutes variables in workspace files. Which variables they contain is still unknown. */
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
 * Returns the used variables and the secrets inside their values. Those are looked up and hashed under their own names.
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
