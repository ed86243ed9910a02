import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { Report } from '../../diagnostics/problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { LinePrefix } from '../../model/plan.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { FieldRule, FieldRules } from '../../deploy/manifests/field-rules.ts';
import type { HelmSpec } from './helm-spec.ts';
import { readHelm } from './read-helm.ts';
import type { DeployHooks, ManifestSources } from './deploy-spec.ts';
import { millisecondsAt } from './milliseconds-at.ts';
import { readDeployHooks, readRenderHooks } from './read-deploy-hooks.ts';

/** What one configuration deploys. */
export interface ConfigurationDeployment {
  readonly sources: ManifestSources;
  readonly at: Span;
  /** Whether `deploy.docker` is its only deployer. */
  readonly onlyDocker: boolean;
  /** `deploy.kubectl.defaultNamespace`. */
  readonly defaultNamespace?: string;
  /** `deploy.kubectl.hooks`. */
  readonly hooks?: DeployHooks;
  /** `deploy.helm`: releases that Helm itself installs. */
  readonly helm?: HelmSpec;
  readonly helmHooks?: DeployHooks;
  readonly statusCheck: ConfiguredStatusCheck;
  /** `deploy.logs.prefix`. */
  readonly linePrefix: LinePrefix;
  /** `deploy.logs.jsonParse.fields`. */
  readonly lineFields: readonly string[];
}

export interface ConfiguredStatusCheck {
  readonly enabled: boolean;
  readonly deadlineMs?: number;
  readonly tolerateFailures: boolean;
}

