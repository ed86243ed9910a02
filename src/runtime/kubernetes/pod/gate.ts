import { shellWord } from '../../../util/shell-word.ts';
import { claimFile, completeFile, controlPath, gateName } from './control-volume.ts';

/**
 * What runs in a pod for us, for any POSIX shell (dash, ash of BusyBox, bash): `control-volume.ts` says how the parts
 * meet. The command lines are as a process gets them; Kubernetes wants some of them escaped (`withoutReferences` in
 * `pod-specification.ts`).
 *
 * A FIFO is always opened for reading and writing, which never blocks but would make a plain file where it is not there
 * yet, so whoever is to wait at one makes it first; and it is opened before its file is looked at. Whoever was woken
 * wakes the next, as a line is read by one only. No variable may be set that the image's environment could have: it
 * would be changed for the command, too.
 */
type CommandLine = readonly string[];

/** A container's gate, with the places of its volumes. */
export interface Gate {
  readonly container: string;
  /** Absolute, in the helper: what has to belong to whoever runs behind the gate. */
  readonly paths: readonly string[];
}

/** Functions of the scripts that follow; `$slipway_c` is the container's part of the control volume. */
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
 * Between the gate and its command, so that there is a process of which the id is known before it is the command. The
 * shells' own variables go; bash sets two of them while it executes, so there `env` takes them away. Only where `exec`
 * fails is there anything after it: a trap where that ends the shell.
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
 * `$1` is the container, the rest its command. What a shell says of a child that a signal killed is no output of the
 * command, so its own goes nowhere; dash says it with the redirections of the child, unless they are made in a child
 * already. The command runs in the foreground: in the background it would ignore SIGINT. Its end is told at once; the
 * container ends a moment later, as a node drops what it has not copied of the output by then.
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

/** What a container of a pod runs instead of its command, which follows. */
export function gateCommand(container: string): CommandLine {
  return ['/bin/sh', '-c', gate, gateName, container];
}

/**
 * How long a pod waits to be filled, in seconds: its creator gives up a cluster that is away sooner (`persistence.ts`).
 */
const unclaimedSeconds = 900;

/** The beginning of the message with which a helper ends a pod; the pod's state has it (`terminated.message`). */
export const unfilledMessage = 'no process has filled this pod';

/**
 * Run beside the helper's wait: ends a pod of which no gate was opened in time, unless a process is filling it. The
 * pod's creator is dead, and the pod would count in quotas for ever. An image without `sleep` has no such limit.
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

/** The process that fills a pod or opens its gates. */
const claim = `(umask 0; echo $$ >${claimFile})`;

/**
 * The helper's own command: makes what gates wait at, for images that cannot, and waits, for SIGTERM or until its own
 * gate is opened. The shell waits for a child, since SIGTERM ends that wait at once in every shell.
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
 * @param name of the helper's container itself
 * @param gates the containers that have gates
 * @param limitSeconds after which a pod that no process has opened ends itself
 */
export function helperCommand(name: string, gates: readonly string[], limitSeconds = unclaimedSeconds): CommandLine {
  return ['/bin/sh', '-c', helper, name, String(limitSeconds), name, ...gates];
}

/**
 * Opens the gate `$1` once somebody stands at it and the paths that follow are theirs. Files belong to whoever unpacked
 * them, which is the helper's user: root may give them away, anybody else can only let everybody have them. Without a
 * gate nobody knows who will come: `-` as the user.
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
 * Run in the helper: waits for whoever comes to the gate, makes the files theirs, opens. Prints `opened CONTAINER
 * UID:GID`, and before it `kept PATH` for each path whose files could not be given.
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
 * Run in the helper: unpacks the tar of its standard input at `/`, then opens gates as `openCommand` does, one after
 * the other, in the same exchange. The tar has no entries of the mount points themselves, which belong to root. The
 * first line that it prints: `filled`; or what went wrong, and then it fails: `no-tar`; `tar-failed CODE`, of which
 * `tar` says more on the standard error; `incomplete`, the stream was cut.
 * @param last whose end it waits for behind that, as `endCommand` does
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
 * Run in the init container of a pod without gates, as `fillCommand`: everybody may write the files, then it is done
 * with.
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
 * Run in the helper: waits for the end of what is behind the gate, and prints it: the exit code, or `start-failed
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
 * Run in the helper: prints at once how far a container came: `absent`, `waiting` at its gate, `opened`, `began`,
 * `ended CODE` (as `endCommand` has it).
 */
export function beganCommand(container: string): CommandLine {
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
 * Runs a command in a directory, if that is there. @param environment `NAME=value` each, of names that a shell can set
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
 * Run in the container itself: sends the signal (`TERM`, `KILL`) to the command behind the gate, or sends whoever waits
 * at the gate home, as if killed by SIGTERM. No error if it is gone. The mark is made first: a command that is about to
 * begin sees it.
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
