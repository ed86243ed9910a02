import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

const sh = async (script: string, more: Partial<Parameters<typeof runProgram>[0]> = {}) => {
  const { code, stdout, stderr } = await runProgram({
    argv: ['sh', '-c', script],
    signal: new AbortController().signal,
    ...more,
  });
  return { code, stdout: stdout.toString(), stderr: stderr.toString() };
};

describe('a program', () => {
  it('returns the output and the exit code', async () => {
    expect(await sh('cat; echo err >&2; exit 3', { input: 'text' })).toEqual({
      code: 3,
      stdout: 'text',
      stderr: 'err\n',
    });
  });

  it('ends with the program, although a process that it left holds its output open', async () => {
    const { stdout, code } = await sh('sleep 600 & echo $!');
    process.kill(Number(stdout));
    expect(code).toBe(0);
  });

  it.for([1, 60_000, 65_536, 3_000_000])('loses nothing of %i bytes that it printed before it ended', async (bytes) => {
    const { stdout } = await sh(`head -c ${bytes} /dev/zero`);
    expect(stdout.length).toBe(bytes);
  });

  it('may end before it has read its input', async () => {
    expect(await sh('exit 0', { input: Buffer.alloc(4_000_000) })).toMatchObject({ code: 0 });
  });

  it('has no exit code if it was killed', async () => {
    expect(await sh('kill -9 $$')).toMatchObject({ code: undefined });
    expect(await sh('exec sleep 600', { timeoutMs: 50 })).toMatchObject({ code: undefined });
  });

  it('fails with the error of the system', async () => {
    await expect(runProgram({ argv: ['/nowhere'], signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('stops on the signal', async () => {
    const stop = new AbortController();
    const running = sh('exec sleep 600', { signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});
