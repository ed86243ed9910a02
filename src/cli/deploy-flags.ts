/** The flags of commands that render and deploy a `skaffold.yaml`. Names and meanings are Skaffold's (docs/skaffold.md). */
import { Option, type Command } from 'commander';
import type { BuildRequest } from '../engine/build-request.ts';
import type { GivenImage } from '../model/given-image.ts';
import type { DeployRequest, DigestSource } from '../engine/deploy-request.ts';
import type { StartRequest } from '../runs/run-service.ts';
import { truthOf, type BuildFlags } from './build-flags.ts';
import { collectImages, imagesIn, readBuildArtifacts } from './given-images.ts';
import type { Invocation } from './invocation.ts';
import { collect, notEmpty, parsePath } from './run-flags.ts';
import type { SkaffoldRequest } from './skaffold-flags.ts';
import { parsePortForward, portForwardWords } from './port-forward-flag.ts';
import type { PortForwardClass } from '../model/port-forward-class.ts';
import { UsageError } from './usage-error.ts';

export interface ManifestFlags extends BuildFlags {
  readonly buildArtifacts?: string;
  readonly images?: readonly GivenImage[];
  readonly namespace?: string;
  readonly label?: readonly string[];
  readonly allowEmpty?: boolean;
  readonly digestSource?: DigestSource;
}

export interface DeployFlags extends ManifestFlags {
  readonly statusCheck?: boolean;
  readonly iterativeStatusCheck?: boolean;
  readonly tolerateFailuresUntilDeadline?: boolean;
  readonly force?: boolean;
  readonly tail?: boolean;
  readonly portForward?: readonly PortForwardClass[];
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
    .option('-n, --namespace <name>', 'the namespace of objects that name none', notEmpty('--namespace'))
    .option('-l, --label <name=value>', 'a label that every object gets; repeatable', collect)
    .option('--allow-empty', 'accept sources that make no objects');
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

/** What commands decide. */
export type Decided = Pick<DeployRequest, 'action' | 'build'> &
  Partial<Pick<DeployRequest, 'output' | 'format' | 'manifests'>>;

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
  const namespace = flags.namespace ?? variable('NAMESPACE');
  const statusCheck = flags.statusCheck ?? truthOf('SKAFFOLD_STATUS_CHECK', variable('STATUS_CHECK'));
  const digestSource = flags.digestSource ?? digestSourceOf(variable('DIGEST_SOURCE'));
  const tolerate =
    flags.tolerateFailuresUntilDeadline ??
    truthOf('SKAFFOLD_TOLERATE_FAILURES_UNTIL_DEADLINE', variable('TOLERATE_FAILURES_UNTIL_DEADLINE'));
  const tail = flags.tail ?? truthOf('SKAFFOLD_TAIL', variable('TAIL'));
  const portForward = flags.portForward ?? portForwardOf(variable('PORT_FORWARD'));
  const deploy: DeployRequest = {
    ...decided,
    images: [...built, ...(flags.images ?? imagesIn(variable('IMAGES') ?? ''))],
    labels: labelsOf(flags.label ?? variable('LABEL')?.split(',') ?? []),
    iterativeStatusCheck: flags.iterativeStatusCheck !== false,
    force: flags.force === true,
    allowEmpty: flags.allowEmpty === true,
    ...(on && { on }),
    ...(namespace !== undefined && { namespace }),
    ...(statusCheck !== undefined && { statusCheck }),
    ...(tolerate !== undefined && { tolerateFailures: tolerate }),
    ...(digestSource !== undefined && { digestSource }),
    ...(tail !== undefined && { tail }),
    ...(portForward !== undefined && { portForward }),
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

/** Parses labels: `NAME=VALUE`. A name alone has an empty value. */
export function labelsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      const [name, value] = equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
      // Names and values of labels (kubernetes.io, "Labels and Selectors").
      if (!/^(?:[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?\/)?[A-Za-z\d](?:[\w.-]{0,61}[A-Za-z\d])?$/.test(name))
        throw new UsageError(`--label ${text}: ${JSON.stringify(name)} cannot be the name of a label`);
      if (!/^(?:[A-Za-z\d](?:[\w.-]{0,61}[A-Za-z\d])?)?$/.test(value))
        throw new UsageError(`--label ${text}: ${JSON.stringify(value)} cannot be the value of a label`);
      return [name, value];
    }),
  );
}
