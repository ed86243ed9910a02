/** The flags of commands that render and deploy a `skaffold.yaml`. Names and meanings are Skaffold's (docs/skaffold.md). */
import { Option, type Command } from 'commander';
import type { BuildRequest } from '../engine/build-request.ts';
import type { GivenImage } from '../model/given-image.ts';
import type { DeployRequest, DigestSource } from '../engine/deploy-request.ts';
import type { StartRequest } from '../runs/run-service.ts';
import { checked, truthOf, type BuildFlags } from './build-flags.ts';
import { collectImages, imagesIn, readBuildArtifacts } from './given-images.ts';
import type { Invocation } from './invocation.ts';
import { checkPlaceOfDeploy, deployPlaceList, parsePlaceOfDeploy } from './place-of-deploy.ts';
import type { SkaffoldRequest } from './skaffold-flags.ts';
import { parametersOf, type ParameterFlags } from './parameter-flags.ts';
import { parsePath } from './run-flags.ts';
import { readSelectedFields } from './resource-selector-file.ts';
import { checkNamespace, collectLabels, labelsIn, parseNamespace } from './skaffold-values.ts';
import { parsePortForward, portForwardWords } from './port-forward-flag.ts';
import type { PortForwardClass } from '../model/port-forward-class.ts';
import { UsageError } from './usage-error.ts';

export interface ManifestFlags extends BuildFlags, ParameterFlags {
  readonly buildArtifacts?: string;
  readonly images?: readonly GivenImage[];
  readonly namespace?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly allowEmpty?: boolean;
  readonly enablePlatformNodeAffinity?: boolean;
  readonly digestSource?: DigestSource;
}

export interface DeployFlags extends ManifestFlags {
  readonly statusCheck?: boolean;
  readonly iterativeStatusCheck?: boolean;
  readonly tolerateFailuresUntilDeadline?: boolean;
  readonly force?: boolean;
  readonly tail?: boolean;
  readonly portForward?: readonly PortForwardClass[];
  readonly loadImages?: boolean;
}

/** Adds the flags of commands that give images to manifests that others have built. */
export function addGivenImageFlags(command: Command): Command {
  return command
    .option('-a, --build-artifacts <file>', 'the images of `build --file-output`; build nothing', parsePath)
    .option('-i, --images <image>', 'NAME=REFERENCE or REFERENCE; build nothing; repeatable', collectImages);
}

/** Adds the flags of everything that makes manifests. */
export function addManifestFlags(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'the namespace of objects that name none', parseNamespace)
    .option('-l, --label <name=value>', 'a label of workloads, their pods and Services; repeatable', collectLabels)
    .option('--allow-empty', 'accept sources that make no objects')
    .addOption(new Option('--enable-platform-node-affinity').hideHelp())
    .option('--no-enable-platform-node-affinity', 'let pods run on nodes of other platforms than those asked for');
}

/** Adds the flag that chooses where to deploy. @param meaning what the command does there */
export function addPlaceOfDeploy(command: Command, meaning = 'where to deploy'): Command {
  return command.option(
    '--on <runtime>',
    `${meaning}: ${deployPlaceList} (default: SLIPWAY_ON, else as the file says)`,
    parsePlaceOfDeploy,
  );
}

/** Adds the flags of everything that waits for deployed objects. */
export function addDeployFlags(command: Command): Command {
  return addManifestFlags(command)
    .option('--status-check', 'wait until deployed objects are ready (default: as the configuration says)')
    .option('--no-status-check', 'do not wait')
    .addOption(new Option('--iterative-status-check').hideHelp())
    .option('--no-iterative-status-check', 'wait once after all deployers, not after each')
    .option('--tolerate-failures-until-deadline', 'wait until the deadline, even if an object cannot become ready')
    .addOption(new Option('--no-tolerate-failures-until-deadline').hideHelp())
    .option('--force', 'take over fields of other programs, and create objects again that cannot be changed');
}

/** Adds the flags of commands that go on after the deploy. */
export function addFollowFlags(command: Command): Command {
  return command
    .option('--tail', 'show the output of what was deployed, until Ctrl-C')
    .addOption(new Option('--no-tail').hideHelp())
    .option(
      '--port-forward [classes]',
      `open ports of what was deployed on this machine, until Ctrl-C: ${portForwardWords.join(', ')} (default without a value: user,services)`,
      (text) => parsePortForward(text, '--port-forward'),
    );
}

