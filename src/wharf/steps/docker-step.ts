import type { ImageArtifact } from '../../model/artifact.ts';
import { destinationsOf, imageNameOf } from '../specs/image-references.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { DockerStepSpec } from '../specs/specs.ts';
import type { ImageBuild, ImageBuilder, ImagePush } from '../../runtime/image-builder.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { appendsCertificates, certificatesFolder, withCertificates } from './docker/appended-certificates.ts';
import { buildArguments, plainArguments } from './docker/build-arguments.ts';
import { findContext } from './docker/build-context.ts';
import { dockerfileFacts } from './docker/dockerfile.ts';
import { registryLogin } from './docker/registry-login.ts';
import type { RunResources } from '../../steps/run-resources.ts';
import type { Provisions } from '../../model/provisions.ts';
import type { Mask } from '../../secrets/mask.ts';
import type { PlannedStepOf, StepResult, StepRunner, StepWork } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import {
  workloadAnnotations,
  workloadLabels,
  workloadName,
  type RunIdentity,
} from '../../steps/workload/make-workload-spec.ts';
import { warned } from '../../model/warning.ts';

/** What `docker` steps need of their run. */
export interface DockerStepContext {
  readonly identity: RunIdentity;
  readonly mask: Pick<Mask, 'hides'>;
  readonly builds: Runtime;
  readonly resources: Pick<RunResources, 'workspace' | 'starting'>;
  readonly provisions: Provisions;
  readonly pull: ImageBuild['pull'];
}

type DockerStep = PlannedStepOf<DockerStepSpec>;

/** `docker`: builds an image on the engine of the run, and pushes it. */
export function dockerStep(context: DockerStepContext): StepRunner<DockerStepSpec> {
  return {
    // A cancelled build needs no cleanup: it stopped with the connection of the process that started it.
    run: async (step, work) =>
      await untilStopped(work, async (using) => {
        const { images } = context.builds;
        if (images === undefined)
          return { outcome: failed({ code: 'unsupported', detail: noBuilder(context.builds) }), artifacts: [] };
        return await buildAndPush(context, images, step, using);
      }),
  };
}

function noBuilder({ withoutImages }: Runtime): string {
  if (withoutImages === undefined) return 'this runtime cannot build images: use --on docker';
  return `${withoutImages.because}: ${withoutImages.advice}`;
}

async function buildAndPush(
  context: DockerStepContext,
  images: ImageBuilder,
  step: DockerStep,
  work: StepWork,
): Promise<StepResult> {
  const login = registryLogin(step.spec, context.provisions);
  if (login.status !== 'succeeded') return { outcome: login, artifacts: [] };
  const build = await prepareBuild(context, step, login.value, work);
  if (build.status !== 'succeeded') return { outcome: build, artifacts: [] };
  // In a cluster, each build has its own pod.
  const pod = context.builds.kind === 'kubernetes' ? build.value.workload : undefined;
  using _ = pod && context.resources.starting(context.builds.kind, pod);
  const built = await images.build(build.value, work);
  if (built.status !== 'succeeded') return { outcome: built, artifacts: [] };
  const { id } = built.value;
  const { references, pushes = [] } = build.value;
  work.output.observe({ type: 'image.built', id });
  const pushed: ImageArtifact['pushed'][number][] = [];
  let outcome: Outcome = succeeded(undefined);
  for (const push of pushes) {
    // Push in sequence. The first push uploads the layers, and the others only add a name.
    const result = await images.push(push, work);
    if (result.status !== 'succeeded') {
      outcome = result;
      break;
    }
    pushed.push({ reference: push.reference, digest: result.value.digest });
  }
  // Keep the artifact even if a push failed: the image exists, and some registries may have it.
  const name = imageNameOf(step.spec, step.name);
  return { outcome, artifacts: [{ kind: 'image', name, id, references, pushed }] };
}

async function prepareBuild(
  { identity, mask, resources, provisions, pull }: DockerStepContext,
  step: DockerStep,
  login: ImageBuild['login'],
  work: StepWork,
): Promise<Outcome<ImageBuild>> {
  const { spec } = step;
  const keys = secretKeys(spec, provisions);
  if (keys.status !== 'succeeded') return keys;
  const found = await findContext([resources.workspace(step)], spec, work.signal);
  if (found.status !== 'succeeded') return found;
  const { text, dockerfile, tree } = found.value;
  const facts = dockerfileFacts(text, plainArguments(spec.args));
  const { args, secrets, warnings } = buildArguments(spec, keys.value, facts);
  for (const { code, message } of warnings) work.output.observe(warned(code, message));
  const certificates = appendsCertificates(spec) ? provisions.certificates : undefined;
  const beside = certificates === undefined ? [] : [{ folder: certificatesFolder, content: certificates }];
  const references = destinationsOf(spec);
  const asked = { ...(login !== undefined && { login }), insecure: spec.insecure === true };
  return succeeded({
    context: tree(certificates === undefined ? text : withCertificates(text, facts.lastUser), beside),
    dockerfile,
    references,
    args,
    secrets,
    // Labels of the run would change the image and defeat the build cache.
    labels: {},
    pull,
    baseImages: facts.baseImages,
    ...(login !== undefined && { login }),
    ...(spec.insecure === true && { insecure: true }),
    pushes: spec.push === false ? [] : references.map((reference): ImagePush => ({ reference, ...asked })),
    workload: {
      name: workloadName(identity.run, step.id, work.attempt),
      labels: workloadLabels(identity, step.id, work.attempt, 'step'),
      annotations: workloadAnnotations(identity, step),
    },
    hides: (text) => mask.hides(text),
  });
}

/** Returns the keys of the secret that `secretName` names. Fails if a key of `secretArgs` is missing. */
function secretKeys(
  { secretName, secretArgs }: DockerStepSpec,
  provisions: Provisions,
): Outcome<ReadonlyMap<string, string>> {
  if (secretName === undefined || secretArgs.length === 0) return succeeded(new Map());
  const keys = provisions.secret(secretName);
  if (keys === undefined)
    return failed({ code: 'unsupported', detail: `the operator's file has no secret ${secretName}` });
  const absent = secretArgs.find(({ key }) => !keys.has(key));
  return absent === undefined
    ? succeeded(keys)
    : failed({ code: 'unsupported', detail: `the secret ${secretName} has no key ${absent.key}` });
}
