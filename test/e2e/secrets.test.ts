/**
 * Tests each sentence of docs/design/product.md, "Secrets", through the built command line on every available runtime.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TerminalSession, hasTerminal } from '../rigs/terminal-session.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { imageOfUser } from '../rigs/engine-images.ts';
import { engineJson } from '../rigs/ask-engine.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli, type CliRun } from '../rigs/run-cli.ts';

const execute = promisify(execFile);

const secret = "corr'ect horse/42";
const forms = [
  secret,
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  encodeURIComponent(secret),
];
const byDefault = 'staple-battery';
const theirs = 'operators-own-token';

const pipeline = `
inputs:
  - {name: pw, type: password}
  - {name: other, type: password, default: ${byDefault}}
go:
  say:
    env: {PW: "\${pw}", HEADER: "token \${pw}"}
    artifacts: ["*.txt"]
    container:
      image: ${baseImage}
      cmds:
        - echo begun
        - echo "is $PW"
        - printf %s "$PW" | base64
        - printf %s "\${PW%ect*}"; sleep 0.3; printf '%s\\n' "ect\${PW#*ect}"
        - echo "$HEADER" >&2
        - echo other ${byDefault}
        - test "$(printf %s "$PW" | wc -c)" = ${secret.length}
        - echo made > made.txt
        - sleep 8
        - exit 3
`;

const targets = [
  ...engines.map(({ name, host, socket }) => ({ name: name, on: 'docker', host, socket })),
  { name: 'host', on: 'host', host: '', socket: '' },
];

const world = (project: ProjectDir, host: string | undefined, more: Readonly<Record<string, string>> = {}) => {
  const env = { ...project.env, ...(host !== undefined && host !== '' && { DOCKER_HOST: host }), ...more };
  return { env, cli: (args: readonly string[]): CliRun => runCli(args, { cwd: project.path, env }) };
};

/** As in JSON. The word alone is already in the plan. */
const printed = (line: string) => new RegExp(`"text":\\s*"${line}`);

/** All bytes below a folder except the snapshot, which is the user's own tree. */
async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== 'tree.tar')
    .map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (file) => await readFile(file, 'latin1')))).join('\n');
}

function expectHidden(text: string, what: string): void {
  for (const form of [...forms, byDefault, theirs]) expect(text.includes(form), `${form} in ${what}`).toBe(false);
}

