import { shellWord } from '../../../util/shell-word.ts';
import { claimFile, completeFile, controlPath, gateName } from './control-volume.ts';

/**
 * The scripts that Slipway runs in a pod, for any POSIX shell (dash, BusyBox ash, bash). `control-volume.ts` describes
 * their protocol. Command lines are what a process receives. `withoutReferences` in `pod-specification.ts` escapes them
 * for Kubernetes.
 *
 * Rules for FIFOs: open a FIFO for reading and writing, which never blocks. The waiting process makes the FIFO first,
 * since opening would create a plain file. It opens the FIFO before it checks the file. Only one process reads each
 * line, so each woken process wakes the next one.
 * Set no variable that the image's environment may have: the command would see the change.
 */
type CommandLine = readonly string[];

/** A container's gate, with the paths of its volumes. */
export interface Gate {
  readonly container: string;
  /** Absolute paths in the helper. The user behind the gate must own them. */
  readonly paths: readonly string[];
}

/** Functions of the scripts below. `$slipway_c` is the container's prefix in the control volume. */
const words = `
slipway_put() (umask 0; printf '%s\\n' "$2" >"$slipway_c.$1")
slipway_wake() { echo 1<>"$slipway_c.$1"; }
slipway_fifos() (umask 0; mkfifo "$1.here" "$1.open" "$1.end" 2>/dev/null)
slipway_line() { IFS= read -r slipway_x <"$slipway_c.$1" && printf '%s\\n' "$slipway_x"; }
slipway_user() {
  while read -r slipway_k slipway_r slipway_e slipway_x; do
    case $slipway_k in Uid:) slipway_i=$slipway_e ;; Gid:) slipway_i=$slipway_i:$slipway_e; break ;; esac
  done </proc/$$/status
}`;

/**
 * Runs between the gate and its command, so that the process id is known before the command starts. Unsets the
 * variables of the shell. Bash sets two variables during `exec`, so `env` removes them. Code after `exec` runs only if
 * `exec` fails; a trap covers shells that exit there.
 */
const child = `slipway_c=$1; shift
(umask 0; echo $$ >"$slipway_c.pid")
[ ! -e "$slipway_c.stop" ] || exit 143
trap '(umask 0; : >"$slipway_c.failed")' EXIT
unset PWD OLDPWD SHLVL
if [ -n "\${BASH_VERSION-}" ]; then
  shopt -s execfail
  case $1 in *=*) ;; *) command -v env >/dev/null && exec env -u _ -u SHLVL "$@" ;; esac
fi
exec "$@"
slipway_r=$?
(umask 0; : >"$slipway_c.failed")
exit "$slipway_r"`;

/**
 * The gate. `$1` is the container, the rest is its command.
 *
 * The shell's own messages about a killed child go to `/dev/null`. dash prints them with the redirections of the child,
 * so a nested child sets these. The command runs in the foreground: a background command ignores SIGINT. The gate
 * reports the end at once and exits a moment later. The node drops output that it has not copied when the container
 * ends.
 */
const gate = `slipway_c=${controlPath}/$1; shift
exec 3>&2 2>/dev/null
${words}
slipway_has() (
  case $1 in */*) [ -f "$1" ] && [ -x "$1" ]; exit ;; esac
  set -f; IFS=:
  for slipway_d in $PATH; do [ -f "\${slipway_d:-.}/$1" ] && [ -x "\${slipway_d:-.}/$1" ] && exit 0; done
  exit 1
)
slipway_end() { slipway_put code "$2"; slipway_wake end; sleep 0.2 || sleep 1; exit "$1"; }
slipway_none() { printf 'start-failed %s\\n' "$1" >/dev/termination-log; slipway_end 127 "start-failed $1"; }
slipway_fifos "$slipway_c"
until [ -p "$slipway_c.here" ] && [ -p "$slipway_c.open" ] && [ -p "$slipway_c.end" ]; do sleep 0.1 || sleep 1 || exit 127; done
slipway_user; slipway_put user "$slipway_i"; slipway_wake here
{ until [ -e "$slipway_c.go" ] || [ -e "$slipway_c.stop" ]; do read -r slipway_x; done; } <>"$slipway_c.open"
[ ! -e "$slipway_c.stop" ] || slipway_end 143 143
slipway_has "$1" || slipway_none "$1"
(exec /bin/sh -c ${shellWord(child)} ${gateName} "$slipway_c" "$@" 2>&3 3>&-)
slipway_r=$?
[ ! -e "$slipway_c.failed" ] || slipway_none "$1"
slipway_end "$slipway_r" "$slipway_r"`;

