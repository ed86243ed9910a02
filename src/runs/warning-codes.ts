import { code, type CodeEntry } from '../diagnostics/code-entry.ts';
import { problemsOf } from '../diagnostics/problem.ts';
import type { WarningCode } from '../model/warning.ts';

type WarningEntry = CodeEntry<{ readonly message: string }>;

/** The place where a warning is raised words its message. */
function warning(title: string, explanation: string): WarningEntry {
  return code({ severity: 'warning', title, explanation, message: (p: { message: string }) => p.message });
}

/** Warnings about a run that goes on. They stop nothing. */
export const warningCodes: Readonly<Record<WarningCode, WarningEntry>> = {
  W082: warning(
    'Workspace without some files',
    'Slipway copies the files that Git tracks or would add. It skips pipes, sockets and devices. It also skips ' +
      'repositories that another user could have planted in a shared folder, and folders of repositories whose names ' +
      'are not UTF-8. If Git cannot list the files, Slipway applies the `.gitignore` files itself.',
  ),
  W083: warning(
    'Secret changed since the run started',
    'The operator changed or removed a secret. `resume` and `rerun` use its current value. They reject steps whose ' +
      'texts contain the earlier value (W046).',
  ),
  W084: warning(
    'No credentials for a registry',
    'Slipway found a configuration for the login of this registry, but no credentials: a credential helper failed, ' +
      'or a file cannot be read. Slipway pulls or pushes without a login. A private registry refuses that.',
  ),
  W085: warning(
    'Image pull is retried',
    'The node could not pull the image. The cause may be temporary, so Kubernetes tries again. If the step has a ' +
      '`timeout`, it limits the wait.',
  ),
  W086: warning(
    'Cache not restored or saved',
    'The step runs without this cache, or the next run gets the older copy. A cache is never a reason for a step to ' +
      'fail. Typical causes are a path that leads out of the workspace, a full disk and a damaged copy.',
  ),
  W087: warning(
    'Workload that may be left behind',
    'Slipway could not remove a container, pod or process of the run. `slipway doctor` lists what is left. ' +
      '`slipway doctor --clean`, with the `--on` of the run, removes it.',
  ),
  W088: warning(
    'Memory limit not enforced',
    'The host runtime starts plain processes, so `memory` of a step limits nothing. Use `--on docker` or a cluster ' +
      'to enforce it.',
  ),
  W089: warning(
    'No init process in the container',
    'The engine cannot put an init process into the container. The shell of the step is its first process. The ' +
      'kernel ignores SIGTERM there, so a cancelled step ends only after its grace period.',
  ),
  W090: warning(
    'Cluster reports a problem with a pod',
    'Kubernetes reported an Event about the network or the node of the pod. The step goes on: the problem may be ' +
      'temporary.',
  ),
  W091: warning(
    'Skipped keys of a secret',
    'Each key of the secret in `secretName` becomes an environment variable. Keys that are not valid variable names ' +
      'are skipped. Valid names contain only letters, digits and `_`, and do not start with a digit.',
  ),
  W092: warning(
    'Secret in the history of an image',
    'The Dockerfile declares an `ARG` for a secret argument. Engines write the values of arguments into the history ' +
      'of the image. Remove the `ARG` and mount the secret with `RUN --mount=type=secret`.',
  ),
  W093: warning(
    'Build argument without effect',
    'An argument has no value and is not passed to the build, or nothing in the Dockerfile uses a secret argument.',
  ),
  W094: warning(
    'Port that is not forwarded',
    'A port of a deploy cannot be forwarded to this machine, or a connection to it was closed without an answer. The ' +
      'message says why. A connection waits up to 30 seconds for a pod that is ready.',
  ),
};

/** Returns the diagnostic of a warning, for the documentation. */
export const problem = problemsOf(warningCodes);
