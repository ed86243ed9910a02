/** Describes every failure code: what failed and what to do. */
import { isAbsolute } from 'node:path';
import { visible } from '../util/visible.ts';
import { assertNever, type Failure, type RefusedPath, type StartCause } from '../model/outcome.ts';
import type { Phase } from '../model/plan.ts';
import { adviceOnPermissions, adviceToApply, describeProblems } from './describe-object-problems.ts';
import { formatDuration } from './duration.ts';
import { count } from './quantity.ts';

export interface FailureText {
  /** A few words after the step's name: `exit code 1`. */
  readonly what: string;
  /** Further details, one per line. Often empty. */
  readonly detail: readonly string[];
  /** What to do. Empty if only the step's output explains the failure. */
  readonly advice: readonly string[];
}

/** Returns why an attempt ended that is followed by another one: `attempt 1 failed: exit code 1`. */
export function describeAttempt(attempt: number, failure: Failure): string {
  if (failure.code === 'interrupted')
    return `attempt ${attempt} was interrupted: the process of Slipway that ran it died`;
  return `attempt ${attempt} failed: ${visible(describeFailure(failure).what)}`;
}

/** @param phase what the step does in the run of a `skaffold.yaml`. Its flags and fields are not those of a pipeline */
export function describeFailure(failure: Failure, phase?: Phase): FailureText {
  switch (failure.code) {
    case 'exit-nonzero':
      return describeExit(failure);
    case 'image-unavailable':
      return {
        what: failure.notPulled ? `image ${failure.image} is missing` : `cannot pull image ${failure.image}`,
        detail: lines(failure.detail),
        advice: [
          ...(phase === 'render'
            ? [
                'to render without digests of the registry, pass --digest-source tag; for images without a registry of their own, pass --default-repo',
              ]
            : []),
          failure.notPulled
            ? `${failure.by === 'cluster' ? 'load the image on the nodes' : 'build or load the image'}, or run without --pull never`
            : failure.by === 'cluster' && isContainer(phase)
              ? 'check the name and tag; an image that was built must be pushed; for a private registry, set `imagePullSecrets` in the manifest of `jobManifestPath`: nodes do not use your `docker login`'
              : failure.by === 'cluster'
                ? 'check the name and tag; for a private registry, add `imagePullSecrets` to `kubernetes.podTemplate` of the operator’s file: nodes do not use your `docker login`'
                : `check the name and tag; for a private registry, run \`docker login\`; offline, build or load the image${phase === undefined ? ' and pass --pull never' : ''}`,
          ...(failure.by === 'cluster' && phase === 'build'
            ? [
                'for other images of the builder’s pod, set `kubernetes.builder` and `kubernetes.helperImage` in the operator’s file',
              ]
            : []),
          ...(failure.tool === undefined
            ? []
            : [`to use another image for ${failure.tool}, set \`images.${failure.tool}\` in the operator’s file`]),
        ],
      };
    case 'start-failed':
      return {
        what: 'cannot start the step',
        detail: lines(failure.detail),
        advice:
          failure.noNamespace === undefined ? adviceToStart(failure, phase) : withoutNamespace(failure.noNamespace),
      };
    case 'unschedulable':
      return {
        what: 'no node can run this pod',
        detail: lines(failure.detail),
        advice: ['request fewer resources, or add capacity, then run the step again'],
      };
    case 'quota-exceeded':
      return {
        what: 'the namespace’s quota is exceeded',
        detail: lines(failure.detail),
        advice: [quotaAdvice[failure.because ?? 'unspecified']],
      };
    case 'evicted':
      return {
        what: 'the cluster evicted its pod',
        detail: lines(failure.detail),
        advice: [
          'make the step use less of the scarce resource, or request more of it in `kubernetes.podTemplate` of the operator’s file',
        ],
      };
    case 'node-lost':
      return {
        what: `node ${failure.node} stopped responding`,
        detail: lines(failure.detail),
        advice: ['run the step again; to see whether nodes are ready, run `kubectl get nodes`'],
      };
    case 'forbidden':
      return {
        what: 'permission denied by the cluster',
        detail: lines(failure.detail),
        advice: [
          phase === 'deploy'
            ? adviceOnPermissions
            : isContainer(phase)
              ? '`slipway doctor --on kubernetes` lists missing permissions; docs/verify.md has all rules, under "On a cluster"'
              : '`slipway doctor --on kubernetes` lists missing permissions; docs/kubernetes.md lists the required ones',
        ],
      };
    case 'container-failed':
      return {
        what: `${partWords[failure.part]} ${failure.container} ${failure.how}`,
        detail: lines(failure.detail),
        advice: adviceOnContainer(failure),
      };
    case 'out-of-memory':
      if (failure.atStart === true)
        return {
          what: `memory limit ${failure.limit} is too small to start the container`,
          detail: [],
          advice: [
            'raise `memory` of the step, or the limit that `kubernetes.podTemplate` of the operator’s file sets',
          ],
        };
      return {
        what: failure.limit === undefined ? 'out of memory' : `out of memory: exceeded its limit of ${failure.limit}`,
        detail: [],
        advice: [
          failure.limit === undefined
            ? 'give the engine more memory, or run fewer steps at once with --jobs'
            : 'raise `memory` of the step, or make it use less',
        ],
      };
    case 'timed-out':
      return {
        what: `timed out after ${formatDuration(failure.afterMs)}`,
        detail: [],
        advice: [
          failure.by === 'cluster'
            ? 'the pod’s `activeDeadlineSeconds` expired: raise it in `kubernetes.podTemplate` of the operator’s file, or where your cluster sets it'
            : `raise ${timeoutField(phase)}, or check in its output what it waited for`,
        ],
      };
    case 'interrupted':
      return {
        what: 'interrupted: the process of Slipway that ran it died',
        detail: lines(failure.detail),
        advice: ['run the step again'],
      };
    case 'runtime-lost':
      return {
        what: failure.by === 'cluster' ? 'the cluster stopped responding' : 'the runtime stopped responding',
        detail: lines(failure.detail),
        advice: [
          failure.by === 'cluster'
            ? 'run the step again; to check the cluster and find what the run left there, run `slipway doctor --on kubernetes`'
            : 'run the step again; to check the container engine, run `slipway doctor`',
        ],
      };
    case 'workload-deleted':
      return {
        what: failure.by === 'cluster' ? 'another process deleted its pod' : 'another process removed its container',
        detail: lines(failure.detail),
        advice: [
          `look for a cleanup job or a ${failure.by === 'cluster' ? '`kubectl delete`' : '`prune`'} that ran at that time, then run the step again`,
        ],
      };
    case 'workload-restarted':
      return {
        what: 'another process restarted its container',
        detail: lines(failure.detail),
        advice: ['find out what restarts containers on this engine, then run the step again'],
      };
    case 'disk-full':
      return {
        what: `no space left on ${failure.where}`,
        detail: lines(failure.detail),
        advice: ['free disk space: `slipway prune` removes old runs, `docker system df` shows what the engine uses'],
      };
    case 'file-error':
      return {
        what: 'cannot read or write a file on this machine',
        detail: lines(failure.detail),
        advice: ['fix the file named here, then run the step again'],
      };
    case 'file-missing':
      // An absolute path is a file of this machine, such as the Dockerfile of a `skaffold.yaml`.
      return {
        what: `${failure.field}: ${failure.path} does not exist${isAbsolute(failure.path) ? '' : ' in the workspace'}`,
        detail: failure.detail === undefined ? [] : lines(failure.detail),
        advice: isAbsolute(failure.path)
          ? [
              `create it, or correct \`${failure.field}\`${failure.at ? ` in ${failure.at.file}:${failure.at.line}:${failure.at.column}` : ''}`,
            ]
          : [
              'paths are relative to the root of the workspace; it excludes files that Git ignores unless you pass --no-gitignore',
            ],
      };
    case 'variable-undefined': {
      const where = `${failure.environments.length > 1 ? 'environments' : 'environment'} ${failure.environments.join(', ')}`;
      return {
        what: `${failure.path}: variable ${failure.name} is not defined`,
        detail: [],
        advice: [`defined only in ${where}: select one with -e (--environment)`],
      };
    }
    case 'build-failed':
      return { what: 'the image build failed', detail: lines(failure.detail), advice: [] };
    case 'tests-failed':
      return { what: `${failure.failed} of ${count(failure.of, 'test')} failed`, detail: failure.problems, advice: [] };
    case 'render-failed':
      return {
        what: `cannot render ${failure.source}`,
        detail: lines(failure.detail),
        advice: ['correct what it is made of; `slipway render` makes it again without a deploy'],
      };
    case 'apply-failed':
      return {
        what: `cannot apply ${count(failure.problems.length, 'object')}`,
        detail: describeProblems(failure.problems),
        advice: adviceToApply(failure.problems),
      };
    case 'not-ready':
      return {
        what: `${failure.problems.length} of ${count(failure.of, 'resource')} did not become ready`,
        detail: describeProblems(failure.problems),
        advice: [],
      };
    case 'delete-failed':
      return {
        what: `cannot delete ${count(failure.problems.length, 'object')}`,
        detail: describeProblems(failure.problems),
        advice: adviceToApply(failure.problems),
      };
    case 'push-failed':
      return {
        what: `cannot push image ${failure.image}`,
        detail: lines(failure.detail),
        advice: failure.detail.includes('REG_INSECURE')
          ? []
          : phase === undefined
            ? ['run `docker login`, or map `secret` of the step in the operator’s file']
            : adviceToPush(failure),
      };
    case 'artifact-missing':
      return {
        what:
          failure.patterns.length === 1
            ? `no file matches the artifact pattern ${failure.patterns[0]}`
            : `no file matches the artifact patterns ${failure.patterns.join(', ')}`,
        detail: [],
        advice: [
          'patterns in `artifacts` are relative to the root of the workspace, not to the step’s working directory',
        ],
      };
    case 'artifact-conflict':
      return {
        what: `artifact ${failure.path} differs from the one of step ${failure.otherStep}`,
        detail: [],
        advice: ['make it in only one of the two steps, or move the steps to different stages'],
      };
    case 'artifact-refused':
      return {
        ...describeRefused([failure, ...(failure.others ?? [])]),
        advice: ['an artifact must be a file, folder or link inside the workspace'],
      };
    case 'unsupported':
      return {
        what: 'this runtime does not support the step',
        detail: lines(failure.detail),
        advice: ['choose another runtime with --on'],
      };
    case 'internal':
      return {
        what: `internal error: ${failure.message}`,
        detail: failure.stack === undefined ? [] : lines(failure.stack),
        advice: ['this is a bug in Slipway: please report it with these lines'],
      };
    default:
      return assertNever(failure);
  }
}