describe.each(targets)('secrets of a run on $name', ({ on, host, socket }) => {
  it.skipIf(host === undefined)(
    'are not in output, log, database, container or process list',
    { timeout: 120_000 },
    async () => {
      await using project = await projectDir({ '.wharf-ci.yml': pipeline });
      const { cli } = world(project, host, { SLIPWAY_INPUT_PW: secret });
      await using run = cli(['run', '--on', on, '--output', 'json']);
      await run.until(printed('begun'));
      const { stdout: processes } = await execute(
        'sh',
        ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n" || true'],
        { maxBuffer: 2 ** 26 },
      );
      expectHidden(processes, 'the list of processes');
      if (socket !== '') {
        // All at once, while the step sleeps.
        const containers = (await engineJson(socket, '/containers/json')) as readonly { readonly Id: string }[];
        const inspected = await Promise.all(
          containers.map(async ({ Id }) => JSON.stringify(await engineJson(socket, `/containers/${Id}/json`))),
        );
        for (const text of inspected) expectHidden(text, 'docker inspect');
        const handed = inspected.filter((text) => text.includes('/.slipway/enter'));
        expect(handed.length, 'containers that are handed secrets').toBeGreaterThan(0);
      }
      const { stdout, stderr } = await run.exits(1);
      expectHidden(stdout + stderr, 'what is printed');

      const output = (await cli(['logs', '1', 'say']).exits(0)).stdout;
      expect(output.split('\n').filter((line) => line.startsWith('is '))).toEqual(['is ***']);
      expect(output, 'a secret that comes in two halves').toMatch(/\n\*\*\*\n/);
      expect(output).toContain('token ***\n');
      expect(output).toContain('other ***\n');
      for (const command of [
        ['logs', '1', 'say'],
        ['show', '1'],
        ['show', '1', '--output', 'json'],
        ['events', '1'],
        ['logs', '1', '--output', 'json'],
        ['runs'],
        ['doctor'],
      ]) {
        const ended = await cli(command).ended;
        expectHidden(ended.stdout + ended.stderr, command.join(' '));
      }
      expectHidden(await everythingIn(join(project.env['XDG_STATE_HOME'] ?? '', 'slipway')), 'the state folder');
    },
  );

  it.skipIf(host === undefined)('are masked in the text of a failure', { timeout: 60_000 }, async () => {
    await using project = await projectDir({
      '.wharf-ci.yml': `inputs: [{name: pw, type: password, default: ${byDefault}}]\ngo:\n  bad:\n    container: {image: "${baseImage}", shell: /bin/${byDefault}, cmds: ["echo"]}\n`,
    });
    const { cli } = world(project, host);
    const { stdout, stderr } = await cli(['run', '--on', on]).exits(1);
    expectHidden(stdout + stderr, 'what is printed');
    const events = (await cli(['events', '1']).exits(0)).stdout;
    expectHidden(events, 'events');
    expect(events).toContain('/bin/***');
  });

  it.skipIf(host === undefined)(
    "of the operator become a step's environment, each key by its name",
    { timeout: 60_000 },
    async () => {
      await using project = await projectDir({
        '.wharf-ci.yml': `go:\n  say:\n    container: {image: "${baseImage}", secretName: registry, cmds: ['test "$token" != ""', 'echo "<$token>"', 'echo "<$user>"']}\n`,
      });
      await writeOperatorFile(
        project,
        'secrets:\n  registry:\n    token: {file: token}\n    user: {environment: REGISTRY_USER}\n    not-a-name: {environment: REGISTRY_USER}\n',
      );
      await writeBesideOperatorFile(project, 'token', `${theirs}\n`);
      const { cli } = world(project, host, { REGISTRY_USER: 'somebody' });
      const { stdout, stderr } = await cli(['run', '--on', on]).exits(0);
      expectHidden(stdout + stderr, 'what is printed');
      expect((await cli(['logs', '1', 'say']).exits(0)).stdout).toBe('<***>\n<***>\n');
      expect((await cli(['events', '1']).exits(0)).stdout, 'a key that no variable can be called').toContain(
        'not-a-name',
      );
      expectHidden(await everythingIn(join(project.env['XDG_STATE_HOME'] ?? '', 'slipway')), 'the state folder');
    },
  );
});

describe('an artifact whose name contains a secret', () => {
  it('is listed with the secret masked, and written with its name', async () => {
    await using project = await projectDir({
      '.wharf-ci.yml': `inputs: [{name: pw, type: password}]\ngo:\n  make:\n    env: {PW: "\${pw}"}\n    artifacts: ["out-*"]\n    container: {image: any, cmds: ['echo made > "out-$PW.txt"']}\n`,
    });
    const { cli } = world(project, '', { SLIPWAY_INPUT_PW: byDefault });
    await cli(['run', '--on', 'host']).exits(0);
    const listed = await Promise.all(
      [
        ['artifacts', '1'],
        ['artifacts', '1', '--output', 'json'],
        ['events', '1'],
        ['show', '1'],
      ].map(async (args) => (await cli(args).exits(0)).stdout),
    );
    expect(listed[0]).toContain('out-***.txt');
    for (const text of listed)
      expect(text).not.toMatch(new RegExp(`${byDefault}|${Buffer.from(`out-${byDefault}`).toString('base64')}`));
    await cli(['artifacts', '1', '--to', 'copy']).exits(0);
    expect(await readdir(join(project.path, 'copy'))).toEqual([`out-${byDefault}.txt`]);
  });
});

