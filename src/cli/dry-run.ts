import { renderDiagnostics } from '../diagnostics/render.ts';
import { visible } from '../util/visible.ts';
import { memoryLimitOf, type PlannedStage, type PlannedStep } from '../model/plan.ts';
import type { StepText } from '../words/step-text.ts';
import { exitCodes } from './host.ts';
import type { Invocation } from './invocation.ts';
import type { LoadedPipeline, PipelineRequest } from '../engine/front-end.ts';
import { formatBytes } from '../words/bytes.ts';
import { frameStyle } from './text/frame-style.ts';
import { formatDuration } from '../words/duration.ts';
import type { Look } from './text/look.ts';
import { padText, textWidth } from './text/text-width.ts';
import { count } from '../words/quantity.ts';

/** `run --dry-run`: prints the plan after substitution, without other effects. */
export async function printDryRun(invocation: Invocation, request: PipelineRequest): Promise<number> {
  const services = await invocation.services();
  const { value, diagnostics } = await services.load(request);
  if (invocation.json) {
    await invocation.printJson({ pipeline: value === undefined ? null : pipelineJson(value), diagnostics });
  } else {
    const look = invocation.look();
    if (diagnostics.length > 0) {
      const mistakes = renderDiagnostics(diagnostics, frameStyle(look, invocation.columns));
      // An empty line separates them from the plan.
      await invocation.host.stdout.write(value === undefined ? mistakes : `${mistakes}\n`);
    }
    if (value !== undefined) await invocation.print(planLines(value, look, (step) => services.stepText(step.spec)));
  }
  return value === undefined ? exitCodes.usage : exitCodes.succeeded;
}

function pipelineJson(pipeline: LoadedPipeline) {
  return {
    name: pipeline.name,
    directory: pipeline.directory,
    file: pipeline.file,
    environments: pipeline.environments,
    stages: pipeline.filled().stages,
  };
}

function planLines(pipeline: LoadedPipeline, look: Look, textOf: (step: PlannedStep) => StepText): string[] {
  const out = [look.paint('bold', visible(pipeline.name)), ''];
  for (const stage of pipeline.filled().stages) {
    out.push(stageLine(stage, look));
    const steps = stage.steps.map((step) => ({ step, text: textOf(step) }));
    const widths = {
      name: widest(steps.map(({ step }) => visible(step.name))),
      spec: widest(steps.map(({ text }) => visible(text.summary))),
    };
    for (const { step, text } of steps) {
      out.push(stepLine(step, text, stage, widths, look));
      if (isSkipped(step, stage)) continue;
      for (const line of text.details) out.push(look.paint('dim', `      ${visible(line)}`));
    }
  }
  return out;
}

function stageLine(stage: PlannedStage, look: Look): string {
  const when = { success: '', fail: '   if a stage before it failed', always: '   always', needs: '' }[stage.runsIf];
  const line = `${visible(stage.name)}   ${count(stage.steps.length, 'step')}${when}`;
  return stage.notSelected === true ? look.paint('dim', `${line}   not selected`) : line;
}

function stepLine(
  step: PlannedStep,
  text: StepText,
  stage: PlannedStage,
  widths: { readonly name: number; readonly spec: number },
  look: Look,
): string {
  const skipped = isSkipped(step, stage);
  const notes = [...policyNotes(step, text), ...(skipped && stage.notSelected !== true ? ['not selected'] : [])];
  const [name, spec] = [padText(visible(step.name), widths.name), padText(visible(text.summary), widths.spec)];
  const line = `  ${name}  ${spec}  ${notes.join(', ')}`.trimEnd();
  return skipped ? look.paint('dim', line) : line;
}

function isSkipped(step: PlannedStep, stage: PlannedStage): boolean {
  return step.notSelected === true || stage.notSelected === true;
}

function policyNotes({ spec, policy, artifacts, cache }: PlannedStep, text: StepText): string[] {
  const notes = [...text.notes];
  const memoryBytes = memoryLimitOf(spec);
  if (policy.timeoutMs !== undefined) notes.push(`timeout ${formatDuration(policy.timeoutMs)}`);
  if (policy.retries > 0) notes.push(`${policy.retries} ${policy.retries === 1 ? 'retry' : 'retries'}`);
  if (policy.allowFailure) notes.push('allowed to fail');
  if (memoryBytes !== undefined) notes.push(`memory ${formatBytes(memoryBytes)}`);
  if (artifacts.length > 0) notes.push(`artifacts ${artifacts.map(visible).join(' ')}`);
  if (cache.length > 0) notes.push(`cache ${cache.map(visible).join(' ')}`);
  return notes;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, textWidth(text)), 0);
}
