/** Hooks of deploys, on this machine and in containers, on a real cluster and on real engines. */
import { randomBytes } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { usualDeployPermissions } from '../../src/clusters/permissions-for-deploys.ts';
import { serviceAccountWith } from '../rigs/cluster-account.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { testHelms } from '../rigs/helm-programs.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const sleeping = (name: string) => ({
  ...{ name, image: baseImage, imagePullPolicy: 'IfNotPresent' },
  command: ['sh', '-c', 'trap exit TERM; while :; do sleep 1; done'],
});

const deployment = (name: string, replicas: number, ...containers: readonly string[]) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
  spec: {
    ...{ replicas, selector: { matchLabels: { app: name } } },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 1, containers: containers.map(sleeping) },
    },
  },
});

const shell = (script: string) => ['sh', '-c', script];
const host = (script: string) => ({ host: { command: shell(script) } });
const inside = (script: string, more: object = {}) => ({
  container: { command: shell(script), podName: 'web*', ...more },
});

/** The lines that hooks of this test print, without messages that name their commands. */
function linesIn(stdout: string): readonly string[] {
  const lines = stdout.split('\n').filter((line) => !line.includes('`'));
  return lines.flatMap((line) => /(?:\[[^\]]*\] )?said .*$/.exec(line)?.[0] ?? []);
}

class World implements AsyncDisposable {
  readonly word = randomBytes(4).toString('hex');
  readonly #project: ProjectDir;
  readonly #env: Readonly<Record<string, string>>;

  constructor(project: ProjectDir, env: Readonly<Record<string, string>>) {
    this.#project = project;
    this.#env = { ...project.env, ...env };
  }

  get path(): string {
    return this.#project.path;
  }

