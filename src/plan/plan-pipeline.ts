import type { PipelineDefinition, StageDefinition, StepDefinition } from '../config/wharf/definition.ts';
import { problem, type Report } from '../diagnostics/problem.ts';
import { hasErrors, sorted } from '../diagnostics/sorted.ts';
import { placeOf, type FrameSize } from '../diagnostics/source-text.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import { stepId } from '../model/ids.ts';
import type { Plan, PlannedStage, PlannedStep, UsedVariable } from '../model/plan.ts';
import { checkVariables, type FoundVariables } from './check-variables.ts';
import { select, type Selected, type Selection } from './selection.ts';
import { gatherVariables, type GivenVariables } from './variable-sources.ts';

export interface PlannedPipeline {
  readonly plan: Plan;
  /** Those that selected steps use, each with its final value: nothing in it is to be filled in any more. */
  readonly variables: readonly UsedVariable[];
}

/** A step's place shows how it begins, a stage's its name alone. */
const stepFrame: FrameSize = { before: 0, after: 3 };
const stageFrame: FrameSize = { before: 0, after: 0 };

/**
 * `run`: what is selected has to be runnable here and now. `validate`: only the file is in question, so no environment need be
 * selected: stages that want one are looked at with each of theirs.
 */
export type Purpose = 'run' | 'validate';

/** A definition and what was asked for to what will be done; or every reason why that cannot be done. */
export function planPipeline(definition: PipelineDefinition, selection: Selection, given: GivenVariables, purpose: Purpose = 'run'): Checked<PlannedPipeline> {
  const found: Diagnostic[] = [];
  const report: Report = (diagnostic) => found.push(diagnostic);
  const selected = select(definition, selection, purpose, report);
  const variables = gatherVariables(definition, selection.environment, given, report);
  const used: FoundVariables = new Map();
  const steps = [...selected.stages].flatMap((stage) => stage.steps).filter((step) => selected.has(step));
  if (purpose === 'run') checkRunnable(steps, definition, report);
  for (const step of steps) checkVariables(step, { variables, definition }, used, report);
  if (purpose === 'validate' && selection.environment === undefined) checkWithEnvironments(definition, selected, given, report);
  const diagnostics = sorted(found);
  if (hasErrors(diagnostics)) return { diagnostics };
  const stages = definition.stages.map((stage, i) => planStage(stage, i + 1, selected));
  return { value: { plan: { stages }, variables: usedVariables(used) }, diagnostics };
}

/** The stages that only an environment would select, with each that they name. What the command line has wrong was said before. */
function checkWithEnvironments(definition: PipelineDefinition, selected: Selected, given: GivenVariables, report: Report): void {
  for (const environment of definition.environments) {
    const stages = definition.stages.filter((stage) => !selected.stages.has(stage) && stage.environments.includes(environment.name));
    if (stages.length === 0) continue;
    const variables = gatherVariables(definition, environment.name, given, () => undefined);
    for (const step of stages.flatMap((stage) => stage.steps)) checkVariables(step, { variables, definition, environment: environment.name }, new Map(), report);
  }
}

function checkRunnable(steps: readonly StepDefinition[], definition: PipelineDefinition, report: Report): void {
  const runnable = definition.stages.filter((stage) => stage.steps.every((step) => step.spec.kind !== 'unsupported')).map((stage) => stage.name);
  for (const { name, at, spec } of steps) {
    if (spec.kind === 'unsupported') report(problem('W055', at, { step: name, type: spec.type, runnable }));
  }
}

function planStage(stage: StageDefinition, ordinal: number, selected: Selected): PlannedStage {
  const inPlan = selected.stages.has(stage);
  return {
    ordinal,
    name: stage.name,
    runsIf: stage.runsIf,
    onFailure: 'cancelSiblings',
    ...(!inPlan && { notSelected: true }),
    declaredAt: placeOf(stage.at, stageFrame),
    steps: stage.steps.flatMap((step, i) => planStep(step, ordinal, i + 1, inPlan && selected.has(step)) ?? []),
  };
}

/** A step that this version cannot run is in no plan (it is never selected), but its ordinal is counted. */
function planStep(step: StepDefinition, stage: number, ordinal: number, inPlan: boolean): PlannedStep | undefined {
  const { name, policy, artifacts, cache, spec } = step;
  if (spec.kind === 'unsupported') return undefined;
  return { id: stepId(1, stage, ordinal), name, needs: [], ...(!inPlan && { notSelected: true }), policy, artifacts, cache, spec, declaredAt: placeOf(step.at, stepFrame) };
}

function usedVariables(used: FoundVariables): readonly UsedVariable[] {
  return [...used.values()].map(({ variable, text }) => ({ name: variable.name, source: variable.source, value: text }));
}
