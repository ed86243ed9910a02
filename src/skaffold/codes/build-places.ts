import { code } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Where images are built, and for which platforms. */
export const buildPlaceCodes = {
  S053: code({
    severity: 'error',
    title: 'Builder cannot build in a cluster',
    explanation:
      '`build.cluster` builds Dockerfiles in pods. `custom`, `ko` and `jib` run on this machine and push. `bazel` and `buildpacks` need a container engine.',
    message: (p: { image: string; builder: string }) =>
      `${quoted(p.image)} needs a container engine for ${quoted(p.builder)}, but its configuration builds in a cluster`,
    help: () => 'build it with --on docker, or move the artifact to a module without `build.cluster`',
  }),
  S054: code({
    severity: 'warning',
    title: 'Only one of several platforms is built',
    explanation:
      'A registry keeps an image of several platforms; an engine keeps one for each name. So an image that is not pushed is built for one ' +
      'platform: that of this machine if it is in the list, else the first.',
    message: (p: { image: string; built: string; wanted: readonly string[] }) =>
      `${quoted(p.image)} is built for ${p.built} only, not for ${p.wanted.filter((one) => one !== p.built).join(' and ')}, because it is not pushed`,
    help: () => 'push it with --push, or choose one platform with --platform',
  }),
  S055: code({
    severity: 'error',
    title: 'Build in a cluster without a push',
    explanation: 'A pod keeps no images, so an image that is built in a cluster is always pushed.',
    message: (p: { images: readonly string[] }) =>
      `--no-push does not fit: ${p.images.map(quoted).join(', ')} would be built in a cluster, which keeps no images`,
    help: () => 'push the images, or build them here with --on docker',
  }),
  S056: code({
    severity: 'error',
    title: 'Image of a build in a cluster has no registry',
    explanation:
      'A pod keeps no images. It pushes the image, so the name of the image needs a registry that the pod reaches.',
    message: (p: { image: string; reference: string }) =>
      `${quoted(p.image)} is built in a cluster, but ${quoted(p.reference)} names no registry`,
    help: () => 'pass --default-repo, or write the registry into the name of the image',
  }),
  S057: code({
    severity: 'error',
    title: 'Modules build in several namespaces',
    explanation: 'All pods of one build run in one namespace of one cluster.',
    message: (p: { namespaces: readonly string[] }) =>
      `the modules build in the namespaces ${p.namespaces.join(' and ')}`,
    help: () => 'write the same `build.cluster.namespace`, or build the modules one by one with --module',
  }),
};
