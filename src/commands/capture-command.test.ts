import { describe, expect, it } from 'vitest';
import { recordingWork } from '../../test/rigs/recording-work.ts';
import { captureCommand } from './capture-command.ts';

async function capture(script: string) {
  const { work, text } = recordingWork();
  const command = { argv: ['sh', '-c', script], cwd: '/', env: { PATH: process.env['PATH'] } } as const;
  return { outcome: await captureCommand(command, work), output: text() };
}

describe('captureCommand', () => {
  it('returns stdout, and writes stderr as output', async () =>
    expect(await capture('echo a; echo warning >&2; printf ü')).toEqual({
      outcome: { status: 'succeeded', value: 'a\nü' },
      output: 'warning\n',
    }));

  it('fails as the command does', async () =>
    expect(await capture('echo a; exit 4')).toEqual({
      outcome: { status: 'failed', failure: { code: 'exit-nonzero', exitCode: 4 } },
      output: '',
    }));

  it.each([
    [String.raw`printf '\377'`, 'a text that is not UTF-8'],
    ['head -c 67108865 /dev/zero', 'more than 64 MiB'],
  ])('refuses what %s prints', async (script, what) =>
    expect((await capture(script)).outcome).toEqual({
      status: 'failed',
      failure: { code: 'unsupported', detail: `sh printed ${what}` },
    }),
  );
});
