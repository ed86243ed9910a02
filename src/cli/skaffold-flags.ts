/** The flags of commands that read a `skaffold.yaml`. Names and meanings are Skaffold's (docs/skaffold.md). */
import { Option, type Command } from 'commander';
import type { ConfigurationReader, ConfigurationRequest } from '../engine/configuration-reader.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Invocation } from './invocation.ts';
import { collect, parsePath } from './run-flags.ts';
import { UsageError } from './usage-error.ts';

export interface SkaffoldFlags {
  readonly filename?: string;
  readonly profile?: readonly string[];
  readonly module?: readonly string[];
  readonly profileAutoActivation?: boolean;
  readonly propagateProfiles?: boolean;
  readonly kubeContext?: string;
  readonly syncRemoteCache?: string;
  readonly remoteCacheDir?: string;
}

const fetchPolicies = ['always', 'missing', 'never'] as const;

export function addSkaffoldFlags(command: Command): Command {
  command
    .option('-f, --filename <path>', 'the skaffold.yaml, or its folder (default: the current folder)', parsePath)
    .option('-p, --profile <name>', 'a profile to apply; -NAME switches one off; repeatable', collect)
    .option('-m, --module <name>', 'only this configuration and what it requires; repeatable', collect)
    .option('--no-profile-auto-activation', 'ignore `activation` of profiles')
    .option('--no-propagate-profiles', 'do not apply --profile to required configurations')
    .option('--kube-context <name>', 'the kube context that profiles are activated for')
    .addOption(
      new Option('--sync-remote-cache <when>', 'fetch required Git repositories: always, missing, never').choices([
        ...fetchPolicies,
      ]),
    )
    .option('--remote-cache-dir <dir>', 'where required Git repositories are kept', parsePath);
  return command
    .addOption(new Option('--profile-auto-activation').hideHelp())
    .addOption(new Option('--propagate-profiles').hideHelp());
}

export interface SkaffoldRequest {
  /** Absent after a mistake. */
  readonly request?: ConfigurationRequest;
  readonly diagnostics: readonly Diagnostic[];
  /** Returns the value of `SKAFFOLD_NAME`. */
  readonly variable: (name: string) => string | undefined;
}

/**
 * Returns what the flags ask for. A flag that is not given takes the value of `SKAFFOLD_NAME`, from the environment or from the
 * `skaffold.env` of the current folder.
 */
export async function skaffoldRequest(
  invocation: Invocation,
  reader: ConfigurationReader,
  command: Command,
  path: string | undefined,
  flags: SkaffoldFlags,
): Promise<SkaffoldRequest> {
  const { value: env, diagnostics } = await reader.environment(invocation.directory);
  const variable = (name: string) => env?.[`SKAFFOLD_${name}`];
  if (!env) return { diagnostics, variable };
  if (path !== undefined && flags.filename !== undefined && path !== flags.filename)
    throw new UsageError('the path is given twice: as an argument and with --filename');
  const words = (name: string) => variable(name)?.split(',');
  const file = path ?? flags.filename ?? variable('FILENAME');
  const fetch = flags.syncRemoteCache ?? variable('SYNC_REMOTE_CACHE') ?? 'missing';
  const policy = fetchPolicies.find((one) => one === fetch);
  if (policy === undefined)
    throw new UsageError(`SKAFFOLD_SYNC_REMOTE_CACHE=${fetch}: the value must be always, missing or never`);
  const isOn = (flag: boolean | undefined, option: string, name: string) =>
    command.getOptionValueSource(option) === 'cli' ? flag !== false : !/^(?:false|f|0)$/i.test(variable(name) ?? '');
  const kubeContext = flags.kubeContext ?? variable('KUBE_CONTEXT');
  const repositories = flags.remoteCacheDir ?? variable('REMOTE_CACHE_DIR');
  return {
    diagnostics,
    variable,
    request: {
      path: invocation.path(file),
      command: command.name(),
      profiles: flags.profile ?? words('PROFILE') ?? [],
      autoActivation: isOn(flags.profileAutoActivation, 'profileAutoActivation', 'PROFILE_AUTO_ACTIVATION'),
      propagateProfiles: isOn(flags.propagateProfiles, 'propagateProfiles', 'PROPAGATE_PROFILES'),
      modules: flags.module ?? words('MODULE') ?? [],
      ...(kubeContext !== undefined && kubeContext !== '' && { kubeContext }),
      env,
      ...(repositories !== undefined && { repositories: invocation.path(repositories) }),
      fetch: policy,
    },
  };
}