describe.each(engines)('files with secrets in a container of $name', ({ name, host, socket }) => {
  it.skipIf(host === undefined)("are readable only by the step's user", { timeout: 120_000 }, async () => {
    const imageOf = (user: string) => `localhost/slipway-test-${name.toLowerCase()}-${user}:1`;
    await using _byNumber = await imageOfUser(socket, imageOf('1234'), { from: baseImage, user: '1234' });
    await using _byName = await imageOfUser(socket, imageOf('worker'), {
      from: baseImage,
      user: 'worker',
      passwd: 'worker:x:77:78::/:/bin/sh\n',
    });
    const step = (image: string) =>
      `{env: {PW: "\${pw}"}, container: {image: "${image}", cmds: ["stat -c '%n %a %u' /.slipway/*", 'echo "$PW"']}}`;
    const images = { root: baseImage, number: imageOf('1234'), name: imageOf('worker') };
    const steps = Object.entries(images)
      .map(([one, image]) => `  ${one}: ${step(image)}\n`)
      .join('');
    await using project = await projectDir({
      '.wharf-ci.yml': `inputs: [{name: pw, type: password}]\ngo:\n${steps}`,
    });
    const { cli } = world(project, host, { SLIPWAY_INPUT_PW: secret });
    await cli(['run', '--on', 'docker']).exits(0);
    const said = async (one: string) => (await cli(['logs', '1', one]).exits(0)).stdout;
    const files = (user: number) => `/.slipway/enter 600 ${user}\n/.slipway/step 500 ${user}\n***\n`;
    expect({ root: await said('root'), number: await said('number'), name: await said('name') }).toEqual({
      root: files(0),
      number: files(1234),
      name: files(77),
    });
  });
});

const interruptible = `
inputs: [{name: pw, type: password}]
go:
  say:
    env: {PW: "\${pw}"}
    container:
      image: ${baseImage}
      cmds: [echo begun, 'printf %s "\${PW%ect*}"', sleep 3, 'printf "%s\\n" "ect\${PW#*ect}"', echo "$PW"]
`;

describe.each(engines)('a run on $name that is killed while it prints a secret', ({ host }) => {
  it.skipIf(host === undefined)(
    'resumes only with the same secret, without a trace in its log',
    { timeout: 120_000 },
    async () => {
      await using project = await projectDir({ '.wharf-ci.yml': interruptible });
      const { cli } = world(project, host);
      const given = world(project, host, { SLIPWAY_INPUT_PW: secret });
      await using run = given.cli(['run', '--output', 'json']);
      await run.until(printed('begun'));
      run.signal('SIGKILL');
      await run.ended;

      const without = await cli(['resume', '1']).exits(2);
      expect(without.stderr).toContain('W036');
      const wrong = await cli(['resume', '1', '--input', 'pw=another']).exits(2);
      expect(wrong.stderr).toContain('W048');
      expect((await cli(['runs', '--output', 'json']).exits(0)).stdout, 'it can still be resumed').toContain(
        '"interrupted"',
      );
      const resumed = await cli(['resume', '1', '--input', `pw=${secret}`]).exits(0);
      expectHidden(resumed.stdout + resumed.stderr, 'what is printed');
      expect((await cli(['logs', '1', 'say']).exits(0)).stdout).toBe('begun\n***\n***\n');
      expectHidden(await everythingIn(join(project.env['XDG_STATE_HOME'] ?? '', 'slipway')), 'the state folder');
    },
  );
});

describe('a resumed run on a terminal', () => {
  const docker = engines.find(({ host }) => host !== undefined);

  it.skipIf(docker === undefined || !hasTerminal)(
    'asks again after a wrong password, three times',
    { timeout: 60_000 },
    async () => {
      await using project = await projectDir({ '.wharf-ci.yml': interruptible });
      await using run = world(project, docker?.host, { SLIPWAY_INPUT_PW: secret }).cli(['run', '--output', 'json']);
      await run.until(printed('begun'));
      run.signal('SIGKILL');
      await run.ended;
      const { env } = world(project, docker?.host);
      await using three = new TerminalSession(['resume', '1'], { cwd: project.path, env });
      for (const answer of ['one', 'two', 'three']) {
        await three.until('pw: ');
        three.type(`${answer}\r`);
      }
      expect(await three.ended).toBe(2);
      expect(three.screen).toContain('W048');
      await using again = new TerminalSession(['resume', '1'], { cwd: project.path, env });
      await again.until('pw: ');
      again.type('slip\r');
      await again.until('pw: ');
      again.type(`${secret}\r`);
      expect(await again.ended).toBe(0);
      expect(again.screen).not.toContain(secret);
    },
  );
});

