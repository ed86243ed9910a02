/** What went wrong with a step and what to do about it, in the user's words: one place for every code there is. */
import { visible } from '../../diagnostics/visible.ts';
import { assertNever, type Failure, type RefusedPath } from '../../model/outcome.ts';
import { formatDuration } from '../text/duration.ts';

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
          ...(failure.tool === undefined ? [] : [`another image for ${failure.tool} is chosen with \`images.${failure.tool}\` in the operator’s file`]),
        ],
      };
    case 'start-failed':
      return {
        what: 'the step could not be started',
        detail: lines(failure.detail),
        advice: failure.noNamespace === undefined ? [adviceToStart(failure.by)] : withoutNamespace(failure.noNamespace),
      };
    case 'unschedulable':
      return { what: 'no place to run it was found', detail: lines(failure.detail), advice: ['ask for less, or make room, then run it again'] };
    case 'quota-exceeded':
      return { what: 'a quota of the namespace does not allow it', detail: lines(failure.detail), advice: ['run fewer steps at once with --jobs, ask for less, or have the quota raised'] };
    case 'evicted':
      return { what: 'the cluster took it off its machine', detail: lines(failure.detail), advice: ['let the step use less of what ran short, or ask for more of it in `kubernetes.podTemplate` of the operator’s file'] };
    case 'node-lost':
      return { what: `its machine ${failure.node} does not answer any more`, detail: lines(failure.detail), advice: ['run it again; whether machines are ready is told by `kubectl get nodes`'] };
    case 'forbidden':
      return { what: 'it is not allowed to', detail: lines(failure.detail), advice: ['`slipway doctor --on kubernetes` lists what is missing; docs/kubernetes.md has the permissions that are needed'] };
    case 'out-of-memory':
      return {
        what: failure.limit === undefined ? 'out of memory' : `out of memory: it used more than its limit of ${failure.limit}`,
        detail: [],
        advice: [failure.limit === undefined ? 'give the engine more memory, or run fewer steps at once with --jobs' : 'raise `memory` of the step, or make it use less'],
      };
    case 'timed-out':
      return {
        what: `timed out after ${formatDuration(failure.afterMs)}`,
        detail: [],
        advice: [failure.by === 'cluster' ? 'the deadline is the pod’s own: raise `activeDeadlineSeconds` in `kubernetes.podTemplate` of the operator’s file, or whatever else sets it there' : 'raise `timeout` of the step, or find out what it waited for in its output'],
      };
    case 'runtime-lost':
      return {
        what: failure.by === 'cluster' ? 'the cluster that it ran on was lost' : 'what it ran on was lost',
        detail: lines(failure.detail),
        advice: [failure.by === 'cluster' ? 'run it again; whether the cluster answers, and what the run left there, is told by `slipway doctor --on kubernetes`' : 'run it again; whether an engine answers is told by `slipway doctor`'],
      };
    case 'workload-deleted':
      return {
        what: failure.by === 'cluster' ? 'its pod was deleted by somebody else' : 'its container was removed by somebody else',
        detail: lines(failure.detail),
        advice: [`look for a clean-up job or a ${failure.by === 'cluster' ? '`kubectl delete`' : '`prune`'} that ran meanwhile, then run it again`],
      };
    case 'disk-full':
      return { what: `no space left on ${failure.where}`, detail: lines(failure.detail), advice: ['make room: `slipway prune` removes old runs, `docker system df` shows what the engine keeps'] };
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
        advice: ['paths start at the root of the workspace; what Git ignores is left out of it unless --no-gitignore is given'],
      };
    case 'build-failed':
      return { what: 'the image could not be built', detail: lines(failure.detail), advice: [] };
    case 'push-failed':
      return { what: `the registry did not take ${failure.image}`, detail: lines(failure.detail), advice: failure.detail.includes('REG_INSECURE') ? [] : ['log in with `docker login`, or map `secret` of the step in the operator’s file'] };
    case 'artifact-missing':
      return {
        what: failure.patterns.length === 1 ? `no file matches the artifact ${failure.patterns[0]}` : `no file matches the artifacts ${failure.patterns.join(', ')}`,
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
      return { what: 'this runtime cannot do what the step asks for', detail: lines(failure.detail), advice: ['choose another one with --on'] };
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

function adviceToStart(by: 'cluster' | undefined): string {
  return by === 'cluster'
    ? 'the pod is made of the step and of `kubernetes.podTemplate` in the operator’s file: mend what is named there or in the namespace'
    : 'check that the image has the shell that the step asks for (`shell`, default /bin/sh)';
}

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
  return detail.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => visible(line.replaceAll('\t', '  ')));
}
