import type { Command } from 'commander';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { visible } from '../../diagnostics/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { collect, parseInputs } from '../run-flags.ts';
import { frameStyle } from '../text/diagnostic-style.ts';
import { count } from '../text/quantity.ts';

interface ValidateFlags {
  readonly environment?: string;
  readonly input?: readonly string[];
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('[path]', 'folder with a .wharf-ci.yml, or that file')
    .option('-e, --environment <name>', 'environment of the configuration')
    .option('-i, --input <name=value>', 'input of the pipeline; name=@file reads a file; may be given again', collect)
    .action(invocation.action(async (path: string | undefined, flags: ValidateFlags) => await validate(invocation, path, flags)));
}

async function validate(invocation: Invocation, path: string | undefined, flags: ValidateFlags): Promise<number> {
  const inputs = await parseInputs(flags.input ?? [], (file) => invocation.path(file));
  const services = await invocation.services();
  const { value, diagnostics } = await services.load({
    path: invocation.path(path),
    stages: [],
    steps: [],
    purpose: 'validate',
    inputs,
    ...(flags.environment === undefined ? {} : { environment: flags.environment }),
  });
  const valid = value !== undefined;
  if (invocation.json) {
    await invocation.printJson({ valid, name: value?.name ?? null, diagnostics });
  } else {
    await invocation.host.stdout.write(renderDiagnostics(diagnostics, frameStyle(invocation.look(), invocation.columns)));
    if (valid) {
      const steps = value.plan.stages.reduce((sum, stage) => sum + stage.steps.length, 0);
      await invocation.print([`${visible(value.file)} is valid: ${count(value.plan.stages.length, 'stage')}, ${count(steps, 'step')}`]);
    }
  }
  return valid ? exitCodes.succeeded : exitCodes.usage;
}
