/** The flags of commands that run containers of a `skaffold.yaml`. Names and meanings are Skaffold's (docs/verify.md). */
import type { Command } from 'commander';
import type { ContainerRequest, EnvironmentFile } from '../engine/container-request.ts';
import { meansCluster } from '../model/cluster-word.ts';
import type { GivenImage } from '../model/given-image.ts';
import { addImageFlags, checked, type BuildFlags } from './build-flags.ts';
import type { BuildStart } from './build-run.ts';
import { addGivenImageFlags } from './deploy-flags.ts';
import { imagesIn, readBuildArtifacts } from './given-images.ts';
import type { Invocation } from './invocation.ts';
import { notEmpty, parseOn, parsePath } from './run-flags.ts';
import type { SkaffoldRequest } from './skaffold-flags.ts';
import { checkNamespace, parseNamespace } from './skaffold-values.ts';
import { readVariables } from './read-variables.ts';

export interface ContainerFlags extends BuildFlags {
  readonly buildArtifacts?: string;
  readonly images?: readonly GivenImage[];
  readonly envFile?: string;
  readonly dockerNetwork?: string;
  readonly namespace?: string;
}

export function addContainerFlags(command: Command): Command {
  return addGivenImageFlags(addImageFlags(command))
    .option(
      '--on <runtimes>',
      'where to run and build: docker, kubernetes (default: SLIPWAY_ON, else as the file says)',
      parseOn,
    )
    .option('--env-file <file>', 'variables for every container, as NAME=VALUE lines', parsePath)
    .option('--docker-network <name>', 'a network of the engine that containers join', notEmpty('--docker-network'))
    .option('-n, --namespace <name>', 'the namespace of jobs on a cluster', parseNamespace)
    .option('--dry-run', 'show what would be built and run');
}

/** Returns the run that the flags ask for: a build and its containers. @param action absent: `verify` */
export async function containerRun(
  invocation: Invocation,
  flags: ContainerFlags,
  run: BuildStart,
  { variable }: Pick<SkaffoldRequest, 'variable'>,
  action: string | undefined,
): Promise<BuildStart> {
  const { on, ...build } = run.build;
  const artifacts = flags.buildArtifacts ?? variable('BUILD_ARTIFACTS');
  const built = artifacts === undefined ? [] : await readBuildArtifacts(invocation.path(artifacts));
  const envFile = flags.envFile ?? variable('ENV_FILE');
  const network = flags.dockerNetwork ?? variable('DOCKER_NETWORK');
  const namespace = flags.namespace ?? checked(checkNamespace, 'SKAFFOLD_NAMESPACE', variable('NAMESPACE'));
  const containers: ContainerRequest = {
    images: [...built, ...(flags.images ?? imagesIn(variable('IMAGES') ?? ''))],
    ...(action !== undefined && { action }),
    ...(envFile !== undefined && { envFile: await environmentFile(invocation.path(envFile)) }),
    ...(network !== undefined && { network }),
    ...(namespace !== undefined && { namespace }),
    ...(on && { on }),
  };
  const engines = on?.filter((word) => !meansCluster(word)) ?? [];
  return { ...run, on: engines.length > 0 ? engines : ['docker'], build: { ...build, containers } };
}

/** Reads the names of a file of variables. The values are read when a container starts. */
async function environmentFile(path: string): Promise<EnvironmentFile> {
  return { path, names: Object.keys(await readVariables(path, '--env-file')) };
}
