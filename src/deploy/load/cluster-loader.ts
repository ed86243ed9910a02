/** How images of an engine get into a cluster of this machine without a registry. */

/** A program that copies images of the engine to the nodes of its clusters. */
export type LoadTool = 'kind' | 'k3d' | 'minikube';

/** A cluster that a program made on this machine. */
export interface ClusterLoader {
  readonly tool: LoadTool;
  /** As the program names it. */
  readonly cluster: string;
}

/**
 * Returns the cluster that the name of a kube context stands for. The programs name their contexts so.
 * @returns `undefined` for a cluster that no such program made, and for one that shares the images of the engine
 */
export function loaderOf(context: string): ClusterLoader | undefined {
  if (context === 'minikube') return { tool: 'minikube', cluster: context };
  const [, tool, cluster] = /^(kind|k3d)-(.+)$/.exec(context) ?? [];
  return cluster === undefined ? undefined : { tool: tool as 'kind' | 'k3d', cluster };
}

/**
 * Returns the commands that load images, one after the other. None without images. kind and k3d take all at once, so that layers
 * that images share are copied once. kind compares the ids of the images with those of its nodes and skips what they have. The
 * others cannot tell that cheaply: their lists have names only, and a name may have got another image.
 */
export function loadCommands(
  { tool, cluster }: ClusterLoader,
  references: readonly string[],
): readonly (readonly [program: string, ...args: string[]])[] {
  if (references.length === 0) return [];
  switch (tool) {
    case 'kind':
      return [['kind', 'load', 'docker-image', ...references, '--name', cluster]];
    case 'k3d':
      return [['k3d', 'image', 'import', ...references, '--cluster', cluster]];
    case 'minikube':
      // Without --daemon, minikube may take an image of the same name from a registry.
      return references.map((reference) => [
        ...(['minikube', 'image', 'load', reference, '--daemon=true', '--profile', cluster] as const),
      ]);
  }
}

/** Where each program is found, for people who lack it. */
export const loadToolPages: Readonly<Record<LoadTool, string>> = {
  kind: 'see https://kind.sigs.k8s.io, or push the images with --push',
  k3d: 'see https://k3d.io, or push the images with --push',
  minikube: 'see https://minikube.sigs.k8s.io, or push the images with --push',
};