function timeoutField(phase: Phase | undefined): string {
  if (phase === 'test') return '`timeoutSeconds` of the test';
  if (phase === 'verify') return '`timeout` of the verification';
  if (phase === 'exec') return '`timeout` of the action';
  return phase === 'build' ? '`build.cluster.timeout`' : '`timeout` of the step';
}

/** For artifacts of a `skaffold.yaml`. */
function adviceToPush({ image, detail, by }: Extract<Failure, { readonly code: 'push-failed' }>): readonly string[] {
  // As in `parseImageReference`: the first part is a registry if it has a dot or a port, or is `localhost`.
  const registry = /^([^/]*[.:][^/]*|localhost)\//.exec(image)?.[1];
  if (registry !== undefined && /connection refused/i.test(detail)) {
    if (by === 'cluster' && /^(?:localhost|127\.[\d.]+|\[::1\])(?::|$)/.test(registry))
      return [`in a pod, ${registry} is the pod itself: name a registry that pods of the cluster can reach`];
    return [`check that ${registry} is a registry that runs and can be reached`];
  }
  const logins =
    by === 'cluster'
      ? 'set `build.cluster.dockerConfig` to a secret with the login, or to a file that `docker login` writes'
      : `run \`docker login${registry === undefined ? '' : ` ${registry}`}\``;
  if (registry !== undefined) return [logins];
  return [
    logins,
    'the name has no registry, so Docker Hub is meant: to push elsewhere, pass --default-repo',
    ...(by === 'cluster'
      ? []
      : ['images are pushed if the kube context is no cluster of this machine: to build only, pass --no-push']),
  ];
}

