/** The flags of commands that read a `skaffold.yaml`. Names and meanings are Skaffold's (docs/skaffold.md). */
import { Option, type Command } from 'commander';
import type { ConfigurationReader, ConfigurationRequest } from '../engine/configuration-reader.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { parseBoolean } from './boolean-flag-values.ts';
import { namedConfiguration } from './named-configuration.ts';
import type { Invocation } from './invocation.ts';
import { parsePath } from './run-flags.ts';
import { collectWords, wordsIn } from './skaffold-values.ts';
import { allChecked, UsageError } from './usage-error.ts';

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
    .option(
      '-f, --filename <path>',
      'the skaffold.yaml, its folder, a URL, or - for stdin (default: the current folder)',
      parsePath,
    )
    .option('-p, --profile <name>', 'a profile to apply; -NAME switches one off; repeatable', collectWords)
    .option('-m, --module <name>', 'only this configuration and what it requires; repeatable', collectWords)
    .option('--no-profile-auto-activation', 'ignore `activation` of profiles')
    .option('--no-propagate-profiles', 'do not apply --profile to required configurations')
    .option('--kube-context <name>', 'use this kube context; profiles may depend on it')
    .addOption(
      new Option('--sync-remote-cache <when>', 'when to fetch required Git repositories').choices([...fetchPolicies]),
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
  /** Returns the value of `SKAFFOLD_NAME`, which is not empty. */
  readonly variable: (name: string) => string | undefined;
}

/**
 * Returns what the flags ask for. A flag that is not given takes the value of `SKAFFOLD_NAME`, from the environment or from the
 * `skaffold.env` of the current folder. An empty variable is like an absent one.
 * @param name the command that profiles are activated for
 */
export async function skaffoldRequest(
  invocation: Invocation,
  reader: ConfigurationReader,
  command: Command,
  path: string | undefined,
  flags: SkaffoldFlags,
  name: string = command.name(),
): Promise<SkaffoldRequest> {
  const { value: env, diagnostics } = await reader.environment(invocation.directory);
  const variable = (name: string) => env?.[`SKAFFOLD_${name}`] || undefined;
  if (!env) return { diagnostics, variable };
  const isOn = async (option: string, name: string): Promise<boolean> => {
    if (command.getOptionValueSource(option) === 'cli') return command.getOptionValue(option) !== false;
    const written = variable(name);
    return written === undefined || parseBoolean(written, `SKAFFOLD_${name}`);
  };
  const [written, autoActivation, propagateProfiles, fetch] = await allChecked([
    pathOf(path, flags.filename),
    isOn('profileAutoActivation', 'PROFILE_AUTO_ACTIVATION'),
    isOn('propagateProfiles', 'PROPAGATE_PROFILES'),
    policyOf(flags.syncRemoteCache, variable('SYNC_REMOTE_CACHE')),
  ]);
  const kubeContext = (flags.kubeContext ?? variable('KUBE_CONTEXT')) || undefined;
  const repositories = flags.remoteCacheDir ?? variable('REMOTE_CACHE_DIR');
  const named = await namedConfiguration(invocation, reader, written ?? variable('FILENAME'));
  const found = [...diagnostics, ...named.diagnostics];
  if (!named.value) return { diagnostics: found, variable };
  const isFilename = path === undefined && (flags.filename ?? variable('FILENAME')) !== undefined;
  return {
    diagnostics: found,
    variable,
    request: {
      ...named.value,
      ...((isFilename || named.value.text !== undefined) && { base: invocation.directory }),
      command: name,
      profiles: flags.profile ?? wordsIn(variable('PROFILE') ?? ''),
      modules: flags.module ?? wordsIn(variable('MODULE') ?? ''),
      ...{ autoActivation, propagateProfiles, env, fetch, strict: true },
      ...(kubeContext !== undefined && { kubeContext }),
      ...(repositories !== undefined && { repositories: invocation.path(repositories) }),
    },
  };
}

/** Returns the path that the command line has: as an operand, or with `--filename`. */
export async function pathOf(path: string | undefined, filename: string | undefined): Promise<string | undefined> {
  if (path !== undefined && filename !== undefined && path !== filename)
    throw new UsageError('the path is given twice: as an argument and with --filename');
  return path ?? filename;
}

/** @param flag one of the choices of the flag */
async function policyOf(
  flag: string | undefined,
  variable: string | undefined,
): Promise<ConfigurationRequest['fetch']> {
  const written = flag ?? variable ?? 'missing';
  const policy = fetchPolicies.find((one) => one === written);
  if (policy === undefined)
    throw new UsageError(`SKAFFOLD_SYNC_REMOTE_CACHE=${written}: the value must be always, missing or never`);
  return policy;
}
