/** Files of every shape in public use (rewritten), and one with every field. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { checkPipeline } from '../../../test/rigs/check-pipeline.ts';

const folder = new URL('../../../test/fixtures/wharf/', import.meta.url);
const files = readdirSync(folder).sort();

function check(file: string) {
  return checkPipeline(new SourceText('.wharf-ci.yml', readFileSync(new URL(file, folder), 'utf8')));
}

describe('public pipelines', () => {
  it.each(files)('%s is understood', (file) => {
    const { value, diagnostics } = check(file);
    expect(diagnostics).toEqual([]);
    expect(value?.stages.length).toBeGreaterThan(0);
  });

  it('of an image and a chart', () => {
    const [build, deploy] = check('chart-per-environment.yml').value?.stages ?? [];
    expect(build?.steps[0]?.spec).toMatchObject({
      kind: 'docker',
      file: 'Dockerfile',
      tag: '${GIT_TAG},latest',
      repository: { name: 'notes' },
    });
    expect(deploy?.steps[0]?.spec).toMatchObject({
      kind: 'helm',
      chart: 'web-app',
      chartVersion: '0.1.25',
      helmVersion: 'v3.2.0',
      cluster: '${cluster-name}',
      files: ['deploy/notes.yaml'],
    });
  });

  it('take both spellings of the condition', () => {
    expect(check('conditions.yml').value?.stages.map((stage) => stage.runsIf)).toEqual([
      'success',
      'success',
      'fail',
      'always',
    ]);
  });

  it('with everything in it', () => {
    const { value } = check('everything.yml');
    expect(value?.inputs.map(({ name, type, default: fallback }) => [name, type, fallback.text])).toEqual([
      ['who', 'string', 'world'],
      ['times', 'number', '3'],
      ['mode', 'choice', 'fast'],
    ]);
    expect(
      value?.environments.map(({ name, variables }) => [
        name,
        Object.fromEntries(variables.map((one) => [one.name, one.value.text])),
      ]),
    ).toEqual([
      ['dev', { namespace: 'dev', replicas: '1', verbose: 'true', note: '' }],
      ['prod', { namespace: 'prod', replicas: '1', verbose: 'true', note: '' }],
    ]);
    const [image, twice] = value?.stages[0]?.steps ?? [];
    expect(image).toMatchObject({
      name: 'image',
      policy: { timeoutMs: 600_000, retries: 2, allowFailure: false },
      artifacts: ['dist/**', 'report.txt'],
      cache: ['.npm'],
      spec: {
        kind: 'container',
        image: 'alpine:3',
        os: 'linux',
        shell: '/bin/sh',
        memoryBytes: 536_870_912,
        env: { WHO: '${who}', LEVEL: '3' },
      },
    });
    expect(twice).toMatchObject({
      policy: { timeoutMs: 600_000, allowFailure: true },
      spec: { image: 'alpine:3', commands: ['echo twice'], env: { WHO: '${who}', LEVEL: '4' } },
    });
    expect(value?.stages[1]).toMatchObject({ environments: ['dev', 'prod'], runsIf: 'success' });
    expect(value?.stages[1]?.steps[0]?.spec).toMatchObject({
      secretName: 'deploy-key',
      serviceAccount: 'deployer',
      certificatesMountPath: '/etc/ssl/certs',
    });
  });
});