  cli(...args: readonly string[]) {
    return runCli(args, { cwd: this.#project.path, env: this.#env });
  }

  /** Writes the project, and deploys it. */
  async deploy(hooks: object, objects: readonly object[] = [deployment('web', 1, 'app')]) {
    await this.configure({ manifests: { rawYaml: ['k8s.yaml'] }, deploy: { kubectl: { hooks } } }, objects);
    return this.cli('deploy', '--output', 'text');
  }

  async configure(fields: object, objects: readonly object[]): Promise<void> {
    const metadata = { name: `hooks-${this.word}` };
    const configuration = { apiVersion: 'skaffold/v4beta13', kind: 'Config', metadata, ...fields };
    await this.#project.write({
      'skaffold.yaml': JSON.stringify(configuration),
      'k8s.yaml': objects.map((object) => JSON.stringify(object)).join('\n---\n'),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cli('delete').ended;
    await this.#project[Symbol.asyncDispose]();
  }
}

const opened = await openTestCluster();

describe.skipIf('skip' in opened)(`hooks of deploys to a cluster${'skip' in opened ? `: ${opened.skip}` : ''}`, () => {
  const cluster = opened as TestCluster;
  const context = cluster.connection?.context ?? '';
  let world: World;
  beforeAll(async () => {
    const project = await projectDir({ '../home/kubeconfig': cluster.kubeconfig });
    world = new World(project, { KUBECONFIG: `${project.env['HOME'] ?? ''}/kubeconfig` });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  it(
    'run in the order of the file, in every container that matches, and nowhere else',
    { timeout: 120_000 },
    async () => {
      const stranger = { ...deployment('web-of-others', 1, 'app').spec.template.spec, containers: [sleeping('app')] };
      await cluster.client.json('POST', `/api/v1/namespaces/${cluster.namespace}/pods`, {
        body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-of-others' }, spec: stranger },
      });
      const hooks = {
        before: [
          host('echo said before in $SKAFFOLD_KUBE_CONTEXT, $SKAFFOLD_NAMESPACES, $SKAFFOLD_WORK_DIR'),
          inside('echo said never'),
        ],
        after: [
          host('echo said first'),
          inside('echo said by $HOSTNAME', { containerName: 'app' }),
          host('echo said last; test -n "$SKAFFOLD_RUN_ID"'),
        ],
      };
      const { stdout } = await (await world.deploy(hooks, [deployment('web', 2, 'app', 'proxy')])).exits(0);
      const lines = linesIn(stdout);
      expect(lines.toSpliced(2, 2)).toEqual([
        `said before in ${context}, ${cluster.namespace}, ${world.path}`,
        'said first',
        'said last',
      ]);
      const pods = lines.slice(2, 4).map((line) => /^\[(web-\S+) app\] said by (\S+)$/.exec(line)?.slice(1));
      expect(pods.map((names) => names?.[0] === names?.[1])).toEqual([true, true]);
      expect(new Set(pods.map((names) => names?.[0])).size).toBe(2);
      expect(stdout).toContain('said never` skipped: this deploy has no running container of a pod web*');
    },
  );

  it('before hooks run in the pods of the deploy before', { timeout: 120_000 }, async () => {
    const { stdout } = await (await world.deploy({ before: [inside('echo said again')] })).exits(0);
    expect(linesIn(stdout).length).toBeGreaterThan(0);
  });

  it('a command that fails fails the step, with pod, container and exit code', { timeout: 120_000 }, async () => {
    const { stdout } = await (
      await world.deploy({ after: [inside('echo said no >&2; exit 3'), host('echo said more')] })
    ).exits(1);
    expect(linesIn(stdout)).toContain('said no');
    expect(linesIn(stdout)).not.toContain('said more');
    expect(stdout).toMatch(
      new RegExp(`exit code 3 in the after hook \`sh -c .*\` in pod ${cluster.namespace}/web-\\S+, container app`),
    );
  });

  it('a program that the image lacks is named', { timeout: 120_000 }, async () => {
    const { stdout } = await (
      await world.deploy({ after: [{ container: { command: ['no-such-program'], podName: 'web*' } }] })
    ).exits(1);
    expect(stdout).toMatch(/exit code 127 in the after hook `no-such-program`/);
    expect(stdout).toMatch(/no-such-program.*executable file not found/);
  });

  it('run with the role of docs/deploys.md, and a refusal names the rule', { timeout: 120_000 }, async () => {
    const withoutExec = usualDeployPermissions.filter(({ subresource }) => subresource !== 'exec');
    for (const [permissions, code] of [[usualDeployPermissions, 0] as const, [withoutExec, 1] as const]) {
      const name = await serviceAccountWith(cluster, permissions);
      const path = `/api/v1/namespaces/${cluster.namespace}/serviceaccounts/${name}/token`;
      const { status } = await cluster.client.json<{ status: { token: string } }>('POST', path, { body: {} });
      const config = parse(cluster.kubeconfig) as { users: { name: string }[] };
      const users = config.users.map((user) => ({ name: user.name, user: { token: status.token } }));
      await using project = await projectDir({ '../home/kubeconfig': stringify({ ...config, users }) });
      await using own = new World(project, { KUBECONFIG: `${project.env['HOME'] ?? ''}/kubeconfig` });
      const objects = [deployment(`web-${own.word}`, 1, 'app')];
      const { stdout } = await (await own.deploy({ after: [inside('echo said it')] }, objects)).exits(code);
      if (code === 0) expect(linesIn(stdout)).toEqual(['said it']);
      else
        expect(stdout).toMatch(
          /missing rule:\s+(?:because +)?- \{apiGroups: \[""\], resources: \[pods\/exec\], verbs: \[/,
        );
    }
  });

  it('shows hooks in a dry run', async () => {
    await world.configure(
      {
        manifests: { rawYaml: ['k8s.yaml'] },
        deploy: { kubectl: { hooks: { after: [inside('true', { containerName: 'app' }), host('true')] } } },
      },
      [deployment('web', 1, 'app')],
    );
    const { stdout } = await world.cli('deploy', '--dry-run').exits(0);
    expect(stdout).toContain('after hook in pod web*, container app: sh -c true');
    expect(stdout).toContain('after hook sh -c true');
  });

  it.for(testHelms())('run in the pods of a release of Helm $major', { timeout: 120_000 }, async (helm, { skip }) => {
    if ('skip' in helm) return skip(helm.skip);
    await using project = await projectDir({
      '../home/kubeconfig': cluster.kubeconfig,
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/templates/web.yaml': JSON.stringify(deployment(`web-helm${helm.major}`, 1, 'app')),
    });
    await mkdir(join(project.path, 'bin'));
    await symlink(helm.program, join(project.path, 'bin', 'helm'));
    const own = new World(project, {
      KUBECONFIG: `${project.env['HOME'] ?? ''}/kubeconfig`,
      PATH: `${join(project.path, 'bin')}:${process.env['PATH'] ?? ''}`,
    });
    const hooks = { after: [inside('echo said in $HOSTNAME'), host('echo said $SKAFFOLD_NAMESPACES')] };
    const releases = [{ name: `release-${own.word}`, chartPath: 'chart' }];
    await own.configure({ deploy: { helm: { releases, hooks } } }, []);
    const { stdout } = await own.cli('deploy', '--output', 'text').exits(0);
    expect(linesIn(stdout)).toEqual([
      expect.stringMatching(new RegExp(`^said in web-helm${helm.major}-`)),
      `said ${cluster.namespace}`,
    ]);
    await own.cli('delete').exits(0);
  });
});

describe.each(engines)('hooks of deploys to $name', ({ name, host: dockerHost }) => {
  let world: World | undefined;
  beforeAll(async () => {
    if (dockerHost !== undefined)
      world = new World(await projectDir({}), { DOCKER_HOST: dockerHost, SLIPWAY_ON: 'docker' });
  });
  afterAll(async () => await world?.[Symbol.asyncDispose]());

  it('run in the order of the file, in every container that matches', { timeout: 120_000 }, async (context) => {
    if (world === undefined) return context.skip(`SLIPWAY_TEST_${name.toUpperCase()} does not name an engine`);
    const hooks = {
      before: [inside('echo said never', { podName: 'web' })],
      after: [
        host('echo said first ${SKAFFOLD_KUBE_CONTEXT-nowhere}'),
        inside('echo said in', { podName: 'web-*' }),
        host('echo said last'),
      ],
    };
    const objects = [deployment('web', 2, 'app'), deployment('db', 1, 'app')];
    const { stdout } = await (await world.deploy(hooks, objects)).exits(0);
    const lines = linesIn(stdout);
    expect([lines[0], lines.at(-1)]).toEqual(['said first nowhere', 'said last']);
    expect(lines.slice(1, -1).sort()).toEqual([
      expect.stringMatching(/^\[\S+-web app\] said in$/),
      expect.stringMatching(/^\[\S+-web-1 app\] said in$/),
    ]);
    const failed = await (await world.deploy({ after: [inside('exit 3', { podName: 'web*' })] })).exits(1);
    expect(failed.stdout).toMatch(/exit code 3 in the after hook `sh -c exit 3` in pod \S+-web, container app/);
  });
});
