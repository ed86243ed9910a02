/**
 * All processes that a command has started and left: those of its session, and (on Linux) those that made sessions of their own
 * but still carry a mark in their environment. Elsewhere only the process group is known.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Turns } from './turns.ts';

export interface SessionLeader {
  readonly pid: number;
  /** As `ProcessIdentity` has it; nothing that started before it can be its descendant. */
  readonly startTime: string;
  /** How a variable of its environment begins, `NAME=value…`, that no process has but those that it started. */
  readonly mark: string;
}

/** Sends a signal to the leader's process group; `false` if nobody is in it any more. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  return signalled(-pid, signal);
}

/** Sends a signal to one process; `false` if there is none or it is somebody else's. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  return signalled(pid, signal);
}

function signalled(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Processes of the leader that live. A leader that has ended keeps its number for its session, so no stranger can be taken for it
 * while one of these is left; `trusted: false` where that is not known for sure: then only the mark counts.
 */
export async function membersOf(leader: SessionLeader, trusted: boolean): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const turns = new Turns();
  const { signal } = new AbortController();
  const members: number[] = [];
  for (const name of attempt(() => readdirSync('/proc')) ?? []) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const entry = readEntry(pid);
    if (entry !== undefined && isMember(entry, leader, trusted)) members.push(pid);
    if (turns.over) await turns.next(signal);
  }
  return members;
}

export interface ProcessEntry {
  readonly pid: number;
  readonly session: number;
  readonly startTime: string;
}

function isMember(entry: ProcessEntry, leader: SessionLeader, trusted: boolean): boolean {
  if (trusted && entry.session === leader.pid) return true;
  return Number(entry.startTime) >= Number(leader.startTime) && hasMark(entry.pid, leader.mark);
}

function readEntry(pid: number): ProcessEntry | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat === undefined ? undefined : parseStat(pid, stat);
}

/** proc(5): after the command in parentheses come state, parent, group, session, …; the 22nd field of all is the start. Zombies are none. */
export function parseStat(pid: number, stat: string): ProcessEntry | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , , session] = fields;
  const startTime = fields[19];
  if (startTime === undefined || state === 'Z' || state === 'X' || state === 'x') return undefined;
  return { pid, session: Number(session), startTime };
}

function hasMark(pid: number, mark: string): boolean {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`));
  return environment !== undefined && hasEntry(environment, mark);
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