/** Adds the flags of commands that deploy images which may be on this machine only. */
export function addLoadFlags(command: Command): Command {
  return command
    .option('--load-images', 'load the images into a cluster of kind, k3d or minikube; do not push them')
    .option('--no-load-images', 'do not load images (default: those that are built, if they are not pushed)');
}

/** What commands decide. */
export type Decided = Pick<DeployRequest, 'action' | 'build'> &
  Partial<Pick<DeployRequest, 'output' | 'format' | 'manifests' | 'cleanup'>>;

/** Returns the run that the flags ask for: a build and its deploy. `--on` is where to deploy. */
export async function deployRun(
  invocation: Invocation,
  flags: DeployFlags,
  run: StartRequest & { readonly build: BuildRequest },
  { variable }: Pick<SkaffoldRequest, 'variable'>,
  decided: Decided,
): Promise<StartRequest & { readonly build: BuildRequest }> {
  const { on, ...build } = run.build;
  const file = flags.buildArtifacts ?? variable('BUILD_ARTIFACTS');
  const built = file === undefined ? [] : await readBuildArtifacts(invocation.path(file));
  const namespace = flags.namespace ?? checked(checkNamespace, 'SKAFFOLD_NAMESPACE', variable('NAMESPACE'));
  if (on && decided.action !== 'render') checkPlaceOfDeploy(on, flags.on ? '--on' : 'SLIPWAY_ON');
  const statusCheck = flags.statusCheck ?? truthOf('SKAFFOLD_STATUS_CHECK', variable('STATUS_CHECK'));
  const digestSource = flags.digestSource ?? digestSourceOf(variable('DIGEST_SOURCE'));
  const loadImages = flags.loadImages ?? truthOf('SKAFFOLD_LOAD_IMAGES', variable('LOAD_IMAGES'));
  if (loadImages === true && build.push === true)
    throw new UsageError('--load-images and --push: images that are pushed are pulled by the cluster; leave one out');
  const tolerate =
    flags.tolerateFailuresUntilDeadline ??
    truthOf('SKAFFOLD_TOLERATE_FAILURES_UNTIL_DEADLINE', variable('TOLERATE_FAILURES_UNTIL_DEADLINE'));
  const tail = flags.tail ?? truthOf('SKAFFOLD_TAIL', variable('TAIL'));
  const portForward = flags.portForward ?? portForwardOf(variable('PORT_FORWARD'));
  const parameters = await parametersOf(invocation, flags, variable);
  const selector = flags.resourceSelectorRulesFile ?? variable('RESOURCE_SELECTOR_RULES_FILE');
  const selectedFields = selector === undefined ? undefined : await readSelectedFields(invocation.path(selector));
  const deploy: DeployRequest = {
    ...decided,
    images: [...built, ...(flags.images ?? imagesIn(variable('IMAGES') ?? ''))],
    labels: flags.label ?? labelsIn(variable('LABEL') ?? '', 'SKAFFOLD_LABEL'),
    iterativeStatusCheck: flags.iterativeStatusCheck !== false,
    force: flags.force === true,
    allowEmpty: flags.allowEmpty === true,
    nodeAffinity:
      flags.enablePlatformNodeAffinity ??
      truthOf('SKAFFOLD_ENABLE_PLATFORM_NODE_AFFINITY', variable('ENABLE_PLATFORM_NODE_AFFINITY')) ??
      true,
    ...(on && { on }),
    ...(namespace !== undefined && { namespace }),
    ...(statusCheck !== undefined && { statusCheck }),
    ...(tolerate !== undefined && { tolerateFailures: tolerate }),
    ...(digestSource !== undefined && { digestSource }),
    ...(selectedFields && { selectedFields }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(tail !== undefined && { tail }),
    ...(portForward !== undefined && { portForward }),
    ...(loadImages !== undefined && { loadImages }),
  };
  return { ...run, on: ['docker'], build: { ...build, deploy } };
}

function portForwardOf(text: string | undefined): readonly PortForwardClass[] | undefined {
  return text === undefined || text === '' ? undefined : parsePortForward(text, 'SKAFFOLD_PORT_FORWARD');
}

export const digestSources: readonly DigestSource[] = ['local', 'remote', 'tag', 'none'];

function digestSourceOf(text: string | undefined): DigestSource | undefined {
  const found = digestSources.find((source) => source === text);
  if (text !== undefined && found === undefined)
    throw new UsageError(`SKAFFOLD_DIGEST_SOURCE=${text}: the value must be ${digestSources.join(', ')}`);
  return found;
}
