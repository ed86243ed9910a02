import { posix } from 'node:path';
import type { PlannedArtifact } from '../../engine/project-initializer.ts';
import { imageWord } from './builder-names.ts';

export interface GeneratedManifest {
  /** The documents of the file. */
  readonly objects: readonly object[];
  /** Relative to the project. */
  readonly path: string;
}

/**
 * Returns a Deployment for an image, and a Service if its ports are known. They stand in the folder of the builder's file.
 * @param isTaken reports whether a path has a file already
 */
export function generatedManifest(
  { image, builder }: PlannedArtifact,
  isTaken: (path: string) => boolean,
): GeneratedManifest {
  const name = objectName(image);
  const folder = posix.dirname(builder.path);
  const paths = ['deployment.yaml', `deployment-${name}.yaml`].map((file) => posix.join(folder, file));
  const numbered = Array.from({ length: 100 }, (_, i) => posix.join(folder, `deployment-${name}-${i + 2}.yaml`));
  const path = [...paths, ...numbered].find((one) => !isTaken(one)) ?? '';
  const labels = { app: name };
  const ports = builder.ports.map((containerPort) => ({ containerPort }));
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels } },
    spec: {
      ...{ replicas: 1, selector: { matchLabels: labels } },
      template: {
        metadata: { labels },
        spec: { containers: [{ name, image, ...(ports.length > 0 && { ports }) }] },
      },
    },
  };
  const service = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, labels } },
    // Ports need names if there are several.
    spec: {
      selector: labels,
      ports: builder.ports.map((port) => ({ ...(builder.ports.length > 1 && { name: `port-${port}` }), port })),
    },
  };
  return { path, objects: [...(ports.length > 0 ? [service] : []), deployment] };
}

/** Returns the last part of an image's name as a DNS label that also a Service may have (RFC 1035). */
function objectName(image: string): string {
  const word = imageWord(posix.basename(image));
  return (/^[a-z]/.test(word) ? word : `app-${word}`).slice(0, 63).replace(/-+$/, '');
}
