import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import type { Verb } from '../../../src/runtime/fake/verb.ts';
import type { Exit } from '../../../src/runtime/runtime.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace } from './volumes.ts';

/** Exit codes and output of commands that run to their end. */
export function outputContract({ bench, traits }: Contract): void {
  /** If the last output may be lost, the command ends only after all of it has been read. */
  async function runWhole(
    verbs: readonly Verb[],
    bytes: number,
  ): Promise<{ readonly stdout: Buffer; readonly exit: Exit }> {
    if (traits.lastWords) return await bench().run(verbs);
    const workload = await bench().start([...verbs, say.wait('go')], inWorkspace());
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of workload.logs('main', {}, new AbortController().signal)) {
      if ('lost' in chunk) throw new Error(chunk.lost);
      parts.push(chunk.bytes);
      size += chunk.bytes.length;
      if (size === bytes) await bench().exec(workload, [say.write('go', '')]);
    }
    return { stdout: Buffer.concat(parts), exit: await workload.exited('main') };
  }

  test.each([0, 1, 3, 127, 255])('exit code %i', async (code) => {
    const { exit } = await bench().run([say.exit(code)]);
    expect(exit).toMatchObject({ code });
  });

  test('a killed command ends with 128 plus the signal', async () => {
    const { exit } = await bench().run([say.killSelf()]);
    expect(exit).toMatchObject({ code: 137 });
  });

  test.skipIf(!traits.apart)('keeps stdout and stderr apart', async () => {
    const { stdout, stderr, combined } = await bench().run([
      say.print('out\n'),
      say.print('err\n', 'stderr'),
      say.print('more\n'),
    ]);
    expect([stdout.toString(), stderr.toString(), combined.toString()]).toEqual(['out\nmore\n', 'err\n', '']);
  });

  test.skipIf(traits.apart)('merges stdout and stderr completely', async () => {
    const { stdout, stderr, combined } = await bench().run([
      say.print('out\n'),
      say.print('err\n', 'stderr'),
      say.print('more\n'),
    ]);
    expect(combined.toString().split('\n').sort()).toEqual(['', 'err', 'more', 'out']);
    expect([stdout.equals(combined), stderr.toString()]).toEqual([true, '']);
  });

  test('keeps all bytes: NUL, invalid UTF-8, carriage returns, no final newline', async () => {
    const lineEnd = traits.lineEnds ? [13, 13, 10] : [13, 13, 9, 10];
    const bytes = Buffer.from([
      0,
      1,
      0xff,
      0xfe,
      0xc3,
      0x28,
      ...lineEnd,
      0x80,
      9,
      27,
      0xf0,
      0x9f,
      0x92,
      0x97,
      0xe2,
      0x82,
    ]);
    const { stdout, stderr, lost } = await bench().run([
      say.print(bytes),
      ...(traits.apart ? [say.print(bytes, 'stderr')] : []),
    ]);
    expect(stdout.equals(bytes), stdout.toString('hex')).toBe(true);
    if (traits.apart) expect(stderr.equals(bytes), stderr.toString('hex')).toBe(true);
    expect(lost).toEqual([]);
  });

  test('returns a lot of output completely and in order', async () => {
    const last = Math.ceil(traits.bulk / 7.2);
    const { stdout, exit } = await runWhole([say.count(last)], sizeOf(last));
    expect(sameNumbers(stdout, last)).toBe(true);
    expect(exit).toMatchObject({ code: 0 });
  });

  test.skipIf(traits.apart)('merges a lot of output on both streams', async () => {
    const last = Math.ceil(traits.bulk / 40);
    const { stdout: combined } = await runWhole(
      [say.count(last), say.count(last, 'stderr'), say.count(last)],
      3 * sizeOf(last),
    );
    const times = new Map<string, number>();
    for (const line of combined.toString().trimEnd().split('\n')) times.set(line, (times.get(line) ?? 0) + 1);
    expect([times.size, [...times.values()].every((count) => count === 3)]).toEqual([last, true]);
  });

  test.skipIf(!traits.apart)('returns a lot of output on both streams', async () => {
    const last = Math.ceil(traits.bulk / 40);
    const { stdout, stderr } = await bench().run([say.count(last), say.count(last, 'stderr'), say.count(last)]);
    expect(sameNumbers(stdout.subarray(0, stdout.length / 2), last)).toBe(true);
    expect(sameNumbers(stdout.subarray(stdout.length / 2), last)).toBe(true);
    expect(sameNumbers(stderr, last)).toBe(true);
  });

  test('returns the output of a command that ended before it was read', async () => {
    const workload = await bench().start([say.print('first and last'), say.print('oh', 'stderr'), say.exit(2)]);
    expect(await workload.exited('main')).toMatchObject({ code: 2 });
    const { stdout, stderr } = await bench().hear(workload);
    if (traits.apart) expect([stdout.toString(), stderr.toString()]).toEqual(['first and last', 'oh']);
    else expect(['first and lastoh', 'ohfirst and last']).toContain(stdout.toString());
  });

  test('returns the lines of short-lived commands, many times', async () => {
    for (let i = 0; i < 5; i++) {
      const { stdout } = await bench().run([say.print(`line ${i}\n`)]);
      expect(stdout.toString()).toBe(`line ${i}\n`);
    }
  });

  test('returns output while the command still runs', async () => {
    const printed = traits.halfLines ? 'half a line' : 'a line\n';
    const workload = await bench().start([say.print(printed), say.hang()]);
    expect((await bench().hearUntil(workload, printed)).stdout.toString()).toBe(printed);
  });

  test('ends although a background process holds the streams open', async () => {
    const { stdout, exit } = await bench().run([say.leaveProcess(), say.print('done'), say.exit(4)]);
    expect(stdout.toString()).toBe('done');
    expect(exit).toMatchObject({ code: 4 });
  });

  test('passes environment variables unchanged', async () => {
    const value = 'a b\'c"d$e`f\\g\u00e9 \u{1f497}';
    const { stdout } = await bench().run([say.variable('ODD'), say.variable('EMPTY'), say.variable('PATH')], {
      container: { env: { ODD: value, EMPTY: '' } },
    });
    expect(stdout.toString().split('\n').slice(0, 2)).toEqual([value, '']);
    expect(stdout.toString().split('\n')[2]).toMatch(/./);
  });
}

/** The numbers from 1 to `last`, one a line. */
function sizeOf(last: number): number {
  return Array.from({ length: last }, (_, i) => String(i + 1).length + 1).reduce((sum, size) => sum + size, 0);
}

/** Reports whether these are the numbers from 1 to `last`, one a line. */
function sameNumbers(bytes: Buffer, last: number): boolean {
  const expected: string[] = [];
  for (let number = 1; number <= last; number++) expected.push(`${number}\n`);
  return bytes.equals(Buffer.from(expected.join('')));
}