describe("the operator's secrets of a resumed run", () => {
  const docker = engines.find(({ host }) => host !== undefined);

  it.skipIf(docker === undefined)('are the current ones, with a note', { timeout: 60_000 }, async () => {
    await using project = await projectDir({
      '.wharf-ci.yml': `go:\n  first:\n    container: {image: "${baseImage}", secretName: registry, cmds: [echo begun, sleep 2]}\nthen:\n  second:\n    container: {image: "${baseImage}", secretName: registry, cmds: ['test "$token" = changed-since']}\n`,
    });
    await writeOperatorFile(project, 'secrets:\n  registry:\n    token: {environment: TOKEN}\n');
    await using run = world(project, docker?.host, { TOKEN: theirs }).cli(['run', '--output', 'json']);
    await run.until(printed('begun'));
    run.signal('SIGKILL');
    await run.ended;
    const { cli } = world(project, docker?.host, { TOKEN: 'changed-since' });
    await cli(['resume', '1']).exits(0);
    expect((await cli(['events', '1']).exits(0)).stdout).toContain('secret registry, key token, is another one');
  });

  it('stop the run before its start if they are unavailable', async () => {
    await using project = await projectDir({
      '.wharf-ci.yml': `go:\n  say:\n    container: {image: "${baseImage}", secretName: registry, cmds: [echo]}\n`,
    });
    await writeOperatorFile(
      project,
      'secrets:\n  registry:\n    a: {environment: NOT_SET}\n    b: {file: not-there}\n    c: {helper: slipway-test-missing, server: registry.example}\n',
    );
    const { stdout, stderr } = await world(project, '').cli(['run', '--on', 'host']).exits(2);
    expect((stdout + stderr).match(/W063/g)?.length).toBeGreaterThanOrEqual(3);
  });
});

describe('a mistake in the file', () => {
  it.each([
    [
      'beside it',
      `inputs:\n  - {name: pw, type: password, default: ${byDefault}, wrong: 1}\ngo: {say: {container: {image: i, cmds: [x]}}}\n`,
    ],
    [
      'in the same step',
      `inputs:\n  - {name: pw, type: password, default: ${byDefault}}\ngo: {say: {container: {image: i, cmds: [login ${byDefault}], wrong: 1}}}\n`,
    ],
    ['in its YAML', `inputs:\n  - name: pw\n    type: password\n    default: ${byDefault}\n   bad: [\n`],
    [
      'about its type',
      `inputs:\n  - {name: pw, type: password, default: [${byDefault}]}\ngo: {say: {container: {image: i, cmds: [x]}}}\n`,
    ],
    [
      'with escapes',
      `inputs:\n  - {name: pw, type: password, default: "${byDefault.replace('a', '\\x61')}", wrong: 1}\ngo: {say: {container: {image: i, cmds: [x]}}}\n`,
    ],
  ])('masks the default of a password: %s', async (_, text) => {
    await using project = await projectDir({ '.wharf-ci.yml': text });
    const { cli } = world(project, '');
    for (const args of [
      ['validate'],
      ['validate', '--output', 'json'],
      ['run', '--on', 'host'],
      ['run', '--dry-run'],
      ['run', '--dry-run', '--output', 'json'],
      ['vars', 'list'],
      ['events', 'latest'],
    ]) {
      const { stdout, stderr } = await cli(args).ended;
      expect(stdout + stderr).not.toContain(byDefault);
      expect(stdout + stderr).not.toContain('\\x61');
    }
  });
});