/** Returns the gate's command line. The container's own command follows as arguments. */
export function gateCommand(container: string): CommandLine {
  return ['/bin/sh', '-c', gate, gateName, container];
}

/**
 * How long a pod waits to be filled, in seconds. Its creator gives up an unreachable cluster sooner (`retry.ts`).
 */
const unclaimedSeconds = 900;

/** The start of the message with which a helper ends its pod. The pod's status holds it (`terminated.message`). */
export const unfilledMessage = 'no process has filled this pod';

/**
 * Runs beside the helper's wait. Ends a pod whose gates no process opened in time, unless a process is filling it. The
 * creator of such a pod is dead, and the pod would count in quotas for ever. An image without `sleep` has no such
 * limit.
 */
const limit = `slipway_limit() {
  trap 'kill "$!" 2>/dev/null; exit' TERM
  slipway_t=$1; shift
  while :; do
    sleep "$slipway_t" & wait "$!" || exit 0
    for slipway_n; do [ ! -e "${controlPath}/$slipway_n.go" ] || exit 0; done
    read -r slipway_x <${claimFile} && kill -0 "$slipway_x" || break
  done
  echo "${unfilledMessage} within $slipway_t s" >/dev/termination-log
  for slipway_n; do
    slipway_c=${controlPath}/$slipway_n
    slipway_put stop 1
    [ ! -p "$slipway_c.open" ] || slipway_wake open
  done
  kill "$slipway_w"
}`;

/** Records the process that fills the pod or opens its gates. */
const claim = `(umask 0; echo $$ >${claimFile})`;

/**
 * The helper's own command. Makes the FIFOs for images that cannot. Waits for SIGTERM or for its own gate to open. The
 * shell waits for a child: SIGTERM interrupts that wait at once in every shell.
 */
const helper = `trap 'kill "$slipway_w" "$slipway_l" 2>/dev/null; exit 143' TERM INT
${words}
${limit}
slipway_t=$1; shift
slipway_c=${controlPath}/$1
for slipway_n; do
  slipway_fifos "${controlPath}/$slipway_n"
  [ -p "${controlPath}/$slipway_n.end" ] || { echo 'start-failed mkfifo' >/dev/termination-log; exit 127; }
done
{ until [ -e "$slipway_c.go" ]; do read -r slipway_x; done; } <>"$slipway_c.open" &
slipway_w=$!
slipway_limit "$slipway_t" "$@" >/dev/null 2>&1 &
slipway_l=$!
wait "$slipway_w"
slipway_r=$?
kill "$slipway_l" 2>/dev/null
exit "$slipway_r"`;

/**
 * Returns the helper's command.
 * @param name of the helper's container
 * @param gates the containers that have gates
 * @param limitSeconds after which a pod ends itself if no process has opened it
 */
export function helperCommand(name: string, gates: readonly string[], limitSeconds = unclaimedSeconds): CommandLine {
  return ['/bin/sh', '-c', helper, name, String(limitSeconds), name, ...gates];
}

/**
 * `slipway_give USER:GROUP PATH…` gives the paths to the user behind a gate. The helper's user owns unpacked files.
 * Root changes the owner; another user can only grant access to everyone. Without a gate the user is unknown: `-`.
 */
const give = `slipway_give() {
  slipway_u=$1; shift
  slipway_user
  case $slipway_u in 0:*|"\${slipway_i%%:*}":*) return ;; esac
  for slipway_p; do
    case $slipway_i/$slipway_u in
      [1-9]*|*/-) chmod -R a+rwX "$slipway_p" || echo "kept $slipway_p" ;;
      *) chown -Rh "$slipway_u" "$slipway_p" || chmod -R a+rwX "$slipway_p" || echo "kept $slipway_p" ;;
    esac
  done
}`;

const open = `${words}
${give}
slipway_open() {
  ${claim}
  slipway_c=${controlPath}/$1; slipway_n=$1; shift
  slipway_fifos "$slipway_c"
  { until [ -s "$slipway_c.user" ]; do read -r slipway_x; done; } <>"$slipway_c.here"
  slipway_wake here
  slipway_give "$(slipway_line user)" "$@"
  echo "opened $slipway_n $(slipway_line user)"
  slipway_put go 1; slipway_wake open
}`;

