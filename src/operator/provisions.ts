import type { OperatorFile } from './file/operator-file.ts';
import type { ToolName } from '../model/plan.ts';
import type { TarSource } from '../model/tree.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { Provisions } from '../model/provisions.ts';
import type { Clusters } from './clusters/cluster-access.ts';

/** Everything that was found for the steps of a run. */
export interface ProvisionParts {
  readonly images: OperatorFile['images'];
  readonly secrets: RunSecrets['operator'];
  readonly clusters: Clusters;
  readonly certificates: TarSource | undefined;
}

/** Returns what the operator provides to the steps of one run. */
export function provisionsOf({ images, secrets, clusters, certificates }: ProvisionParts): Provisions {
  return {
    secret: (name) => secrets.get(name),
    async cluster(name) {
      const access = await clusters.access(name);
      // An unavailable cluster was reported before the first stage.
      return typeof access === 'string' ? undefined : access;
    },
    certificates,
    image: (tool, version) => toolImage(tool, version, images[tool]),
  };
}

/** The default images: those of the tools' publishers. Tags of `helm` and `nuget` have no `v`. */
const published: Readonly<
  Record<ToolName, { readonly name: string; readonly tag: string; readonly prefix: '' | 'v' }>
> = {
  kubectl: { name: 'registry.k8s.io/kubectl', tag: 'v1.34.1', prefix: 'v' },
  helm: { name: 'docker.io/alpine/helm', tag: '3.19.0', prefix: '' },
  nuget: { name: 'mcr.microsoft.com/dotnet/sdk', tag: '8.0', prefix: '' },
};

/**
 * Returns the image of a tool. An operator's image with a tag or digest is used unchanged. Otherwise the version in the
 * step becomes its tag.
 * @param version without a leading `v`
 */
export function toolImage(tool: ToolName, version: string | undefined, chosen: string | undefined): string {
  const { name, tag, prefix } = published[tool];
  const asked = version === undefined ? undefined : `${prefix}${version}`;
  if (chosen === undefined) return `${name}:${asked ?? tag}`;
  // A port is before the last slash, a tag is after it.
  const complete = chosen.includes('@') || (chosen.split('/').at(-1) ?? '').includes(':');
  return complete || asked === undefined ? chosen : `${chosen}:${asked}`;
}
