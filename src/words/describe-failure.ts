/** What went wrong with a step and what to do about it, in the user's words: one place for every code there is. */
import { visible } from '../util/visible.ts';
import { assertNever, type Failure, type RefusedPath, type StartCause } from '../model/outcome.ts';
import { formatDuration } from './duration.ts';

export interface FailureText {
  /** A few words that follow the step's name: `exit code 1`. */
  readonly what: string;
  /** What is known besides, in whole lines; mostly empty. */
  readonly detail: readonly string[];
  /** What to do; empty where only the step's own output can tell. */
  readonly advice: readonly string[];
}

export function describeFailure(failure: Failure): FailureText {
  switch (failure.code) {
    case 'exit-nonzero':
      return describeExit(failure.exitCode, failure.signal);
    case 'image-unavailable':
      return {
        what: `the image ${failure.image} could not be had`,
        detail: lines(failure.detail),
        advice: [
          failure.by === 'cluster'
            ? 'check its name and tag; for a private registry put `imagePullSecrets` into `kubernetes.podTemplate` of the operator’s file: what `docker login` knows here, a node does not'
            : 'check its name and tag; for a private registry log in with `docker login`; offline, build or load it and use --pull never',
          ...(failure.tool === undefined
            ? []
            : [`another image for ${failure.tool} is chosen with \`images.${failure.tool}\` in the operator’s file`]),
        ],
      };
    case 'start-failed':
      return {
        what: 'the step could not be started',
        detail: lines(failure.detail),
        advice: failure.noNamespace === undefined ? adviceToStart(failure) : withoutNamespace(failure.noNamespace),
      };
    case 'unschedulable':
      return {
        what: 'no place to run it was found',
        detail: lines(failure.detail),
        advice: ['ask for less, or make room, then run it again'],
      };
    case 'quota-exceeded':
      return {
        what: 'a quota of the namespace does not allow it',
        detail: lines(failure.detail),
        advice: [quotaAdvice[failure.because ?? 'unspecified']],
      };
    case 'evicted':
      return {
        what: 'the cluster took it off its machine',
        detail: lines(failure.detail),
        advice: [
          'let the step use less of what ran short, or ask for more of it in `kubernetes.podTemplate` of the operator’s file',
        ],
      };
    case 'node-lost':
      return {
        what: `its machine ${failure.node} does not answer any more`,
        detail: lines(failure.detail),
        advice: ['run it again; whether machines are ready is told by `kubectl get nodes`'],
      };
    case 'forbidden':
      return {
        what: 'it is not allowed to',
        detail: lines(failure.detail),
        advice: [
          '`slipway doctor --on kubernetes` lists what is missing; docs/kubernetes.md has the permissions that are needed',
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
          what: `its memory limit of ${failure.limit} is too small to start the container`,
          detail: [],
          advice: [
            'raise `memory` of the step, or the limit that `kubernetes.podTemplate` of the operator’s file sets',
          ],
        };
      return {
        what:
          failure.limit === undefined
            ? 'out of memory'
            : `out of memory: it used more than its limit of ${failure.limit}`,
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
            ? 'the deadline is the pod’s own: raise `activeDeadlineSeconds` in `kubernetes.podTemplate` of the operator’s file, or whatever else sets it there'
            : 'raise `timeout` of the step, or find out what it waited for in its output',
        ],
      };
    case 'runtime-lost':
      return {
        what: failure.by === 'cluster' ? 'the cluster that it ran on was lost' : 'what it ran on was lost',
        detail: lines(failure.detail),
        advice: [
          failure.by === 'cluster'
            ? 'run it again; whether the cluster answers, and what the run left there, is told by `slipway doctor --on kubernetes`'
            : 'run it again; whether an engine answers is told by `slipway doctor`',
        ],
      };
    case 'workload-deleted':
      return {
        what:
          failure.by === 'cluster'
            ? 'its pod was deleted by somebody else'
            : 'its container was removed by somebody else',
        detail: lines(failure.detail),
        advice: [
          `look for a clean-up job or a ${failure.by === 'cluster' ? '`kubectl delete`' : '`prune`'} that ran meanwhile, then run it again`,
        ],
      };
    case 'workload-restarted':
      return {
        what: 'its container was restarted from outside',
        detail: lines(failure.detail),
        advice: ['run it again; find out who restarts containers on this engine'],
      };
    case 'disk-full':
      return {
        what: `no space left on ${failure.where}`,
        detail: lines(failure.detail),
        advice: ['make room: `slipway prune` removes old runs, `docker system df` shows what the engine keeps'],
      };
    case 'file-error':
      return {
        what: 'a file on this machine could not be read or written',
        detail: lines(failure.detail),
        advice: ['correct what is named here, then run it again'],
      };
    case 'file-missing':
      return {
        what: `${failure.field}: there is no ${failure.path} in the workspace`,
        detail: failure.detail === undefined ? [] : lines(failure.detail),
        advice: [
          'paths start at the root of the workspace; what Git ignores is left out of it unless --no-gitignore is given',
        ],
      };
    case 'variable-undefined': {
      const where = `${failure.environments.length > 1 ? 'environments' : 'environment'} ${failure.environments.join(', ')}`;
      return {
        what: `${failure.path}: variable ${failure.name} is not defined`,
        detail: [],
        advice: [`it is defined in ${where}: select one with -e (--environment)`],
      };
    }
    case 'build-failed':
      return { what: 'the image could not be built', detail: lines(failure.detail), advice: [] };
    case 'push-failed':
      return {
        what: `the registry did not take ${failure.image}`,
        detail: lines(failure.detail),
        advice: failure.detail.includes('REG_INSECURE')
          ? []
          : ['log in with `docker login`, or map `secret` of the step in the operator’s file'],
      };
    case 'artifact-missing':
      return {
        what:
          failure.patterns.length === 1
            ? `no file matches the artifact ${failure.patterns[0]}`
            : `no file matches the artifacts ${failure.patterns.join(', ')}`,
        detail: [],
        advice: ['the globs of `artifacts` start at the root of the workspace, wherever the step has changed to'],
      };
    case 'artifact-conflict':
      return {
        what: `${failure.path} was also made by ${failure.otherStep}, with other content`,
        detail: [],
        advice: ['let one of the two make it, or put the steps into different stages'],
      };
    case 'artifact-refused':
      return {
        ...describeRefused([failure, ...(failure.others ?? [])]),
        advice: ['artifacts are files, folders and links that stay inside the workspace'],
      };
    case 'unsupported':
      return {
        what: 'this runtime cannot do what the step asks for',
        detail: lines(failure.detail),
        advice: ['choose another one with --on'],
      };
    case 'internal':
      return {
        what: `internal error: ${failure.message}`,
        detail: failure.stack === undefined ? [] : lines(failure.stack),
        advice: ['this is a mistake of Slipway, not yours: please report it with these lines'],
      };
    default:
      return assertNever(failure);
  }
}