describe('how a password is given', () => {
  const small = `inputs: [{name: pw, type: password}, {name: pin, type: password}]\ngo:\n  say:\n    env: {PW: "\${pw}", PIN: "\${pin}"}\n    container: {image: "${baseImage}", cmds: ['echo "<$PW|$PIN>" | tr a-z A-Z']}\n`;

  it('in a file, in the environment, or as an argument with a warning; a short one gets a warning', async () => {
    await using project = await projectDir({ '.wharf-ci.yml': small, 'pw.txt': 'from-file\n' });
    const { cli } = world(project, '', { SLIPWAY_INPUT_PIN: 'abc' });
    const { stdout, stderr } = await cli(['run', '--on', 'host', '--input', 'pw=@pw.txt']).exits(0);
    const said = stdout + stderr;
    expect(said).toContain('<FROM-FILE|ABC>');
    expect(said).toContain('`pin` has fewer than 4 characters');
    expect(said).not.toContain('was passed as an argument');
    const argued = await cli(['run', '--on', 'host', '--input', 'pw=shouted']).exits(0);
    expect(argued.stdout + argued.stderr).toContain('`pw` was passed as an argument');
  });

  it('a missing one is an error without a terminal', async () => {
    await using project = await projectDir({ '.wharf-ci.yml': small });
    const { stdout, stderr } = await world(project, '').cli(['run', '--on', 'host']).exits(2);
    expect((stdout + stderr).match(/W036/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('at a prompt, one after the other, without echo', { skip: !hasTerminal, timeout: 120_000 }, async () => {
    await using project = await projectDir({ '.wharf-ci.yml': small });
    await using terminal = new TerminalSession(['run', '--on', 'host'], { cwd: project.path, env: project.env });
    await terminal.until('pw: ');
    terminal.type('typed-one\r');
    await terminal.until('pin: ');
    terminal.type('typed-two\r');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen).toContain('<TYPED-ONE|TYPED-TWO>');
    expect(terminal.screen).not.toContain('typed-one');
    expect(terminal.screen).not.toContain('typed-two');
  });

  it('two pasted at once', { skip: !hasTerminal, timeout: 120_000 }, async () => {
    await using project = await projectDir({ '.wharf-ci.yml': small });
    await using terminal = new TerminalSession(['run', '--on', 'host'], { cwd: project.path, env: project.env });
    await terminal.until('pw: ');
    terminal.type('pasted-one\rpasted-two\r');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen).toContain('<PASTED-ONE|PASTED-TWO>');
  });

  it('Ctrl-C instead of an answer cancels the run', { skip: !hasTerminal, timeout: 120_000 }, async () => {
    await using project = await projectDir({ '.wharf-ci.yml': small });
    await using terminal = new TerminalSession(['run', '--on', 'host'], { cwd: project.path, env: project.env });
    await terminal.until('pw: ');
    terminal.type('\x03');
    expect(await terminal.ended).toBe(130);
    expect((await world(project, '').cli(['runs', '--output', 'json']).exits(0)).stdout).toContain('"cancelled"');
  });

  it('an empty one is not a secret', async () => {
    await using project = await projectDir({ '.wharf-ci.yml': small });
    const { stdout, stderr } = await world(project, '', { SLIPWAY_INPUT_PW: '', SLIPWAY_INPUT_PIN: '' })
      .cli(['run', '--on', 'host'])
      .exits(0);
    expect(stdout + stderr).toContain('<|>');
    expect(stdout + stderr).not.toContain('W044');
  });
});

async function writeOperatorFile(project: ProjectDir, text: string): Promise<void> {
  await writeBesideOperatorFile(project, 'config.yaml', text);
}

async function writeBesideOperatorFile(project: ProjectDir, name: string, text: string): Promise<void> {
  const folder = join(project.env['XDG_CONFIG_HOME'] ?? '', 'slipway');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
}
