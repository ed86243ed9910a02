/**
 * Tests the permissions in docs/kubernetes.md: its manifest is sufficient for a run, and a missing rule is reported.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Examined } from '../../src/runs/inspection.ts';
import { resourceOf, rulesOf, runPermissions, type Permission } from '../../src/clusters/permissions.ts';
import { baseImage } from '../rigs/engines.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';
import { onPath } from '../rigs/tool-image.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const page = await readFile(fileURLToPath(new URL('../../docs/kubernetes.md', import.meta.url)), 'utf8');
const written =
  [...page.matchAll(/```yaml\n([^]*?)```/g)]
    .map(([, text = '']) => text)
    .find((text) => text.includes('kind: Role\n')) ?? '';
const manifests = parseAllDocuments(written).map((document) => document.toJS() as Manifest);

describe('kubernetes permissions', () => {
  let cluster: TestCluster | { readonly skip: string };
  let project: ProjectDir;

  beforeAll(async () => {
    cluster = onPath('kubectl') === undefined ? { skip: 'no kubectl on PATH' } : await openTestCluster();
    const step = {
      container: { image: baseImage, cmds: ['mkdir dist && echo made > dist/out.txt', 'echo the output'] },
      artifacts: ['dist'],
    };
    const next = { container: { image: baseImage, cmds: ['cat dist/out.txt'] } };
    project = await projectDir({ '.wharf-ci.yml': JSON.stringify({ build: { make: step }, check: { look: next } }) });
  });
  afterAll(async () => {
    if ('client' in cluster) await cluster[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  function there(context: TestContext): TestCluster {
    if ('skip' in cluster) context.skip(cluster.skip);
    return cluster;
  }

  /**
   * Creates a service account with the rules of the page, changed.
   * @returns the environment that makes `slipway` use it
   */
  async function account(
    { namespace, kubeconfig }: TestCluster,
    name: string,
    rules: (rules: readonly Rule[]) => readonly Rule[],
  ): Promise<Readonly<Record<string, string>>> {
    const own = manifests.map((one) => ({
      ...one,
      metadata: { name, namespace },
      ...(one.rules && { rules: rules(one.rules) }),
      ...(one.roleRef && { roleRef: { ...one.roleRef, name } }),
      ...(one.subjects && { subjects: one.subjects.map((subject) => ({ ...subject, name, namespace })) }),
    }));
    const admin = join(project.path, '..', 'admin');
    const applied = join(project.path, '..', `${name}.json`);
    await writeFile(admin, kubeconfig);
    await writeFile(applied, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: own }));
    const kubectl = async (...args: readonly string[]) =>
      (await promisify(execFile)(onPath('kubectl') ?? '', ['--kubeconfig', admin, ...args])).stdout;
    await kubectl('apply', '--filename', applied);
    const token = (await kubectl('--namespace', namespace, 'create', 'token', name, '--duration', '10m')).trim();
    const file = join(project.path, '..', `${name}-kubeconfig`);
    const config = parse(kubeconfig) as { users: { name: string; user: object }[] };
    await writeFile(
      file,
      JSON.stringify({ ...config, users: config.users.map((user) => ({ ...user, user: { token } })) }),
    );
    return { ...project.env, KUBECONFIG: file };
  }

  /**
   * @param exit 3 if pods cannot even be listed, because leftovers of dead runs cannot be found then
   */
  async function permissions(
    env: Readonly<Record<string, string>>,
    exit: 0 | 3 = 0,
    wanted = 'kubernetes permissions',
  ): Promise<Examined | undefined> {
    const { stdout } = await runCli(['doctor', '--on', 'kubernetes', '--output', 'json'], {
      cwd: project.path,
      env,
    }).exits(exit);
    return (JSON.parse(stdout) as { examined: readonly Examined[] }).examined.find(({ subject }) => subject === wanted);
  }

  function without({ verb, ...rest }: Permission, rules: readonly Rule[]): readonly Rule[] {
    const resource = resourceOf({ verb, ...rest });
    return rules
      .map((rule) =>
        rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((one) => one !== verb) } : rule,
      )
      .filter(({ verbs }) => verbs.length > 0);
  }

  it('the page has exactly the rules that a run needs', () => {
    const rules = manifests.flatMap((one) => one.rules ?? []);
    const asked = rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${group} ${resource} ${verb}`)),
      ),
    );
    expect(asked.sort()).toEqual(runPermissions.map((one) => `${one.group} ${resourceOf(one)} ${one.verb}`).sort());
  });

  describe('with the account of the page', () => {
    it('a whole pipeline runs: files, artifacts, output', { timeout: 120_000 }, async (context) => {
      const env = await account(there(context), 'all', (rules) => rules);
      expect(await permissions(env)).toMatchObject({ status: 'ok' });
      const { stdout } = await runCli(['run', '--on', 'kubernetes', '--output', 'text'], {
        cwd: project.path,
        env,
      }).exits(0);
      expect(stdout).toContain('the output');
      expect(stdout).toMatch(/\| made/);
    });

    it('doctor warns of what deploys lack, because the account may be for steps only', async (context) => {
      const env = await account(there(context), 'no-deploys', (rules) => rules);
      expect(await permissions(env, 0, 'kubernetes deploys')).toMatchObject({
        status: 'warning',
        advice: expect.arrayContaining([
          'may not list, watch, create, patch, delete deployments.apps',
          '- {apiGroups: ["apps"], resources: [deployments], verbs: [list, watch, create, patch, delete]}',
        ]) as string[],
      });
    });

    it('requests nothing of another namespace, and has no access to it', { timeout: 60_000 }, async (context) => {
      const env = await account(there(context), 'tenant', (rules) => rules);
      const elsewhere = { ...env, KUBECONFIG: join(project.path, '..', 'elsewhere') };
      const config = parse(await readFile(env['KUBECONFIG'] ?? '', 'utf8')) as {
        contexts: { name: string; context: object }[];
      };
      await writeFile(
        elsewhere.KUBECONFIG,
        JSON.stringify({
          ...config,
          contexts: config.contexts.map(({ name, context: own }) => ({
            name,
            context: { ...own, namespace: 'default' },
          })),
        }),
      );
      expect((await permissions(elsewhere, 3))?.detail).toMatch(/^11 of 11 /);
      const { stdout } = await runCli(['run', '--on', 'kubernetes', '--output', 'text'], {
        cwd: project.path,
        env: elsewhere,
      }).exits(1);
      expect(stdout).toContain('permission denied');
    });
  });

  /**
   * A run fails without these. The others are not needed by every run, or the run continues without them and reports any
   * loss.
   */
  const runsNot = ['create pods', 'list pods', 'watch pods', 'get pods/exec', 'get pods/log'];
  const warnsOf: Readonly<Record<string, RegExp>> = {
    'delete pods': /cannot remove [^ ]+: .*cannot delete resource "pods"/,
  };

  describe.each(runPermissions.map((one) => [`${one.verb} ${resourceOf(one)}`, one] as const))(
    'without %s',
    (name, permission) => {
      it(
        'doctor prints the missing rule, and a run that needs it fails with that',
        { timeout: 60_000 },
        async (context) => {
          const env = await account(
            there(context),
            `without-${permission.verb}-${resourceOf(permission).replace('/', '-')}`,
            (rules) => without(permission, rules),
          );
          expect(await permissions(env, 3)).toMatchObject({
            status: 'missing',
            advice: expect.arrayContaining([...rulesOf([permission])]) as string[],
          });
          const says = runsNot.includes(name) ? `may not ${name} in the namespace` : warnsOf[name];
          if (says === undefined) return;
          const { stdout } = await runCli(['run', '--on', 'kubernetes', '--output', 'text'], {
            cwd: project.path,
            env,
          }).exits(runsNot.includes(name) ? 1 : 0);
          expect(stdout).toMatch(says);
        },
      );
    },
  );
});
