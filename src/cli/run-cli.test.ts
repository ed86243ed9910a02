import { describe, expect } from 'vitest';
import { cliVersion, it } from '../../test/rigs/command-line.ts';
import { FakeHost } from '../../test/rigs/fake-host.ts';
import { StoreError } from '../store/store.ts';
import { runCli } from './run-cli.ts';

describe('mistakes on the command line', () => {
  it.for<[readonly string[], RegExp]>([
    [['rnu'], /unknown command `rnu`, did you mean `run`\?/],
    [['run', '--stge', 'x'], /unknown flag `--stge`, did you mean `--stage`\?/],
    [['run', 'a', 'b'], /unexpected argument `b`/],
    [
      ['show'],
      /error: RUN is missing: number, id, id prefix, or latest\n {2}to list its flags: slipway show --help\n$/,
    ],
    [['run', '--jobs', '0'], /integer of at least 1/],
    [['run', '--pull', 'often'], /Allowed choices are missing, always, never/],
    [['run', '--dry-run=server'], /contacts no cluster/],
    [['run', '--dry-run=maybe'], /none or client/],
    [['run', '--on', 'dokcer'], /--on: unknown runtime `dokcer`/],
    [['run', '--on', 'kubernetes:'], /no cluster name after/],
    [['run', '--on', ','], /--on is empty/],
    [['run', '--input', 'novalue'], /name=value/],
    [['run', '--input', 'a=@/no/such/file'], /no such file/],
    [['run', '-q', '-v'], /cannot be combined/],
    [['run', 'a/b', '--root', 'a/c'], /--root a\/c does not contain /],
    [['run', 'a', '--root', 'a/b'], /does not contain/],
    [['run', ''], /a path is empty/],
    [['run', 'a', '--root', ''], /a path is empty/],
    [['artifacts', '1', '--to', ''], /a path is empty/],
    [['prune', '--older-than', 'long'], /a duration such as 30d/],
    [['prune', '--max-size', 'big'], /a size such as 10GB/],
    [['events', '1', '--type', 'nothing'], /Allowed choices/],
    [['runs', '--status', 'green'], /--status green: unknown status. Allowed choices are queued, /],
    [['runs', '--status', 'failed,'], /--status : unknown status/],
    [['runs', '--status', ''], /--status : unknown status/],
    [['runs', '--commit', 'abc'], /--commit abc: it must be 4 to 64 hexadecimal digits/],
    [['runs', '--ref', ''], /--ref is empty/],
    [
      ['runs', '--limit', '0', '--status', 'failed,red', '--status', 'odd', '--commit', 'main', '--repository', ''],
      /^error: --limit 0: .*\nerror: --status red: .*\nerror: --status odd: .*\nerror: --commit main: .*\nerror: --repository is empty\n {2}to list its flags: slipway runs --help\n$/,
    ],
    [
      ['schema', 'foo'],
      /^error: NAME foo: unknown value. Allowed choices are wharf-ci, wharf-vars, config, skaffold\n/,
    ],
    [['schema', 'wharf-cj'], /unknown value, did you mean `wharf-ci`\? Allowed choices/],
    [['cache'], /^error: cache requires a command: list, prune or explain\n/],
    [['cache', 'explain', 'a', 'b'], /^error: unexpected argument `b`\n/],
    [['cache', 'prune', '--max-sise', '1GB'], /^error: unknown flag `--max-sise`/],
    [['init', '--buildpacks-builder', ''], /^error: --buildpacks-builder is empty\n/],
    [['vars'], /^error: vars requires a command: list or substitute\n {2}to list the commands: slipway vars --help\n$/],
    [['vars', 'lits'], /^error: unknown command `vars lits`, did you mean `list`\?\n {2}.*slipway vars --help\n$/],
    [['vars', 'list', '--foo'], /unknown flag `--foo`\n {2}to list its flags: slipway vars list --help/],
    [['runs', '--output', 'yaml'], /--output yaml: .*\n {2}to list its flags: slipway runs --help/],
    [['runs', '--all=yes'], /--all takes no value/],
    [['runs', '--limit'], /^error: --limit requires a value\n/],
    [['-C', '', 'runs'], /a path is empty/],
    [['show', ''], /RUN is empty/],
    [['vars', 'sub', '/no/such'], /^error: cannot read \/no\/such: no such file or directory\n/],
    [['logs', '1', ''], /STEP is empty/],
    [['doctor', '--on', 'dokcer'], /--on: unknown runtime `dokcer`/],
    [['rerun', '1', '-q', '-v'], /cannot be combined/],
    [['logs', '1', '--attempt', '1'], /--attempt requires a step/],
    [['logs', '1', '--output', 'json'], /slipway events 1/],
    [['--output', 'yaml', 'runs'], /Allowed choices are text, json/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    [[], /Usage: slipway/],
    [['--verbose', 'run'], /^error: --verbose is a flag of the command, .*: slipway run --verbose\n.*run --help\n$/],
    [['-q', 'run'], /^error: -q is a flag of the command, .*: slipway run -q\n/],
    [['--stage', 'unit', 'run'], /^error: unknown flag `--stage`; write the flags of a command after it\n {2}.*\n$/],
    [['-v'], /^error: unknown flag `-v`, did you mean `-V`\?\n/],
    [['nope'], /^error: unknown command `nope`\n {2}to list the commands: slipway --help\n$/],
    [['help', 'nope'], /error: unknown command `nope`\n {2}to list the commands: slipway --help/],
    [['help', 'rnu'], /unknown command `rnu`, did you mean `run`\?/],
    [['help', 'vars', 'lits'], /unknown command `vars lits`, did you mean `list`\?\n {2}.*slipway vars --help/],
    [['help', '__complete'], /unknown command/],
  ])('%j', async ([argv, message], { slipway }) => {
    const { code, stdout, stderr, composed } = await slipway(argv);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    // No effects, not even on the state folder.
    expect(composed).toBe(0);
  });

  it.for<[readonly string[], readonly string[]]>([
    [
      [
        'run',
        'a',
        'b',
        '--jobs',
        'x',
        '--on',
        'moon',
        '-i',
        'bad',
        '-qv',
        '--pull',
        'often',
        '--foo',
        '--dry-run=server',
      ],
      [
        '--dry-run=server',
        'unknown flag',
        '--jobs x',
        '--on: unknown',
        '--input bad',
        '--pull often',
        'cannot be combined',
      ],
    ],
    [
      ['run', '-i', 'a=@/no/such/file', '-i', 'b=@/no/such/other', '--root', '/no/such/root'],
      ['--input a: cannot read', '--input b: cannot read', '--root /no/such/root does not contain'],
    ],
    [
      ['logs', '--attempt', 'x', '--output', 'json'],
      ['--attempt x', 'RUN is missing', 'raw bytes'],
    ],
    [
      ['logs', '--attempt', '1', '--tail', '-1', '1'],
      ['--tail -1', '--attempt requires a step'],
    ],
    [
      ['prune', '--keep', 'x', '--older-than', 'y', '--max-size', 'z'],
      ['--keep x: it must be', '--older-than y: it must be', '--max-size z: it must be'],
    ],
    [
      ['events', '--after', 'x', '--type', 'y'],
      ['--after x', '--type y', 'RUN is missing'],
    ],
    [
      ['resume', '-q', '-v', '-i', 'x'],
      ['--input x', 'RUN is missing', 'cannot be combined'],
    ],
    [
      ['--output', 'xml', 'show', '1', '2', '3'],
      ['--output xml', 'unexpected argument `2`', 'unexpected argument `3`'],
    ],
    [
      ['vars', 'list', '--foo', '--all=1', '-i', 'x'],
      ['unknown flag `--foo`', '--all takes no value', '--input x'],
    ],
  ])('are told together: %j', async ([argv, messages], { slipway }) => {
    const { code, stdout, stderr, composed } = await slipway(argv);
    for (const message of messages) expect(stderr).toContain(message);
    expect(stderr.split('\n').filter((line) => line.startsWith('error: '))).toHaveLength(messages.length);
    expect([code, stdout, composed]).toEqual([2, '', 0]);
  });

  it('are told for codes, without opening the store', async ({ services, slipway }) => {
    expect(await slipway(['explain', 'W0'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: unknown code `W0`.*\n {2}to list all codes/) as string,
    });
    expect(services.calls).not.toContain('store');
  });

  it('are seen in SLIPWAY_ON, too', async ({ slipway }) => {
    const { code, stderr } = await slipway(['run'], (host) => (host.env.SLIPWAY_ON = 'moon'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('SLIPWAY_ON: unknown runtime `moon`')]);
  });
});

describe('help and version', () => {
  it.for<[readonly string[]]>([
    [['--help']],
    [['help']],
    [['-h']],
    [['help', 'run']],
    [['run', '--help']],
    [['vars', '--help']],
    [['prune', '--help']],
    [['completion', '--help']],
  ])('%j', async ([argv], { slipway }) => {
    const { code, stdout, stderr, composed } = await slipway(argv);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: slipway/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(composed).toBe(0);
  });

  it.for<[readonly string[], readonly string[]]>([
    [
      ['help', 'run'],
      ['run', '--help'],
    ],
    [
      ['help', 'vars'],
      ['vars', '--help'],
    ],
    [
      ['help', 'vars', 'ls'],
      ['vars', 'list', '--help'],
    ],
    [
      ['help', 'completion'],
      ['completion', '--help'],
    ],
    [['help'], ['--help']],
  ])('%j prints the same as %j', async ([argv, same], { slipway }) => {
    const { stdout } = await slipway(argv);
    expect(stdout).toBe((await slipway(same)).stdout);
  });

  it('hides what is not for people', async ({ slipway }) =>
    expect((await slipway(['--help'])).stdout).not.toContain('__complete'));
  it.for([['--version'], ['-C', '/tmp', '-V'], ['run', '--version'], ['vars', 'list', '-V'], ['run', '--nope', '-V']])(
    'prints the version for %j, and does nothing else',
    async (argv, { slipway }) => {
      expect(await slipway(argv)).toMatchObject({ code: 0, stdout: `${cliVersion}\n`, stderr: '', composed: 0 });
    },
  );
});

it('a store that cannot be opened exits 3 with what to do', async ({ clock }) => {
  const host = new FakeHost(['runs'], clock);
  const code = await runCli(host, '1', () =>
    Promise.reject(new StoreError('newer-format', 'the state folder is of a newer version', 'use that version')),
  );
  expect([code, host.stderr.text]).toEqual([3, 'error: the state folder is of a newer version\n  use that version\n']);
});

it('what the system says of files exits 3 with what to do, and is no mistake of ours', async ({ clock }) => {
  const host = new FakeHost(['runs'], clock);
  const code = await runCli(host, '1', () =>
    Promise.reject(
      Object.assign(new Error("EMFILE: too many open files, open '/x'"), { code: 'EMFILE', syscall: 'open' }),
    ),
  );
  expect([code, host.stderr.text]).toEqual([
    3,
    "error: EMFILE: too many open files, open '/x'\n  allow more open files: `ulimit -n`\n",
  ]);
});
