import type { HelmFlags, HelmRelease, HelmValue } from '../../deploy/helm/helm-release.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { entriesOfMap, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import { plainValue, type Located } from '../../diagnostics/yaml/located.ts';
import type { HelmReleaseSpec, HelmSpec } from './helm-spec.ts';

/** Expands the Go template of a scalar. Reports what is wrong with it. */
type Expand = (node: Located, report: Report) => string | undefined;

/**
 * Reads a `helm` section, of `manifests` or of `deploy`. Templates of names, namespaces, versions and files are expanded. Those of
 * values stay, because they use images.
 * @returns `undefined` if it has no releases
 */
export function readHelm(section: Located | undefined, expand: Expand, report: Report): HelmSpec | undefined {
  const releases = itemsOf(valueAt(section, 'releases')).map((node) => readRelease(node, expand, report));
  if (releases.length === 0) return undefined;
  const flags = valueAt(section, 'flags');
  const flag = (name: keyof HelmFlags) => {
    const list = textsAt(flags, name);
    return list.length > 0 && { [name]: list };
  };
  return {
    releases,
    flags: { ...flag('global'), ...flag('install'), ...flag('upgrade'), ...flag('depBuild'), ...flag('template') },
  };
}

function readRelease(node: Located, expand: Expand, report: Report): HelmReleaseSpec {
  const text = (key: string): string | undefined => {
    const value = valueAt(node, key);
    return (value && expand(value, report)) || undefined;
  };
  const [version, namespace, repo, remote] = [text('version'), text('namespace'), text('repo'), text('remoteChart')];
  const overrides = valueAt(node, 'overrides');
  const packaged = valueAt(node, 'packaged');
  const dependsOn = textsAt(node, 'dependsOn');
  const truth = (key: keyof HelmRelease) => {
    const written = textAt(node, key);
    return (written === 'true' || written === 'false') && { [key]: written === 'true' };
  };
  return {
    name: text('name') ?? '',
    chart: remote === undefined ? { path: text('chartPath') ?? '' } : { remote, ...(repo !== undefined && { repo }) },
    ...(version !== undefined && { version }),
    ...(namespace !== undefined && { namespace }),
    valuesFiles: itemsOf(valueAt(node, 'valuesFiles')).flatMap((file) => expand(file, report) ?? []),
    values: [
      ...flatValues(valueAt(node, 'setValues')),
      ...flatValues(valueAt(node, 'setValueTemplates')).map((value) => ({ ...value, template: true as const })),
    ],
    fileValues: entriesOfMap(valueAt(node, 'setFiles')).flatMap(({ key, value }) => {
      const path = expand(value, report);
      return path === undefined ? [] : [{ key, value: path }];
    }),
    ...(overrides && { overrides: plainValue(overrides) as Readonly<Record<string, unknown>> }),
    ...(packaged && { packaged: versionsOf(packaged, expand, report) }),
    ...(dependsOn.length > 0 && { dependsOn }),
    ...{ ...truth('createNamespace'), ...truth('wait'), ...truth('recreatePods'), ...truth('skipBuildDependencies') },
    ...{ ...truth('skipTests'), ...truth('useHelmSecrets'), ...truth('upgradeOnChange') },
  };
}

function versionsOf(packaged: Located, expand: Expand, report: Report): NonNullable<HelmRelease['packaged']> {
  const text = (key: string) => {
    const node = valueAt(packaged, key);
    return node && expand(node, report);
  };
  const [version, appVersion] = [text('version'), text('appVersion')];
  return { ...(version !== undefined && { version }), ...(appVersion !== undefined && { appVersion }) };
}

/** Returns the leaves of nested values with their paths, as Skaffold flattens them: `image.tag`, `ports[0]`. */
export function flatValues(node: Located | undefined, path = ''): readonly HelmValue[] {
  if (node === undefined) return [];
  if (node.kind === 'map')
    return entriesOfMap(node).flatMap(({ key, value }) => flatValues(value, path === '' ? key : `${path}.${key}`));
  if (node.kind === 'list') return itemsOf(node).flatMap((item, i) => flatValues(item, `${path}[${i}]`));
  return [{ key: path, value: node.kind === 'scalar' ? node.text : '' }];
}
