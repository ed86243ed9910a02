/**
 * All processes that a command has started and left: those of its session, and (on Linux) those that made sessions of
 * their own but still carry a mark, and the children of all these. Elsewhere only the process group is known.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Turns } from './turns.ts';

/**
 * Two marks that children inherit. `env -i` removes the first, closing all files the second. No other command has them.
 */
export interface ProcessMark {
  /** How a variable of the environment begins: `NAME=value…`. */
  readonly variable: string;
  /** How the paths of files begin that the processes were started with; without links, as the system reports them. */
  readonly files: string;
}

export interface SessionLeader {
  readonly pid: number;
  /** As `ProcessIdentity` has it; nothing that started before it can be its descendant. */
  readonly startTime: string;
  readonly mark: ProcessMark;
}

/** Sends a signal to the leader's process group; `false` if nobody is in it any more. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  return signalled(-pid, signal) === 'sent';
}

/** Sends a signal to one process; `false` if it belongs to another user. One that has ended needs none. */
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

/** Processes found before, with their start times: one whose parent has ended since is known by nothing else. */
export type KnownProcesses = Map<number, string>;

/**
 * Processes of the leader that live. A leader that has ended keeps its number for its session, so no stranger can be
 * taken for it while one of these is left; `trusted: false` where that is not known for sure: then only the mark
 * counts.
 * @param known takes what is found, for the next time
 */
export async function membersOf(
  leader: SessionLeader,
  trusted: boolean,
  known: KnownProcesses,
): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const turns = new Turns();
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

/** These and all that descend from them: a child without any mark is known as long as its parent lives. */
export function withDescendants(pids: ReadonlySet<number>, entries: readonly ProcessEntry[]): ReadonlySet<number> {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of entries) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = new Set(pids);
  // A set is iterated to its end, additions included.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return found;
}

function isMember(entry: ProcessEntry, leader: SessionLeader, trusted: boolean): boolean {
  if (trusted && entry.session === leader.pid) return true;
  // A process that is older can hold one of the files only because it was handed over, as to a server of `tmux`.
  return Number(entry.startTime) >= Number(leader.startTime) && hasMark(entry.pid, leader.mark);
}

function readEntry(pid: number): ProcessEntry | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat === undefined ? undefined : parseStat(pid, stat);
}

/**
 * proc(5): after the command in parentheses come state, parent, group, session, …; the 22nd field of all is the start.
 * Zombies are none.
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

/** Files of other users' processes cannot be seen, nor could these be killed. */
function hasFile(pid: number, beginning: string): boolean {
  const folder = `/proc/${pid}/fd`;
  const open = attempt(() => readdirSync(folder)) ?? [];
  return open.some((name) => attempt(() => readlinkSync(`${folder}/${name}`))?.startsWith(beginning) === true);
}

/** Whether one of a block's NUL-terminated strings begins so. */
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
