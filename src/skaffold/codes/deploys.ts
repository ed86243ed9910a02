import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** Renders and deploys. */
export const deployCodes = {
  S090: code({
    severity: 'error',
    title: 'Deploy to another context than the current one',
    explanation:
      'A file of the repository cannot choose the cluster. A deploy goes to the current context of your kubeconfig, so ' +
      '`deploy.kubeContext` may only say the same. `--kube-context` and `--on kubernetes:NAME` choose another cluster, whatever the file says.',
    message: (p: { configured: string; current: string | undefined }) =>
      `\`deploy.kubeContext\` is ${quoted(p.configured)}, but ${p.current === undefined ? 'there is no current context' : `the current context is ${quoted(p.current)}`}`,
    help: (p) =>
      `to deploy there, add --kube-context ${p.configured}${p.current === undefined ? '' : `; to deploy to the current one, add --kube-context ${p.current}`}`,
  }),
  S091: code({
    severity: 'error',
    title: 'Nothing to deploy',
    explanation:
      'A deploy needs manifests: `manifests.rawYaml`, `manifests.kustomize` or `manifests.helm`. Without a `manifests` section ' +
      'there is nothing to render.',
    message: () => 'the configuration has no manifests',
    help: () => 'add `manifests: {rawYaml: [k8s/*.yaml]}`, or write a configuration with `slipway init`',
  }),
  S092: code({
    severity: 'error',
    title: 'Image of an artifact is not known',
    explanation:
      '`slipway deploy` deploys images that exist, and builds none. It needs the image of each artifact: from ' +
      '`build --file-output`, by name, or by one tag for all. A reference without a name is for the artifact whose `image` is the reference without its tag and digest. `slipway run` builds and deploys.',
    message: (p: { images: readonly string[]; others: readonly string[] }) =>
      `no image is given for ${p.images.length === 1 ? 'artifact' : 'artifacts'} ${p.images.map(quoted).join(', ')}` +
      (p.others.length === 0 ? '' : `; no artifact has the name ${p.others.map(quoted).join(' or ')}, which is given`),
    help: () =>
      'add --build-artifacts FILE, --images NAME=REFERENCE or --tag TAG; or build and deploy with `slipway run`',
  }),
  S093: code({
    severity: 'error',
    title: 'Part that Slipway cannot deploy',
    explanation:
      'Slipway reads, checks and shows services of Google, `kpt` and Compose, but never uses them. A deploy without them would ' +
      'lack objects, so it is refused. A profile can replace the part.',
    message: (p: { field: string; instead: string }) => `${quoted(p.field)} cannot be deployed`,
    help: (p) => `use ${p.instead} instead`,
  }),
  S094: code({
    severity: 'error',
    title: 'Hook that runs nowhere',
    explanation:
      'A hook of a deploy has `host`, a command of this machine, or `container`, a command in deployed containers. A hook of ' +
      '`manifests` has `host`. Without them it does nothing.',
    message: (p: { places: readonly string[] }) => `the hook has no ${p.places.map(quoted).join(' and no ')}`,
    help: () => 'write `host: {command: [PROGRAM, ARGUMENT]}`, or remove the hook',
  }),
  S095: code({
    severity: 'warning',
    title: 'Field of deploys without effect',
    explanation: 'The deploy does without this field. The objects are the same.',
    message: (p: { field: string; why: string }) => `${quoted(p.field)} has no effect: ${p.why}`,
    help: () => 'it may stay in the file',
  }),
  S096: code({
    severity: 'error',
    title: 'Unknown kube context',
    explanation:
      '`--kube-context` names a context of your kubeconfig: of the files in `KUBECONFIG`, else of `~/.kube/config`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `the kubeconfig has no context ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) =>
      p.known.length === 0 ? 'the kubeconfig is missing or has no contexts' : `contexts: ${oneOf(p.known)}`,
  }),
  S097: code({
    severity: 'error',
    title: 'Cluster that no images can be loaded into',
    explanation:
      '`--load-images` copies images to the nodes of a cluster of this machine, by the program that made it: kind, k3d or minikube. ' +
      'The name of the kube context tells which one it is: `kind-NAME`, `k3d-NAME`, `minikube`.',
    message: (p: { context: string | undefined }) =>
      p.context === undefined
        ? 'the deploy does not go to a cluster of the kubeconfig'
        : `the context ${quoted(p.context)} is not one of kind, k3d or minikube`,
    help: () => 'push the images with --push, or add --kube-context kind-NAME',
  }),
  S100: code({
    severity: 'warning',
    title: 'Port that cannot be forwarded from this place',
    explanation:
      'An entry of `portForward` names something that the place of the deploy does not have. The other ports are forwarded.',
    message: (p: { port: string; why: string; help: string }) => `${p.port} is not forwarded: ${p.why}`,
    help: (p) => p.help,
  }),
};