export interface DeploymentsRequest {
  /** Expands the Go template of a scalar. Reports what is wrong with it. */
  readonly expand: (node: Located, report: Report) => string | undefined;
  /** `apply`: these files replace the manifests of the configurations. */
  readonly manifests?: readonly string[];
  /** `--set`: every release gets these values last, so they win. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Returns what configurations deploy, in their order. Those without manifests have no entry. Reports every part that cannot be deployed. */
export function readDeployments(
  configurations: readonly Configuration[],
  request: DeploymentsRequest,
  report: Report,
): readonly ConfigurationDeployment[] {
  const deployments = configurations.flatMap((configuration) => {
    reportRefused(configuration, report);
    const sources = sourcesOf(configuration, request, report);
    const deployment = deploymentOf(configuration, sources, request, report);
    return hasSources(sources) || deployment.helm || request.manifests ? [deployment] : [];
  });
  if (request.manifests === undefined) return deployments;
  const last = deployments.at(-1);
  return last ? [{ ...last, sources: { ...withoutSources(last.sources), rawYaml: request.manifests } }] : [];
}

/** Reports whether a configuration has manifests to render. */
export function hasSources({ rawYaml, kustomize, helm, containers }: ManifestSources): boolean {
  return rawYaml.length > 0 || [kustomize, helm, containers].some((source) => source !== undefined);
}

function withoutSources({ name, folder }: ManifestSources): Pick<ManifestSources, 'name' | 'folder'> {
  return { name, folder };
}

function sourcesOf(
  { document, file, ...configuration }: Configuration,
  { expand, parameters }: DeploymentsRequest,
  report: Report,
): ManifestSources {
  const manifests = valueAt(document, 'manifests');
  const kustomize = valueAt(manifests, 'kustomize');
  const hooks = readRenderHooks(manifests, report);
  const helm = withParameters(readHelm(valueAt(manifests, 'helm'), expand, report), parameters);
  const containers = textsAt(document, 'deploy', 'docker', 'images');
  return {
    name: deployName({ file, ...configuration }),
    folder: dirname(file),
    rawYaml: textsAt(manifests, 'rawYaml'),
    ...(kustomize && {
      kustomize: {
        paths: pathsOf(kustomize, dirname(file)),
        buildArgs: textsAt(kustomize, 'buildArgs'),
      },
    }),
    ...(helm && { helm: [helm] }),
    ...(containers.length > 0 && { containers }),
    ...(hooks && { hooks }),
  };
}

function withParameters(
  helm: HelmSpec | undefined,
  parameters: DeploymentsRequest['parameters'] = {},
): HelmSpec | undefined {
  const more = Object.entries(parameters).map(([key, value]) => ({ key, value }));
  if (helm === undefined || more.length === 0) return helm;
  return {
    ...helm,
    releases: helm.releases.map((release) => ({ ...release, values: [...release.values, ...more] })),
  };
}

/** Kustomize works on the folder of the configuration if no path is given (the default of the schema). */
function pathsOf(kustomize: Located, folder: string): readonly string[] {
  const paths = textsAt(kustomize, 'paths');
  return paths.length > 0 ? paths : [folder];
}

function deploymentOf(
  { document }: Configuration,
  sources: ManifestSources,
  request: DeploymentsRequest,
  report: Report,
): ConfigurationDeployment {
  const { expand, parameters } = request;
  const deploy = valueAt(document, 'deploy');
  const kubectl = valueAt(deploy, 'kubectl');
  const namespace = valueAt(kubectl, 'defaultNamespace');
  const defaultNamespace = namespace && expand(namespace, report);
  const deadlineMs = millisecondsAt(deploy, 'statusCheckDeadlineSeconds');
  const hooks = readDeployHooks(kubectl, report);
  const helm = request.manifests
    ? undefined
    : withParameters(readHelm(valueAt(deploy, 'helm'), expand, report), parameters);
  const helmHooks = readDeployHooks(valueAt(deploy, 'helm'), report);
  const entry = entryOf(document, 'manifests') ?? entryOf(document, 'deploy');
  return {
    sources: { ...sources, ...(defaultNamespace && { namespace: defaultNamespace }) },
    at: entry?.keyAt ?? document.at,
    onlyDocker: entryOf(deploy, 'docker') !== undefined && kubectl === undefined,
    ...(defaultNamespace && { defaultNamespace }),
    ...(hooks && { hooks }),
    ...(helm && { helm }),
    ...(helmHooks && { helmHooks }),
    linePrefix: linePrefixes.find((prefix) => prefix === textAt(deploy, 'logs', 'prefix')) ?? 'container',
    lineFields: textsAt(deploy, 'logs', 'jsonParse', 'fields'),
    statusCheck: {
      enabled: textAt(deploy, 'statusCheck') !== 'false',
      ...(deadlineMs !== undefined && { deadlineMs }),
      tolerateFailures: textAt(deploy, 'tolerateFailuresUntilDeadline') === 'true',
    },
  };
}

const linePrefixes: readonly LinePrefix[] = ['container', 'podAndContainer', 'auto', 'none'];

/** Parts whose objects would be missing in the cluster. */
const refused = [
  [['manifests', 'kpt'], '`manifests.kustomize` or `manifests.rawYaml`'],
  [['manifests', 'transform'], '`manifests.kustomize`'],
  [['manifests', 'validate'], 'a tool that checks the output of `slipway render`'],
  [['deploy', 'kpt'], '`deploy.kubectl`'],
  [['deploy', 'cloudrun'], '`deploy.kubectl`'],
  [['manifests', 'remoteManifests'], 'a copy of the manifests, or a URL in `manifests.rawYaml`,'],
] as const;

/** Parts that other programs need, and Slipway does not. */
const ignored = [
  [['deploy', 'kubectl', 'flags'], 'Slipway applies objects itself, without `kubectl`'],
  [['deploy', 'helm', 'concurrency'], 'releases are deployed one after the other'],
  [['manifests', 'output'], '`slipway render --output FILE` writes the manifests'],
] as const;

function reportRefused({ document }: Configuration, report: Report): void {
  for (const [[section, name], instead] of refused) {
    const entry = entryOf(valueAt(document, section), name);
    if (entry) report(problem('S093', entry.keyAt, { field: `${section}.${name}`, instead }));
  }
  for (const [path, why] of ignored) {
    const [key = '', ...rest] = [...path].reverse();
    const entry = entryOf(valueAt(document, ...rest.reverse()), key);
    // The defaults are in the document, too.
    const isDefault = entry?.value.kind === 'scalar' && entry.value.text === '1';
    if (entry && !isDefault) report(problem('S095', entry.keyAt, { field: path.join('.'), why }));
  }
  for (const hook of itemsOf(valueAt(document, 'manifests', 'hooks', 'after'))) {
    const entry = entryOf(valueAt(hook, 'host'), 'withChange');
    if (entry && textAt(entry.value) === 'true')
      report(problem('S093', entry.keyAt, { field: 'withChange', instead: '`manifests.kustomize`' }));
  }
  const remote = entryOf(valueAt(document, 'deploy', 'kubectl'), 'remoteManifests');
  if (remote) report(problem('S093', remote.keyAt, { field: 'remoteManifests', instead: 'a copy of the manifests' }));
  const compose = valueAt(document, 'deploy', 'docker', 'useCompose');
  if (compose && textAt(compose) === 'true')
    report(
      problem('S093', compose.at, {
        field: 'deploy.docker.useCompose',
        instead: '`deploy --on docker` with manifests',
      }),
    );
}

/**
 * Returns what a configuration calls its deploys. With `metadata.name` the name alone, so that every checkout of the repository
 * deploys to the same set. Without a name it is bound to the folder, so that two projects never remove objects of each other.
 */
export function deployName({ name, file, index }: Pick<Configuration, 'name' | 'file' | 'index'>): string {
  if (name !== undefined) return name;
  const digest = createHash('sha256').update(`${file}\n${index}`).digest('hex').slice(0, 8);
  return `${basename(dirname(file))}-${digest}`;
}

/**
 * Returns `resourceSelector` of all configurations, and the rules of the command line. Those replace what the configurations say of a
 * kind, as in Skaffold.
 */
export function selectorRules(
  configurations: readonly Configuration[],
  { allow: allowed = [], deny: denied = [] }: Partial<FieldRules> = {},
): FieldRules {
  const listed = (list: keyof FieldRules): readonly FieldRule[] =>
    configurations.flatMap(({ document }) =>
      itemsOf(valueAt(document, 'resourceSelector', list)).map((node) => ({
        groupKind: textAt(node, 'groupKind') ?? '',
        image: textsAt(node, 'image'),
        labels: textsAt(node, 'labels'),
        podSpec: textsAt(node, 'podSpec'),
      })),
    );
  const replaced = new Set([...allowed, ...denied].map(({ groupKind }) => groupKind));
  const kept = (list: keyof FieldRules) => listed(list).filter(({ groupKind }) => !replaced.has(groupKind));
  return { allow: [...kept('allow'), ...allowed], deny: [...kept('deny'), ...denied] };
}
