/**
 * Finds all processes that a command has started: those of its session, on Linux also those that left the session but
 * carry a mark, and all their children. Other systems only know the process group.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { TimeSlice } from './time-slice.ts';

/**
 * Two marks that children inherit. `env -i` removes the first, closing all files removes the second. No other command
 * has them.
 */
export interface ProcessMark {
  /** The start of an environment variable: `NAME=value…`. */
  readonly variable: string;
  /** The path prefix of the files that the processes inherit open. Without links, as the system reports paths. */
  readonly files: string;
}

export interface SessionLeader {
  readonly pid: number;
  /** As in `ProcessIdentity`. A descendant cannot have started earlier. */
  readonly startTime: string;
  readonly mark: ProcessMark;
}

/** Sends a signal to the leader's process group. Returns `false` if the group is empty. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  return signalled(-pid, signal) === 'sent';
}

/** Sends a signal to one process. Returns `false` if it belongs to another user. Not an error if it has ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  return signalled(pid, signal) !== 'refused';
}

function signalled(target: number, signal: NodeJS.Signals): 'sent' | 'gone' | 'refused' {
  try {
    process.kill(target, signal);
    return 'sent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'refused' : 'gone';
  }
}

/** Processes found before, with their start times. If its parent has ended since, a process can only be found here. */
export type KnownProcesses = Map<number, string>;

/**
 * Returns the living processes of the leader. A leader that has ended keeps its id reserved for its session, so no
 * other process gets it while a member is left. `trusted: false` if that is uncertain: then only the mark counts.
 * @param known receives the found processes for the next call
 */
export async function membersOf(
  leader: SessionLeader,
  trusted: boolean,
  known: KnownProcesses,
): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const turns = new TimeSlice();
  const { signal } = new AbortController();
  const entries: ProcessEntry[] = [];
  const members = new Set<number>();
  for (const name of attempt(() => readdirSync('/proc')) ?? []) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const entry = readEntry(pid);
    if (turns.over) await turns.next(signal);
    if (entry === undefined) continue;
    entries.push(entry);
    if (known.get(pid) === entry.startTime || isMember(entry, leader, trusted)) members.add(pid);
  }
  const found = withDescendants(members, entries);
  for (const { pid, startTime } of entries) if (found.has(pid)) known.set(pid, startTime);
  return [...found];
}

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly startTime: string;
}

/** Adds all descendants. A child without a mark is found as long as its parent lives. */
export function withDescendants(pids: ReadonlySet<number>, entries: readonly ProcessEntry[]): ReadonlySet<number> {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of entries) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = new Set(pids);
  // Iterating a set includes elements that are added meanwhile.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return found;
}

function isMember(entry: ProcessEntry, leader: SessionLeader, trusted: boolean): boolean {
  if (trusted && entry.session === leader.pid) return true;
  // An older process can hold one of the files only because it received it, like a `tmux` server.
  return Number(entry.startTime) >= Number(leader.startTime) && hasMark(entry.pid, leader.mark);
}

function readEntry(pid: number): ProcessEntry | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat === undefined ? undefined : parseStat(pid, stat);
}

/**
 * Parses proc(5): after the command in parentheses come state, parent, group, session, …; the 22nd field is the start
 * time. Returns `undefined` for zombies.
 */
export function parseStat(pid: number, stat: string): ProcessEntry | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, , session] = fields;
  const startTime = fields[19];
  if (startTime === undefined || state === 'Z' || state === 'X' || state === 'x') return undefined;
  return { pid, parent: Number(parent), session: Number(session), startTime };
}

function hasMark(pid: number, mark: ProcessMark): boolean {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`));
  return (environment !== undefined && hasEntry(environment, mark.variable)) || hasFile(pid, mark.files);
}

/** The files of other users' processes are invisible. Such processes could not be killed either. */
function hasFile(pid: number, beginning: string): boolean {
  const folder = `/proc/${pid}/fd`;
  const open = attempt(() => readdirSync(folder)) ?? [];
  return open.some((name) => attempt(() => readlinkSync(`${folder}/${name}`))?.startsWith(beginning) === true);
}

/** Reports whether one of the NUL-terminated strings starts with this text. */
export function hasEntry(block: Buffer, beginning: string): boolean {
  const wanted = Buffer.from(`\0${beginning}`);
  return block.includes(wanted) || block.subarray(0, wanted.length - 1).equals(wanted.subarray(1));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
