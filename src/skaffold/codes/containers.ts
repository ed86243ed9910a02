import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** Verifications and custom actions. */
export const containerCodes = {
  S110: code({
    severity: 'error',
    title: 'No verifications',
    explanation:
      '`slipway verify` runs the containers of the `verify` section. Without one, nothing would be verified, and a pipeline ' +
      'would go on as if it had been.',
    message: () => 'the configuration has no `verify` section',
    help: () => 'add `verify: [{name: NAME, container: {name: NAME, image: IMAGE}}]`, or use a profile that has one',
  }),
  S111: code({
    severity: 'error',
    title: 'Unknown custom action',
    explanation:
      '`slipway exec` runs one action of the `customActions` section. Profiles and modules may add actions, so the selected ' +
      'ones count.',
    message: (p: { name: string; known: readonly string[] }) =>
      `there is no custom action ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'the configuration has no `customActions`' : `name ${oneOf(p.known)}`),
  }),
  S112: code({
    severity: 'error',
    title: 'Unusable manifest of a job',
    explanation:
      'The file of `jobManifestPath` has one `Job` of `batch/v1`. Its path is relative to the `skaffold.yaml`, or to the ' +
      'working folder with `--filename`. The job gets the name of the run, and its first container becomes the one of ' +
      'the configuration.',
    message: (p: { path: string; why: string }) => `cannot use the job of ${quoted(p.path)}: ${p.why}`,
  }),
  S113: code({
    severity: 'error',
    title: 'Overrides are not JSON',
    explanation: '`overrides` is a JSON object that is merged into the job, as `kubectl run --overrides` does it.',
    message: () => '`overrides` is not a JSON object',
    help: () => `write it as '{"spec": {"template": {"spec": {"serviceAccountName": "tests"}}}}'`,
  }),
  S114: code({
    severity: 'error',
    title: 'Two verifications of one name',
    explanation: 'Results are reported by the name of the verification, so each name is unique over all modules.',
    message: (p: { name: string }) => `two verifications are called ${quoted(p.name)}`,
    help: () => 'rename one of them',
  }),
  S115: code({
    severity: 'error',
    title: 'Jobs in several namespaces',
    explanation:
      'All jobs of a run are in one namespace, so that nothing is left behind if the run is killed. It is that of ' +
      '`--namespace`, else that of the manifests of jobs, else that of the kube context.',
    message: (p: { namespaces: readonly string[] }) =>
      `the manifests of jobs name several namespaces: ${p.namespaces.map(quoted).join(', ')}`,
    help: () => 'choose one with --namespace NAME, or run them one after the other with profiles',
  }),
  S116: code({
    severity: 'error',
    title: 'Given image runs in no container',
    explanation:
      '`slipway verify --images` and `slipway exec --images` replace the images of artifacts in containers. Without `NAME=`, ' +
      'the name is the reference without its tag.',
    message: (p: { image: string; used: readonly string[] }) =>
      `no container has the given image ${quoted(p.image)}${didYouMean(p.image, p.used)}`,
    help: (p) => `name it as the containers do: --images NAME=REFERENCE, where NAME is ${oneOf(p.used)}`,
  }),
  S117: code({
    severity: 'error',
    title: 'Image of a container is not built',
    explanation:
      'The container runs the image of an artifact. `--build-image` excludes this artifact, and no image is given for it.',
    message: (p: { image: string }) => `\`--build-image\` excludes ${quoted(p.image)}, which a container runs`,
    help: (p) => `remove --build-image, or give its image: --images ${p.image}=REFERENCE`,
  }),
};
