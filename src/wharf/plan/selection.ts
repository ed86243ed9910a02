import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { PipelineDefinition, StageDefinition, StepDefinition } from '../config/definition.ts';
import { quoted } from '../../util/visible.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';

/** The selection on the command line. An empty one selects everything that requires no environment. */
export interface Selection {
  readonly stages?: readonly string[];
  /** Each is a name, `STAGE/NAME`, or an id such as `1.2.3`. */
  readonly steps?: readonly string[];
  readonly environment?: string;
}

/** The selected part of a definition. */
export interface Selected {
  readonly stages: ReadonlySet<StageDefinition>;
  /** Reports whether a step of one of these stages is selected. */
  has(step: StepDefinition): boolean;
}

/** Selects stages and steps. Reports unknown and contradictory names, and selects the rest. */
export function select(
  definition: PipelineDefinition,
  selection: Selection,
  purpose: 'run' | 'validate',
  report: Report,
): Selected {
  const known = checkEnvironment(definition, selection, report);
  const named = selectStages(definition, selection, purpose, report);
  const stages = new Set(named.filter((stage) => belongsTo(stage, selection.environment)));
  if (selection.steps === undefined || selection.steps.length === 0) {
    if (known && purpose === 'run' && named.length > 0 && stages.size === 0 && !selection.stages?.length)
      report(nothingToRun(named, selection));
    return { stages, has: () => true };
  }
  const steps = selectSteps(definition, selection, stages, new Set(named), report);
  return {
    stages: new Set([...stages].filter((stage) => stage.steps.some((step) => steps.has(step)))),
    has: (step) => steps.has(step),
  };
}

function belongsTo(stage: StageDefinition, environment: string | undefined): boolean {
  return stage.environments.length === 0 || (environment !== undefined && stage.environments.includes(environment));
}

/** Returns false for an unknown environment. The check whether stages belong to it is then skipped. */
function checkEnvironment(definition: PipelineDefinition, { environment }: Selection, report: Report): boolean {
  const known = definition.environments.map(({ name }) => name);
  if (environment === undefined || known.includes(environment)) return true;
  report(problem('W052', undefined, { name: environment, known }));
  return false;
}

function nothingToRun(stages: readonly StageDefinition[], selection: Selection): Diagnostic {
  return problem('W054', stages[0]?.at, {
    environments: [...new Set(stages.flatMap((stage) => stage.environments))],
    selected: selection.environment,
  });
}

function selectStages(
  definition: PipelineDefinition,
  selection: Selection,
  purpose: 'run' | 'validate',
  report: Report,
): readonly StageDefinition[] {
  if (selection.stages === undefined || selection.stages.length === 0) return definition.stages;
  const known = definition.stages.map(({ name }) => name);
  return selection.stages.flatMap((name) => {
    const found = byName(definition.stages, name);
    if (found.length === 0) report(problem('W050', undefined, { name, known }));
    for (const stage of found) {
      if (purpose === 'validate' || belongsTo(stage, selection.environment)) continue;
      report(otherEnvironment(stage, selection));
    }
    return found;
  });
}

/** Returns the items with exactly this name, or else those that differ only in case. */
function byName<T extends { readonly name: string }>(all: readonly T[], name: string): readonly T[] {
  const exact = all.filter((one) => one.name === name);
  return exact.length > 0 ? exact : all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
}

interface Candidate {
  readonly name: string;
  readonly step: StepDefinition;
  readonly stage: StageDefinition;
}

/** Returns every valid reference to the steps of these stages: plain names and unambiguous ones. */
function candidatesOf(
  definition: PipelineDefinition,
  stages: ReadonlySet<StageDefinition>,
): readonly (readonly Candidate[])[] {
  const plain: Candidate[] = [];
  const qualified: Candidate[] = [];
  for (const [i, stage] of definition.stages.entries()) {
    if (!stages.has(stage)) continue;
    for (const [j, step] of stage.steps.entries()) {
      plain.push({ name: step.name, step, stage });
      qualified.push({ name: `${stage.name}/${step.name}`, step, stage }, { name: `1.${i + 1}.${j + 1}`, step, stage });
    }
  }
  return [plain, qualified];
}

function selectSteps(
  definition: PipelineDefinition,
  selection: Selection,
  stages: ReadonlySet<StageDefinition>,
  named: ReadonlySet<StageDefinition>,
  report: Report,
): ReadonlySet<StepDefinition> {
  const candidates = candidatesOf(definition, stages);
  const selected = new Set<StepDefinition>();
  for (const name of selection.steps ?? []) {
    const found = firstNamed(candidates, name);
    for (const { step } of found) selected.add(step);
    if (found.length > 0) continue;
    const [elsewhere] = firstNamed(candidatesOf(definition, named), name);
    if (elsewhere) report(otherEnvironment(elsewhere.stage, selection));
    else
      report(
        problem('W051', undefined, {
          name,
          known: candidates[0]?.map((one) => one.name) ?? [],
          within: withinOf(definition, stages),
        }),
      );
  }
  return selected;
}

function firstNamed(candidates: readonly (readonly Candidate[])[], name: string): readonly Candidate[] {
  return candidates.map((some) => byName(some, name)).find((found) => found.length > 0) ?? [];
}

function otherEnvironment(stage: StageDefinition, { environment }: Selection): Diagnostic {
  return problem('W053', stage.at, { stage: stage.name, environments: stage.environments, selected: environment });
}

function withinOf(definition: PipelineDefinition, stages: ReadonlySet<StageDefinition>): string {
  if (stages.size === definition.stages.length) return '';
  const names = [...stages].map((stage) => quoted(stage.name));
  return names.length === 0
    ? ' in the selected stages'
    : ` in the selected ${names.length === 1 ? 'stage' : 'stages'} ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}