/** Enough to show what the paths have in common. */
const mostRefused = 10;

function describeRefused(refused: readonly RefusedPath[]): Pick<FailureText, 'what' | 'detail'> {
  const [first] = refused;
  if (first !== undefined && refused.length === 1) {
    return { what: `invalid artifact ${first.path}`, detail: lines(first.detail) };
  }
  const shown = refused.slice(0, mostRefused).flatMap(({ path, detail }) => lines(`${path}: ${detail}`));
  const left = refused.length - mostRefused;
  const detail = left > 0 ? [...shown, `and ${left} more`] : shown;
  return { what: `${refused.length} invalid artifacts`, detail };
}

type ContainerFailed = Extract<Failure, { readonly code: 'container-failed' }>;

const partWords: Readonly<Record<ContainerFailed['part'], string>> = {
  init: 'init container',
  sidecar: 'sidecar',
  helper: 'helper container',
  step: 'container',
};

function adviceOnContainer({ part, how, detail }: ContainerFailed): readonly string[] {
  if (part === 'init' || part === 'sidecar')
    return [
      'the container comes from `kubernetes.podTemplate` of the operator’s file, or the cluster adds it to pods: fix it there',
    ];
  if (part === 'helper')
    return [
      'the helper container transfers files: check its image (`kubernetes.helperImage`) and the container `slipway` in `kubernetes.podTemplate`',
    ];
  if (/probe|hook/.test(how))
    return ['probes and hooks come from `kubernetes.podTemplate` of the operator’s file: fix them there'];
  if (/argument list too long/i.test(detail))
    return ['make its variables smaller: Linux allows 128 KiB for each, including the name'];
  return [
    'check that /bin/sh of the image is a POSIX shell, and check the container `step` in `kubernetes.podTemplate` of the operator’s file',
  ];
}

