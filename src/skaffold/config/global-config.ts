import { readSource } from '../../diagnostics/read-source.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import type { SourceFiles } from '../../util/source-files.ts';

/** What a user has set for all projects, with `skaffold config set`. */
export interface GlobalConfig {
  readonly defaultRepo?: string;
  /** Whether the default repository may have folders in folders. */
  readonly multiLevelRepo?: boolean;
  readonly insecureRegistries: readonly string[];
  /** Whether the cluster of the context is on this machine. */
  readonly localCluster?: boolean;
  /** `kind-disable-load`, `k3d-disable-load`: images of such clusters are pushed, not loaded. */
  readonly loadDisabled?: { readonly kind?: boolean; readonly k3d?: boolean };
}

/**
 * Reads Skaffold's global configuration, `~/.skaffold/config`. Settings of a kube context win over global ones, but insecure
 * registries of both count. A missing file sets nothing.
 * @param path absolute
 */
export async function readGlobalConfig(
  path: string,
  kubeContext: string | undefined,
  files: SourceFiles,
  report: Report,
): Promise<GlobalConfig> {
  if ((await files.kind(path)) !== 'file') return { insecureRegistries: [] };
  const { value: source, diagnostics } = await readSource(path, path, files);
  for (const diagnostic of diagnostics) report(diagnostic);
  const [root] = source ? readYamlDocuments(source, report) : [];
  const context = itemsOf(valueAt(root, 'kubeContexts')).find((one) => textAt(one, 'kube-context') === kubeContext);
  const parts = [context, valueAt(root, 'global')];
  const first = (key: string) =>
    parts.map((part) => textAt(part, key)).find((text) => text !== undefined && text !== '');
  const defaultRepo = first('default-repo');
  const multiLevelRepo = first('multi-level-repo');
  const localCluster = first('local-cluster');
  const [kind, k3d] = [first('kind-disable-load'), first('k3d-disable-load')];
  return {
    insecureRegistries: parts.flatMap((part: Located | undefined) =>
      itemsOf(valueAt(part, 'insecure-registries')).flatMap((item) => textAt(item) ?? []),
    ),
    ...(defaultRepo !== undefined && { defaultRepo }),
    ...(multiLevelRepo !== undefined && { multiLevelRepo: multiLevelRepo === 'true' }),
    ...(localCluster !== undefined && { localCluster: localCluster === 'true' }),
    ...((kind ?? k3d) !== undefined && {
      loadDisabled: {
        ...(kind !== undefined && { kind: kind === 'true' }),
        ...(k3d !== undefined && { k3d: k3d === 'true' }),
      },
    }),
  };
}
