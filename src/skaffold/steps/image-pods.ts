import type { Renderer } from '../../deploy/deployer.ts';
import type { Manifest } from '../../deploy/kubernetes-object.ts';
import { succeeded } from '../../model/outcome.ts';
import { splitImageName } from '../../util/image-grammar.ts';

/** Makes a pod of each image, which runs the image's own command (`deploy.docker.images`). */
export function imagePods(images: readonly string[]): Renderer {
  const source = 'deploy.docker.images';
  const manifests = images.map((image): Manifest => {
    const name = podName(image);
    const spec = { restartPolicy: 'Never', containers: [{ name, image }] };
    return { source, object: { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec } };
  });
  return { source, render: async () => await Promise.resolve(succeeded(manifests)) };
}

/** Returns the last part of an image's name as a DNS label. */
export function podName(image: string): string {
  const last = splitImageName(image).name.split('/').at(-1) ?? image;
  const label = last.toLowerCase().replace(/[^a-z\d-]+/g, '-');
  return label.slice(0, 63).replace(/^-+|-+$/g, '') || 'app';
}