/** Enough to see what they have in common. */
const mostRefused = 10;

function describeRefused(refused: readonly RefusedPath[]): Pick<FailureText, 'what' | 'detail'> {
  const [first] = refused;
  if (first !== undefined && refused.length === 1) {
    return { what: `the artifact ${first.path} was refused`, detail: lines(first.detail) };
  }
  const shown = refused.slice(0, mostRefused).flatMap(({ path, detail }) => lines(`${path}: ${detail}`));
  const left = refused.length - mostRefused;
  const detail = left > 0 ? [...shown, `and ${left} more`] : shown;
  return { what: `${refused.length} artifacts were refused`, detail };
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
      'the container comes from `kubernetes.podTemplate` of the operator’s file, or the cluster adds it to pods: correct it there',
    ];
  if (part === 'helper')
    return [
      'the helper hands over files: check its image (`kubernetes.helperImage`), and what `kubernetes.podTemplate` says of the container `slipway`',
    ];
  if (/probe|hook/.test(how))
    return ['probes and hooks come from `kubernetes.podTemplate` of the operator’s file: correct them there'];
  if (/argument list too long/i.test(detail))
    return ['make its variables smaller: Linux allows 128 KiB for each, name included'];
  return [
    'check that /bin/sh of the image is a POSIX shell, and what `kubernetes.podTemplate` of the operator’s file says of the container `step`',
  ];
}

const quotaAdvice = {
  'too-small': 'the quota has no room for a single pod of this step: ask for less, or have the quota raised',
  'used-by-others':
    'other pods of the namespace hold the quota (`kubectl get pods`): wait for them, ' +
    'remove them (`slipway prune` names those that were kept), or have the quota raised',
  unspecified: 'ask for what the quota allows, or have it raised',
} as const;

function adviceToStart({ by, cause }: Extract<Failure, { code: 'start-failed' }>): readonly string[] {
  if (by === 'cluster') return [adviceOfPod];
  return cause === undefined ? [] : [adviceByCause[cause]];
}

const adviceOfPod =
  'the pod is made of the step and of `kubernetes.podTemplate` in the operator’s file: ' +
  'mend what is named there or in the namespace';

const adviceByCause: Readonly<Record<StartCause, string>> = {
  'no-program': 'check that the image has the shell that the step asks for (`shell`, default /bin/sh)',
  'not-executable': 'the image has this file, but it is no program that may be executed: choose another `shell`',
  'wrong-platform': 'the program is for another processor: choose an image for the platform of this engine',
  'no-user': '`USER` of the image names a user or group that the image does not have: fix the image',
  'working-directory': 'the image has something else where the working directory belongs: choose another image',
  'memory-limit': 'raise `memory` of the step: no process can start with so little',
  network: 'restart the engine; `docker network ls` and `docker network inspect bridge` show its networks',
};

function withoutNamespace(name: string): readonly string[] {
  return [
    `create it: kubectl create namespace ${name}`,
    'or choose another one: `namespace` of the cluster in `clusters` of the operator’s file, or that of the context (kubectl config set-context --current --namespace=NAME), or another context with --kube-context',
  ];
}

/** 126, 127 and 128+n are a shell's own words for common accidents (POSIX, Shell Command Language, 2.8.2). */
function describeExit(exitCode: number, signal: string | undefined): FailureText {
  if (signal !== undefined) return { what: `killed by ${signal}`, detail: [], advice: [] };
  const advice: string[] = [];
  if (exitCode === 126) advice.push('126 is how a shell says that it found a command but may not execute it');
  if (exitCode === 127) advice.push('127 is how a shell says that it did not find a command: is it in the image?');
  if (exitCode === 137) advice.push('137 is 128 + 9: something killed it from outside, often for want of memory');
  if (exitCode === 143) advice.push('143 is 128 + 15: something asked it to end');
  return { what: `exit code ${exitCode}`, detail: [], advice };
}

/** Registries, clusters and programs say what they like: none of it moves the cursor of a terminal. */
function lines(detail: string): string[] {
  return detail
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => visible(line.replaceAll('\t', '  ')));
}
