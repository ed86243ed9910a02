/** Identifies a process, so that another process can later check whether it still lives. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly host: string;
  /** Changes with every boot. Empty if the system has none. */
  readonly bootId: string;
  /** Empty if there are no PID namespaces. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** In the system's unit. Only compared. Process ids are reused, pairs of id and start time are not. */
  readonly startTime: string;
}

/** Returns the identity of this process. */
export function readProcessIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    bootId: readBootId(),
    pidNamespace: process.platform === 'linux' ? (attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '') : '',
    pid: process.pid,
    startTime: readProcess(process.pid)?.startTime ?? '',
  };
}

/** Returns the identity of another process of this machine, usually a child; `undefined` if there is none. */
export function identifyProcess(pid: number, self: ProcessIdentity): ProcessIdentity | undefined {
  const found = readProcess(pid);
  return found && { ...self, pid, startTime: found.startTime };
}

/**
 * Reports whether a process lives, as seen by `self`. Returns `undefined` if it cannot be known from here (another
 * machine, boot or PID namespace).
 *
 * The boot id identifies the machine better than its host name, which changes on a laptop with the network.
 */
export function isProcessAlive(identity: ProcessIdentity, self: ProcessIdentity): boolean | undefined {
  const sameMachine =
    identity.bootId === '' || self.bootId === '' ? identity.host === self.host : identity.bootId === self.bootId;
  if (!sameMachine || identity.pidNamespace !== self.pidNamespace) return undefined;
  const found = readProcess(identity.pid);
  return found !== undefined && found.startTime === identity.startTime;
}

/** A process that has ended but was not reaped (a zombie) counts as gone. */
function readProcess(pid: number): { startTime: string } | undefined {
  return process.platform === 'linux' ? readLinuxProcess(pid) : readProcessByPs(pid);
}

function readLinuxProcess(pid: number): { startTime: string } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat === undefined ? undefined : parseProcStat(stat);
}

/**
 * Parses proc(5): the second field is the command in parentheses, which may contain anything; the 3rd is the state, the
 * 22nd the start time.
 */
export function parseProcStat(stat: string): { startTime: string } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (startTime === undefined || state === 'Z' || state === 'X' || state === 'x') return undefined;
  return { startTime };
}

function readProcessByPs(pid: number): { startTime: string } | undefined {
  const line = attempt(() =>
    execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  return line === undefined ? undefined : parsePs(line);
}

/** Parses the state and the start time: `Sat Nov 21 08:43:37 2026`. */
export function parsePs(line: string): { startTime: string } | undefined {
  const [state, ...start] = line.trim().split(/\s+/);
  if (state === undefined || start.length === 0 || state.startsWith('Z')) return undefined;
  return { startTime: start.join(' ') };
}

function readBootId(): string {
  if (process.platform === 'linux')
    return attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()) ?? '';
  if (process.platform === 'darwin')
    return (
      attempt(() =>
        execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        }).trim(),
      ) ?? ''
    );
  return '';
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
