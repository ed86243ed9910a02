import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withProgram } from '../../../test/rigs/fake-program.ts';
import { exampleChart } from '../../../test/rigs/helm-chart.ts';
import { testHelms } from '../../../test/rigs/helm-programs.ts';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Manifest } from '../kubernetes-object.ts';
import { helmRenderer, type HelmRendering } from './helm-renderer.ts';
import type { HelmRelease } from './helm-release.ts';

const release: HelmRelease = { name: 'web', chart: { path: 'chart' }, valuesFiles: [], values: [], fileValues: [] };
const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
const configMap = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: ${data}\n`;

describe.each(testHelms())('Helm $major renders', (helm) => {
  async function rendered(files: Parameters<typeof projectDir>[0], given: Partial<HelmRendering> = {}) {
    if ('skip' in helm) throw new Error(helm.skip);
    await using project = await projectDir(files);
    const { work, text } = recordingWork();
    const renderer = helmRenderer({ release, folder: project.path, env: project.env, helm: helm.program, ...given });
    const outcome = await renderer.render(work);
    const built = await readdir(join(project.path, 'chart/charts')).catch(() => []);
    return { outcome, text: text(), built, leftovers: await project.leftovers() };
  }

  const only = (name: string, run: () => Promise<void>) =>
    it(name, async (context) => {
      if ('skip' in helm) context.skip(helm.skip);
      await run();
    });

  only('a fresh checkout: its dependencies are built first', async () => {
    const { outcome, built, leftovers } = await rendered(exampleChart);
    expect(namesOf(outcome)).toEqual(['web-settings', 'web', 'web-hook', 'web-test']);
    expect(built).toEqual(['settings-0.1.0.tgz']);
    expect(leftovers).toEqual([]);
  });

  only('without tests', async () => {
    const { outcome } = await rendered(exampleChart, { release: { ...release, skipTests: true } });
    expect(namesOf(outcome)).toEqual(['web-settings', 'web', 'web-hook']);
  });

  only('no dependencies that are not wanted', async () => {
    const { outcome, built } = await rendered(exampleChart, { release: { ...release, skipBuildDependencies: true } });
    expect(built).toEqual([]);
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: {
        code: 'render-failed',
        source: 'release web',
        detail: expect.stringContaining('missing in charts/ directory: settings') as string,
      },
    });
  });

  only('values in the order of their precedence', async () => {
    const files = {
      'chart/Chart.yaml': chartYaml,
      'chart/values.yaml': 'a: chart\nb: chart\nc: chart\nd: chart\ne: chart\n',
      'chart/templates/map.yaml': configMap(
        '{{ range $k, $v := .Values }}\n  {{ $k }}: {{ $v | toJson | quote }}{{ end }}',
      ),
      'one.yaml': 'b: one\nc: one\nd: one\ne: one\nlist: [{x: 1, z: 1}]',
      'two,2.yaml': 'c: two\nd: two\ne: two',
      'e.txt': 'content, with a comma\n',
    };
    const { outcome } = await rendered(files, {
      release: {
        ...release,
        valuesFiles: ['one.yaml', 'two,2.yaml'],
        overrides: { d: 'override', e: 'override' },
        values: [
          { key: 'list[0].x', value: 'a=b\nc' },
          { key: 'number', value: '12' },
          { key: 'text', value: '1.50' },
          { key: 'items', value: '{p,q}' },
          { key: 'nested.a\\.b', value: 'dot' },
        ],
        fileValues: [{ key: 'e', value: 'e.txt' }],
      },
    });
    const { a, b, c, d, e, list, number, text, items, nested } = dataOf(outcome);
    expect({ a, b, c, d, e, list, number, text, items, nested }).toEqual({
      ...{ a: '"chart"', b: '"one"', c: '"two"', d: '"override"', e: '"content, with a comma\\n"' },
      ...{ list: '[{"x":"a=b\\nc","z":1}]', number: '12', text: '"1.50"', items: '["p","q"]', nested: '{"a.b":"dot"}' },
    });
  });

  only('a package with its versions', async () => {
    const files = {
      'chart/Chart.yaml': chartYaml,
      'chart/templates/map.yaml': configMap('{v: "{{ .Chart.Version }} {{ .Chart.AppVersion }}"}'),
    };
    const packaged = { version: '9.8.7', appVersion: 'seven' };
    const { outcome, leftovers } = await rendered(files, { release: { ...release, packaged } });
    expect(dataOf(outcome)).toEqual({ v: '9.8.7 seven' });
    expect(leftovers).toEqual([]);
  });

  only('and names the mistake in what a chart renders', async () => {
    const files = { 'chart/Chart.yaml': chartYaml, 'chart/templates/map.yaml': 'apiVersion: v1\nkind: ConfigMap\n' };
    expect((await rendered(files)).outcome).toEqual({
      status: 'failed',
      failure: {
        code: 'render-failed',
        source: 'release web',
        detail: 'line 3 of what the chart renders: this ConfigMap requires the field `metadata.name`\napiVersion: v1',
      },
    });
  });

  only('no chart that does not exist', async () => {
    const { outcome } = await rendered({ file: '' });
    expect(outcome).toMatchObject({
      failure: { code: 'render-failed', detail: expect.stringMatching(/chart .*\/chart does not exist$/) as string },
    });
  });

  only('with files of values that a plugin decrypts', async () => {
    if ('skip' in helm) return;
    await using project = await projectDir({
      'chart/Chart.yaml': chartYaml,
      'chart/templates/map.yaml': configMap('{a: {{ .Values.a }}}'),
      'v.yaml': 'a: secret',
      'plugins/secrets/plugin.yaml':
        'name: secrets\nversion: 1.0.0\nusage: a\ndescription: a\ncommand: $HELM_PLUGIN_DIR/run\n',
      'plugins/secrets/run': { content: '#!/bin/sh\necho decrypting >&2\nexec "$HELM_BIN" "$@"\n', mode: 0o755 },
    });
    const { work, text } = recordingWork();
    const outcome = await helmRenderer({
      ...{
        folder: project.path,
        helm: helm.program,
        env: { ...project.env, HELM_PLUGINS: join(project.path, 'plugins') },
      },
      release: { ...release, useHelmSecrets: true, valuesFiles: ['v.yaml'] },
    }).render(work);
    expect(dataOf(outcome)).toEqual({ a: 'secret' });
    expect(text()).toContain('decrypting');
  });
});

describe('a program that records its arguments', () => {
  async function called(script: string, given: Partial<HelmRendering> = {}) {
    await using project = await projectDir({ 'chart/Chart.yaml': chartYaml });
    const log = join(project.path, 'log');
    const env = await withProgram(
      project,
      'helm',
      `echo "$*" >> ${log}\n[ "$1" = version ] && echo v3.19.0 && exit\n${script}`,
    );
    const { work, text } = recordingWork();
    const outcome = await helmRenderer({ release, folder: project.path, env, ...given }).render(work);
    return { outcome, text: text(), calls: (await project.read('log')).trim().split('\n').slice(1) };
  }

  it('gets a remote chart by its repository and version', async () => {
    const chart = { remote: 'nginx', repo: 'https://example.com/charts' };
    const { calls } = await called('', { release: { ...release, chart, version: '1.x', namespace: 'n' } });
    expect(calls).toEqual(['template web nginx --version 1.x --repo https://example.com/charts --namespace n']);
  });

  it('gets no secret as an argument', async () => {
    const values = [{ key: 'password', value: 'correct horse' }];
    const { calls } = await called('', { release: { ...release, values } });
    expect(calls).toEqual([
      expect.stringMatching(/^template web .* --set-file password=\/\S+\/value-0 --namespace default$/),
    ]);
  });

  it('may warn: that is output, and no manifest', async () => {
    const warning = 'WARNING: Kubernetes configuration file is group-readable. This is insecure.';
    const { outcome, text } = await called(`cat <<EOF
