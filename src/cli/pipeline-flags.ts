/**
 * The flags that select a pipeline and its variables. They come from wharf-cmd. Every command that reads a pipeline has
 * them.
 */
import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';
import { collectInputs, parseInputs } from './run-flags.ts';
import type { PipelineRequest } from '../engine/front-end.ts';

export interface PipelineFlags {
  readonly environment?: string;
  readonly input?: readonly string[];
  readonly buildId?: string;
  readonly projectId?: string;
}

export function addPipelineFlags(command: Command): Command {
  return command
    .option('-e, --environment <name>', 'an environment of the configuration')
    .option('-i, --input <name=value>', 'an input of the pipeline; name=@file reads a file; repeatable', collectInputs)
    .option('--build-id <id>', 'the value of BUILD_REF (default: the number of the run)')
    .option('--project-id <id>', 'PROJECT_ID');
}

export async function pipelineRequest(
  invocation: Invocation,
  path: string | undefined,
  flags: PipelineFlags,
): Promise<PipelineRequest> {
  return {
    path: invocation.path(path),
    stages: [],
    steps: [],
    inputs: await parseInputs(flags.input ?? [], (file) => invocation.path(file)),
    ...(flags.environment !== undefined && { environment: flags.environment }),
    ...(flags.buildId !== undefined && { buildId: flags.buildId }),
    ...(flags.projectId !== undefined && { projectId: flags.projectId }),
  };
}