/**
 * Runs in the helper. Waits for the container at its gate, gives it the files, and opens the gate. Prints `opened
 * CONTAINER UID:GID`. Prints `kept PATH` before it for each path whose owner could not be changed.
 */
export function openCommand({ container, paths }: Gate): CommandLine {
  return ['/bin/sh', '-c', `${open}\nslipway_open "$@"`, gateName, container, ...paths];
}

const fill = `${claim}
command -v tar >/dev/null || { echo no-tar; exit 69; }
tar -xpof - -C / || { echo "tar-failed $?"; exit 70; }
[ -e ${completeFile} ] || { echo incomplete; exit 65; }
echo filled`;

/**
 * Runs in the helper. Unpacks the tar on its standard input at `/`, then opens the gates in turn like `openCommand`.
 * The tar has no entries for the mount points, which belong to root.
 *
 * The first line is `filled`, or the reason of a failure: `no-tar`; `tar-failed CODE`, with details on standard error;
 * `incomplete` for a stream that was cut.
 * @param last the container whose end it reports afterwards, like `endCommand`
 */
export function fillCommand(gates: readonly Gate[], last?: string): CommandLine {
  const opening = gates.map(({ container, paths }) => ['slipway_open', container, ...paths.map(shellWord)].join(' '));
  return [
    '/bin/sh',
    '-c',
    [fill, open, ...opening, ...(last === undefined ? [] : [ending(last)])].join('\n'),
    gateName,
  ];
}

/**
 * Runs in the init container of a pod without gates. Works like `fillCommand`, makes the files writable for everyone,
 * and exits.
 */
export function fillOnceCommand(name: string, paths: readonly string[]): CommandLine {
  return [
    '/bin/sh',
    '-c',
    `${fill}\n${words}\n${give}\nslipway_c=${controlPath}/$1; shift\nslipway_fifos "$slipway_c"\nslipway_give - "$@"\nslipway_put go 1; slipway_wake open`,
    gateName,
    name,
    ...paths,
  ];
}

/**
 * Runs in the helper. Waits for the end of the command behind the gate and prints it: the exit code, or `start-failed
 * COMMAND`.
 */
export function endCommand(container: string): CommandLine {
  return ['/bin/sh', '-c', `${words}\n${ending('$1')}`, gateName, container];
}

function ending(container: string): string {
  return `slipway_c=${controlPath}/${container}
slipway_fifos "$slipway_c"
{ until [ -s "$slipway_c.code" ]; do read -r slipway_x; done; } <>"$slipway_c.end"
slipway_wake end
slipway_line code`;
}

/**
 * Runs in the helper. Prints the container's progress at once: `absent`, `waiting` (at its gate), `opened`, `began`, or
 * `ended CODE` (like `endCommand`).
 */
export function startStateCommand(container: string): CommandLine {
  const script = `${words}
slipway_c=${controlPath}/$1
if [ -s "$slipway_c.code" ]; then echo "ended $(slipway_line code)"
elif [ -s "$slipway_c.pid" ]; then echo began
elif [ -e "$slipway_c.go" ]; then echo opened
elif [ -s "$slipway_c.user" ]; then echo waiting
else echo absent; fi`;
  return ['/bin/sh', '-c', script, gateName, container];
}

/**
 * Runs a command in a directory if the directory exists.
 * @param environment `NAME=value` entries whose names a shell can set
 */
export function withinDirectory(
  directory: string,
  environment: readonly string[],
  argv: readonly string[],
): CommandLine {
  return [
    '/bin/sh',
    '-c',
    'cd "$1" 2>/dev/null; shift; while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"',
    'sh',
    directory,
    ...environment,
    '--',
    ...argv,
  ];
}

/**
 * Runs in the container. Sends the signal (`TERM`, `KILL`) to the command behind the gate. A gate that still waits
 * exits as if killed by SIGTERM. Not an error if the process has ended. Writes the mark first, so a command that is
 * about to begin sees it.
 */
export function stopCommand(container: string, signal: 'TERM' | 'KILL'): CommandLine {
  const script = `exec 2>/dev/null
${words}
slipway_c=${controlPath}/$1
slipway_put stop 1
[ ! -p "$slipway_c.open" ] || slipway_wake open
read -r slipway_x <"$slipway_c.pid" && kill -s "$2" "$slipway_x"
exit 0`;
  return ['/bin/sh', '-c', script, gateName, container, signal];
}
