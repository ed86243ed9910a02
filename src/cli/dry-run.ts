import { renderDiagnostics } from '../diagnostics/render.ts';
import { visible } from '../util/visible.ts';
import type { PlannedStage, PlannedStep } from '../model/plan.ts';
import { exitCodes } from './host.ts';
import type { Invocation } from './invocation.ts';
import { describeSpec } from './reporters/describe-spec.ts';
import type { LoadedPipeline, PipelineRequest } from '../runs/services.ts';
import { formatBytes } from '../words/bytes.ts';
import { frameStyle } from './text/frame-style.ts';
import { formatDuration } from '../words/duration.ts';
import type { Look } from './text/look.ts';
import { padText, textWidth } from './text/text-width.ts';
import { count } from '../words/quantity.ts';

/** `run --dry-run`: prints the plan after substitution, without other effects. */
export async function printDryRun(invocation: Invocation, request: PipelineRequest): Promise<number> {
  const { value, diagnostics } = await (await invocation.services()).load(request);
  if (invocation.json) {
    await invocation.printJson({ pipeline: value === undefined ? null : pipelineJson(value), diagnostics });
  } else {
    const look = invocation.look();
    if (diagnostics.length > 0)
      await invocation.host.stdout.write(`${renderDiagnostics(diagnostics, frameStyle(look, invocation.columns))}\n`);
    if (value !== undefined) await invocation.print(planLines(value, look));
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

function planLines(pipeline: LoadedPipeline, look: Look): string[] {
  const out = [look.paint('bold', visible(pipeline.name)), ''];
  for (const stage of pipeline.filled().stages) {
    out.push(stageLine(stage, look));
    const widths = {
      name: widest(stage.steps.map((step) => visible(step.name))),
      spec: widest(stage.steps.map((step) => describeSpec(step.spec))),
    };
    for (const step of stage.steps)
      out.push(stepLine(step, stage, widths, look), ...(isSkipped(step, stage) ? [] : detailLines(step, look)));
  }
  return out;
}

function stageLine(stage: PlannedStage, look: Look): string {
  const when = { success: '', fail: '   if a stage before it failed', always: '   always' }[stage.runsIf];
  const line = `${visible(stage.name)}   ${count(stage.steps.length, 'step')}${when}`;
  return stage.notSelected === true ? look.paint('dim', `${line}   not selected`) : line;
}

function stepLine(step: PlannedStep, stage: PlannedStage, widths: { name: number; spec: number }, look: Look): string {
  const skipped = isSkipped(step, stage);
  const notes = [...policyNotes(step), ...(skipped && stage.notSelected !== true ? ['not selected'] : [])];
  const line =
    `  ${padText(visible(step.name), widths.name)}  ${padText(describeSpec(step.spec), widths.spec)}  ${notes.join(', ')}`.trimEnd();
  return skipped ? look.paint('dim', line) : line;
}

function isSkipped(step: PlannedStep, stage: PlannedStage): boolean {
  return step.notSelected === true || stage.notSelected === true;
}

/** Returns the inputs and the actions of a step, as the run would have them. */
function detailLines({ spec }: PlannedStep, look: Look): string[] {
  const env = 'env' in spec ? Object.entries(spec.env).map(([name, value]) => `${name}=${value}`) : [];
  const commands =
    spec.kind === 'container'
      ? spec.commands.flatMap((command) =>
          command
            .trimEnd()
            .split('\n')
            .map((line, i) => `${i === 0 ? '$' : ' '} ${line}`),
        )
      : [];
  const args =
    spec.kind === 'docker'
      ? [...spec.args, ...spec.secretArgs.map(({ arg, key }) => `${arg} from key ${key} of ${spec.secretName ?? ''}`)]
      : [];
  const set = spec.kind === 'helm' ? Object.entries(spec.set).map(([name, value]) => `set ${name}=${value}`) : [];
  return [...env, ...args, ...set, ...commands].map((line) => look.paint('dim', `      ${visible(line)}`));
}

function policyNotes({ spec, policy, artifacts, cache }: PlannedStep): string[] {
  const notes = spec.kind === 'container' ? [count(spec.commands.length, 'command')] : [];
  if (policy.timeoutMs !== undefined) notes.push(`timeout ${formatDuration(policy.timeoutMs)}`);
  if (policy.retries > 0) notes.push(`${policy.retries} ${policy.retries === 1 ? 'retry' : 'retries'}`);
  if (policy.allowFailure) notes.push('allowed to fail');
  if ('memoryBytes' in spec) notes.push(`memory ${formatBytes(spec.memoryBytes)}`);
  if (artifacts.length > 0) notes.push(`artifacts ${artifacts.map(visible).join(' ')}`);
  if (cache.length > 0) notes.push(`cache ${cache.map(visible).join(' ')}`);
  return notes;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, textWidth(text)), 0);
}
