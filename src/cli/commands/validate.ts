import type { Command } from 'commander';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { visible } from '../../util/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { addPipelineFlags, pipelineRequest, type PipelineFlags } from '../pipeline-flags.ts';
import { frameStyle } from '../text/frame-style.ts';
import { parsePath } from '../run-flags.ts';
import { count } from '../../words/quantity.ts';

export function define(command: Command, invocation: Invocation): void {
  addPipelineFlags(command.argument('[path]', 'a .wharf-ci.yml or its folder', parsePath)).action(
    invocation.action(
      async (path: string | undefined, flags: PipelineFlags) => await validate(invocation, path, flags),
    ),
  );
}

async function validate(invocation: Invocation, path: string | undefined, flags: PipelineFlags): Promise<number> {
  const request = await pipelineRequest(invocation, path, flags);
  const { value, diagnostics } = await (await invocation.services()).load({ ...request, purpose: 'validate' });
  const valid = value !== undefined;
  if (invocation.json) {
    await invocation.printJson({ valid, name: value?.name ?? null, diagnostics });
  } else {
    await invocation.host.stdout.write(
      renderDiagnostics(diagnostics, frameStyle(invocation.look(), invocation.columns)),
    );
    if (valid) {
      const steps = value.plan.stages.reduce((sum, stage) => sum + stage.steps.length, 0);
      await invocation.print([
        `${visible(value.file)} is valid: ${count(value.plan.stages.length, 'stage')}, ${count(steps, 'step')}`,
      ]);
    }
  }
  return valid ? exitCodes.succeeded : exitCodes.usage;
}
