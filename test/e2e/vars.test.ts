/** `slipway vars` as a process: real files, real pipes, real Git. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { completionScripts } from '../../src/cli/completion/scripts.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const entry = fileURLToPath(new URL('../../dist/slipway.js', import.meta.url));

const pipeline = `inputs:
  - {name: colour, type: choice, values: [red, green], default: red}
  - {name: password, type: password, default: hunter2hunter2}
environments:
  prod: {host: "\${colour}.\${DOMAIN}", login: "me:\${password}"}
test:
  unit: {container: {image: "busybox:1", cmds: ["echo \${colour} \${GIT_TAG} \${BUILD_REF}"]}}
`;

const files = {
  '.wharf-ci.yml': pipeline,
  '.wharf-vars.yml': 'vars: {DOMAIN: example.com, a: "${b}", b: "${a}"}\n',
  'deploy/app.yml': 'host: ${host}\r\nkeep: ${nope} ${%host%} $HOME',
};

async function slipway(
  project: ProjectDir,
  args: readonly string[],
  options: { input?: string; env?: Record<string, string>; code?: number } = {},
) {
  await using run = runCli(args, {
    cwd: project.path,
    env: { ...project.env, ...options.env },
    ...(options.input !== undefined && { input: options.input }),
  });
  return await run.exits(options.code ?? 0);
}

describe('vars list', () => {
  it('prints the value, the source and the overridden definitions of each variable', async () => {
    await using project = await projectDir(files, { git: true });
    const { stdout } = await slipway(project, ['vars', 'list', '-e', 'prod', '--output', 'json'], {
      env: { WHARF_VAR_DOMAIN: 'example.org', WHARF_VAR_COPY: 'pw=hunter2hunter2', SLIPWAY_INPUT_COLOUR: 'green' },
    });
    interface Listed {
      readonly name: string;
      readonly text: string | null;
      readonly source: string;
      readonly hides: readonly { readonly value: unknown; readonly source: string }[];
    }
    const { variables } = JSON.parse(stdout) as { variables: readonly Listed[] };
    const of = (name: string) => variables.find((one) => one.name === name);
    expect(of('host')).toMatchObject({
      value: '${colour}.${DOMAIN}',
      text: 'green.example.org',
      source: 'environment prod',
      place: { file: '.wharf-ci.yml', line: 5 },
    });
    expect(of('DOMAIN')).toMatchObject({
      source: 'WHARF_VAR_DOMAIN',
      hides: [{ value: 'example.com', source: '.wharf-vars.yml' }],
    });
    expect(of('colour')).toMatchObject({ source: 'SLIPWAY_INPUT_COLOUR', hides: [{ value: 'red' }] });
    expect(of('login')).toMatchObject({ text: 'me:***', secret: true });
    // A value that contains a password by accident must be masked too.
    expect(of('COPY')).toMatchObject({ value: 'pw=***', text: 'pw=***' });
    expect(of('a')).toMatchObject({ text: null });
    expect(of('BUILD_REF')).toMatchObject({ text: '1', source: 'number of the run' });
    expect(of('GIT_BRANCH')).toMatchObject({ text: 'main', source: 'Git' });
    expect(stdout).not.toContain('hunter2');
  });

  it('prints text for people, with overridden definitions on request', async () => {
    await using project = await projectDir(files);
    const env = { WHARF_VAR_DOMAIN: 'example.org' };
    const short = await slipway(project, ['vars', 'ls'], { env });
    expect(short.stdout).toMatch(/^DOMAIN +example\.org +WHARF_VAR_DOMAIN$/m);
    expect(short.stdout).not.toContain('example.com');
    expect((await slipway(project, ['vars', 'ls', '--all'], { env })).stdout).toMatch(
      /^ +example\.com +\.wharf-vars\.yml:1, hidden$/m,
    );
    expect(short.stdout).toMatch(/^password +\*\*\* /m);
  });

  it('reports the mistakes in all files, and exits 2', async () => {
    await using project = await projectDir({ '.wharf-ci.yml': pipeline, '.wharf-vars.yml': 'vars: [1]\n' });
    expect((await slipway(project, ['vars', 'list', '-e', 'nope'], { code: 2 })).stderr).toMatch(/W052[^]*W011/);
  });
});

describe('vars substitute', () => {
  it('substitutes a file or stdin, and reports each remaining name once', async () => {
    await using project = await projectDir(files);
    const expected = 'host: red.example.com\r\nkeep: ${nope} ${host} $HOME';
    const ways: readonly (readonly [readonly string[], string?])[] = [
      [['deploy/app.yml']],
      [['.', 'deploy/app.yml']],
      [['.wharf-ci.yml', 'deploy/app.yml']],
      [[], files['deploy/app.yml']],
      [['.', '-'], files['deploy/app.yml']],
      [['-'], files['deploy/app.yml']],
    ];
    for (const [operands, input] of ways) {
      const end = await slipway(
        project,
        ['vars', 'sub', '-e', 'prod', ...operands],
        input === undefined ? {} : { input },
      );
      expect(end.stdout).toBe(expected);
      expect(end.stderr).toBe('${nope} is left as it is: it is undefined\n');
    }
    await slipway(project, ['vars', 'sub', '.', 'nothing.yml'], { code: 2 });
  });

  it('prints no secret', async () => {
    await using project = await projectDir(files);
    const { stdout, stderr } = await slipway(project, ['vars', 'sub', '-e', 'prod'], {
      input: '${password} ${login} ${a}\n',
    });
    expect(stdout).toBe('${password} ${login} ${a}\n');
    expect(stderr.match(/secrets are not printed/g)).toHaveLength(2);
    expect(stderr).toMatch(/\$\{a\} .* circular reference/);
  });

  it('copies binary data of any length through slow pipes', async () => {
    await using project = await projectDir(files);
    const block = Buffer.concat([
      Buffer.from('${colour}'),
      Buffer.from([0, 0xff, 0xfe, 0x0d]),
      Buffer.alloc(100_000, 'x'),
    ]);
    const child = spawn(process.execPath, [entry, 'vars', 'substitute'], {
      cwd: project.path,
      env: { ...project.env },
    });
    const hash = createHash('sha256');
    const expected = createHash('sha256');
    child.stdout.on('data', (bytes: Buffer) => hash.update(bytes));
    const closed = new Promise((resolve) => child.once('close', resolve));
    for (let i = 0; i < 100; i++) {
      expected.update(Buffer.concat([Buffer.from('red'), block.subarray('${colour}'.length)]));
      if (!child.stdin.write(block)) await new Promise((resolve) => child.stdin.once('drain', resolve));
    }
    child.stdin.end();
    expect(await closed).toBe(0);
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
  });

  it('ends when its reader does', async () => {
    await using project = await projectDir(files);
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', `yes '\${colour}' | '${process.execPath}' '${entry}' vars sub | head -n 2; echo ended`],
      { cwd: project.path, env: { ...project.env } },
    );
    expect(stdout).toBe('red\nred\nended\n');
  });
});

describe('a dry run', () => {
  it('prints the plan after substitution', async () => {
    await using project = await projectDir({
      ...files,
      '.wharf-ci.yml': pipeline.replace('busybox:1', 'app:${colour}-${BUILD_REF}'),
    });
    expect((await slipway(project, ['run', '--dry-run', '-i', 'colour=green', '--build-id', '77'])).stdout).toMatch(
      /unit {2}app:green-77 /,
    );
    const json = JSON.parse((await slipway(project, ['run', '--dry-run=client', '--output', 'json'])).stdout) as {
      pipeline: { stages: unknown };
    };
    expect(json.pipeline.stages).toMatchObject([
      { steps: [{ spec: { image: 'app:red-1', commands: ['echo red ${GIT_TAG} 1'] } }] },
    ]);
  });
});

describe.skipIf(!existsSync('/bin/bash'))('the completion of bash (skipped without bash)', () => {
  it('completes inputs and clusters, although bash splits words at = and :', async () => {
    await using project = await projectDir(files);
    const complete = async (...words: readonly string[]) => {
      const script = `slipway() { '${process.execPath}' '${entry}' "$@"; }\n${completionScripts.bash}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return (
        await promisify(execFile)('bash', ['-c', script], { cwd: project.path, env: { ...project.env } })
      ).stdout.trimEnd();
    };
    expect(await complete('slipway', 'run', '--input', 'col')).toBe('colour=');
    expect(await complete('slipway', 'run', '--input', 'colour', '=')).toBe('red\ngreen');
    expect(await complete('slipway', 'run', '--input', 'colour', '=', 'gr')).toBe('green');
    expect(await complete('slipway', 'vars', 'l')).toBe('list');
    await project.write({ '../home/.config/slipway/config.yaml': 'clusters: {prod: {}, preview: {}, staging: {}}\n' });
    const onCluster = async (...typed: readonly string[]) =>
      await complete('slipway', 'run', '--on', 'kubernetes', ':', ...typed);
    expect(await onCluster()).toBe('prod\npreview\nstaging');
    expect(await onCluster('pr')).toBe('prod\npreview');
  });
});