const quotaAdvice = {
  'too-small': 'the quota is too small for one pod of this step: request fewer resources, or raise the quota',
  'used-by-others':
    'other pods of the namespace use up the quota (`kubectl get pods`): wait for them, ' +
    'remove them (`slipway prune` lists kept pods), or raise the quota',
  unspecified: 'request less than the quota allows, or raise the quota',
} as const;

function adviceToStart(
  { by, cause, detail }: Extract<Failure, { code: 'start-failed' }>,
  phase: Phase | undefined,
): readonly string[] {
  if (by === 'cluster') return [adviceOfPod];
  if (cause === undefined) return [];
  const ofContainer = isContainer(phase) ? adviceOnContainers(cause, detail) : undefined;
  return [ofContainer ?? adviceByCause[cause]];
}

/** Reports whether steps of this phase are containers of a `skaffold.yaml`, which have no fields of a pipeline. */
function isContainer(phase: Phase | undefined): boolean {
  return phase === 'verify' || phase === 'exec';
}

/** Returns what a user can do about a container of a `skaffold.yaml`, where that differs from a step of a pipeline. */
function adviceOnContainers(cause: StartCause, detail: string): string | undefined {
  // Docker, then Podman.
  const network = (/network (\S+) not found/.exec(detail) ??
    /unable to find network with name or ID (\S+?):/.exec(detail))?.[1];
  switch (cause) {
    case 'no-program':
      return 'check `command` of the container, and that the image has this program';
    case 'not-executable':
      return 'the image contains this file, but it is not executable: check `command` of the container';
    case 'memory-limit':
      return 'raise the memory limit of the container: no process can start with this limit';
    case 'network':
      return network === undefined
        ? undefined
        : `the engine has no network ${network}: \`docker network ls\` lists those it has; \`slipway run\` makes NAME-network for what it deploys, and \`docker network create ${network}\` makes this one`;
    default:
      return undefined;
  }
}

const adviceOfPod =
  'the pod comes from the step and from `kubernetes.podTemplate` of the operator’s file: ' +
  'fix the cause there or in the namespace';

const adviceByCause: Readonly<Record<StartCause, string>> = {
  'no-program': 'check that the image contains the step’s shell (`shell`, default /bin/sh)',
  'not-executable': 'the image contains this file, but it is not executable: choose another `shell`',
  'wrong-platform': 'the program is built for another CPU: choose an image for the platform of this engine',
  'no-user': '`USER` of the image names a user or group that does not exist in it: fix the image',
  'working-directory': 'the path of the working directory is not a directory in the image: choose another image',
  'memory-limit': 'raise `memory` of the step: no process can start with this limit',
  network: 'restart the engine; `docker network ls` and `docker network inspect bridge` show its networks',
};

function withoutNamespace(name: string): readonly string[] {
  return [
    `create it: kubectl create namespace ${name}`,
    'or choose another: set `namespace` of the cluster in `clusters` of the operator’s file, set it in the context (kubectl config set-context --current --namespace=NAME), or use another context with --kube-context',
  ];
}

/** Explains the exit codes of shells: 126, 127 and 128+n (POSIX, Shell Command Language, 2.8.2). */
function describeExit({ exitCode, signal, command }: Extract<Failure, { code: 'exit-nonzero' }>): FailureText {
  const where = command === undefined ? '' : ` in the ${visible(command)}`;
  if (signal !== undefined) return { what: `killed by ${signal}${where}`, detail: [], advice: [] };
  const advice: string[] = [];
  // Commands of hooks run without a shell, and engines choose the code.
  if (command !== undefined && (exitCode === 126 || exitCode === 127))
    advice.push(
      `${exitCode}: the program was not found or cannot be executed; no shell reads the command unless it names one`,
    );
  else if (exitCode === 126) advice.push('126: the shell found the command but could not execute it');
  else if (exitCode === 127) advice.push('127: the shell did not find the command; check that the image contains it');
  if (exitCode === 137) advice.push('137 is 128 + 9: SIGKILL killed the process, often because memory ran out');
  if (exitCode === 143) advice.push('143 is 128 + 15: SIGTERM terminated the process');
  return { what: `exit code ${exitCode}${where}`, detail: [], advice };
}

/** Splits text of registries, clusters and programs into lines, and escapes control characters. */
function lines(detail: string): string[] {
  return detail
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => visible(line.replaceAll('\t', '  ')));
}