${configMap('{a: b}')}
EOF
echo '${warning}' >&2`);
    expect(namesOf(outcome)).toEqual(['a']);
    expect(text).toBe(`${warning}\n`);
  });

  it('fails with its message', async () => {
    const { outcome, text } = await called('echo "WARNING: old" >&2; echo "Error: no such chart" >&2; exit 1');
    expect(outcome).toEqual({
      status: 'failed',
      failure: { code: 'render-failed', source: 'release web', detail: 'no such chart' },
    });
    expect(text).toBe('WARNING: old\nError: no such chart\n');
  });
});

it('says how to install helm', async () => {
  await using project = await projectDir({ file: '' });
  await mkdir(join(project.path, 'bin'));
  await writeFile(join(project.path, 'bin/other'), '');
  const env = { PATH: join(project.path, 'bin') };
  expect(await helmRenderer({ release, folder: project.path, env }).render(recordingWork().work)).toEqual({
    status: 'failed',
    failure: {
      code: 'start-failed',
      detail: 'helm is not installed, or not on the PATH\nto install it: https://helm.sh/docs/intro/install/',
    },
  });
});

function manifestsIn(outcome: Outcome<readonly Manifest[]>): readonly Manifest[] {
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

function namesOf(outcome: Outcome<readonly Manifest[]>): readonly (string | undefined)[] {
  return manifestsIn(outcome).map(({ object }) => object.metadata.name);
}

function dataOf(outcome: Outcome<readonly Manifest[]>): Readonly<Record<string, string>> {
  return manifestsIn(outcome)[0]?.object['data'] as Record<string, string>;
}
