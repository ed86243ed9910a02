import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isProcessAlive, parseProcStat, parsePs, readProcessIdentity } from './process-identity.ts';

const self = readProcessIdentity();

describe('the identity of a process', () => {
  it('is the same whenever it is read', () => {
    expect(readProcessIdentity()).toEqual(self);
    expect(self.pid).toBe(process.pid);
    expect(self.startTime).not.toBe('');
  });

  it('lives as long as the process', async () => {
    expect(isProcessAlive(self, self)).toBe(true);
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const gone = { ...self, pid: child.pid ?? 0 };
    // Another process with this id differs in its start time.
    expect(isProcessAlive(gone, self)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isProcessAlive(gone, self)).toBe(false);
  });

  it.each([
    ['another boot', { bootId: 'another' }, undefined],
    ['another PID namespace', { pidNamespace: 'pid:[1]' }, undefined],
    ['the same boot under another host name', { host: 'renamed' }, true],
    ['another start', { startTime: '1' }, false],
    ['no such process', { pid: 2 ** 22 + 1 }, false],
  ])('of %s', (_, change, expected) => {
    const identity = { ...self, bootId: 'boot' };
    expect(isProcessAlive({ ...identity, ...change }, identity)).toBe(expected);
  });

  it('without a boot id is compared by host', () => {
    const identity = { ...self, bootId: '' };
    expect(isProcessAlive(identity, identity)).toBe(true);
    expect(isProcessAlive({ ...identity, host: 'another' }, identity)).toBeUndefined();
  });
});

describe("the system's data about a process", () => {
  const rest = '1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 184667 9 9';

  it.each([
    [`42 (node) S ${rest}`, '184667'],
    [`42 (a) b (c) R 1) S ${rest}`, '184667'],
    [`42 (node) Z ${rest}`, undefined],
    [`42 (node) X ${rest}`, undefined],
    ['', undefined],
  ])('in /proc as %j', (stat, expected) => {
    expect(parseProcStat(stat)?.startTime).toBe(expected);
  });

  it.each([
    ['S    Sat Nov 21 08:43:37 2026\n', 'Sat Nov 21 08:43:37 2026'],
    ['Z+   Sat Nov 21 08:43:37 2026\n', undefined],
    ['', undefined],
  ])('by ps as %j', (line, expected) => {
    expect(parsePs(line)?.startTime).toBe(expected);
  });
});
