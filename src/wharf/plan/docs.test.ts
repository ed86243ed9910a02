/** The docs of the language and the operator's file: their examples are valid, and they list every known field. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadText, memoryFiles, operatorPlaces as places } from '../../../test/rigs/memory-pipeline.ts';
import { readOperatorFile } from '../../operator/file/read-operator-file.ts';
import { allCodes } from '../../runs/all-codes.ts';
import { wharfCodes } from '../problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readVariableFile } from '../vars/variable-file.ts';

const read = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
const page = read('wharf-ci.md');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

/** Returns the known fields from the messages about an unknown one. */
async function knownFields(text: string): Promise<readonly string[]> {
  const { diagnostics } = await loadText(text);
  return namesIn(diagnostics.find((diagnostic) => diagnostic.code === 'W012')?.help);
}

function namesIn(help = ''): readonly string[] {
  return [...help.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** Variables that Slipway does not define itself, or that come from Git. */
const outer = {
  REG_URL: 'registry.example.org',
  CHART_REPO: 'https://charts.example.org',
  REPO_GROUP: 'team',
  REPO_NAME: 'app',
  GIT_COMMIT: 'abc',
  GIT_TAG: '',
  GIT_SAFEBRANCH: 'main',
  BUILD_REF: '7',
};

const isVariableFile = (text: string) => text.startsWith('# .wharf-vars.yml');
const pipelines = examples.filter((text) => !isVariableFile(text));

describe('docs/wharf-ci.md', () => {
  it.each(pipelines.map((text, i) => [i + 1, text] as const))('example %i is a valid pipeline', async (_, text) => {
    expect((await loadText(text, { purpose: 'validate', outer })).diagnostics).toEqual([]);
  });

  it.each(examples.filter(isVariableFile).map((text) => [text]))('variables of %j are read', (text) => {
    const mistakes: Diagnostic[] = [];
    expect(
      [
        ...readVariableFile(new SourceText('.wharf-vars.yml', text), (diagnostic) =>
          mistakes.push(diagnostic),
        ).values(),
      ].map(({ name, value }) => [name, typeof value]),
    ).toContainEqual(['REG_INSECURE', 'boolean']);
    expect(mistakes).toEqual([]);
  });

  it.each([
    ['a step', 's: {st: {qqqqqqqqqq: 1, container: {image: a, cmds: [b]}}}', 13],
    ['a container step', 's: {st: {container: {qqqqqqqqqq: 1, image: a, cmds: [b]}}}', 7],
    ['a docker step', 's: {st: {docker: {qqqqqqqqqq: 1, file: a, tag: b}}}', 13],
    ['a helm step', 's: {st: {helm: {qqqqqqqqqq: 1, chart: a, name: b, namespace: c}}}', 10],
    ['a helm-package step', 's: {st: {helm-package: {qqqqqqqqqq: 1}}}', 4],
    ['a kubectl step', 's: {st: {kubectl: {qqqqqqqqqq: 1, file: a}}}', 6],
    ['a nuget-package step', 's: {st: {nuget-package: {qqqqqqqqqq: 1, version: a, project-path: b, repo: c}}}', 5],
    ['an input', 'inputs: [{name: a, type: choice, qqqqqqqqqq: 1}]', 4],
  ])('has an example of every field of %s', async (_, text, fields) => {
    const known = await knownFields(text);
    expect(known).toHaveLength(fields);
    expect(
      known.filter((field) => !pipelines.some((example) => new RegExp(`^[ -]*${field}:`, 'm').test(example))),
    ).toEqual([]);
    expect(known.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
  });
});

describe('docs/operator.md', () => {
  const operator = read('operator.md');
  const whole = [...operator.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

  it.each(whole.map((text, i) => [i + 1, text] as const))('example %i is read without a mistake', async (_, text) => {
    const { value, diagnostics } = await readOperatorFile(places, '/home/dev', memoryFiles({ [places.user]: text }));
    expect(diagnostics).toEqual([]);
    expect(value?.files).toEqual([places.user]);
  });

  it('has an example of every field', async () => {
    for (const text of [
      'qqqqqqqqqq: 1',
      'clusters: {a: {qqqqqqqqqq: 1}}',
      'secrets: {a: {k: {qqqqqqqqqq: 1, helper: a, server: b}}}',
      'images: {qqqqqqqqqq: 1}',
      'kubernetes: {qqqqqqqqqq: 1}',
    ]) {
      const { diagnostics } = await readOperatorFile(places, '/home/dev', memoryFiles({ [places.user]: text }));
      const known = namesIn(diagnostics.find(({ code }) => code === 'W012')?.help);
      expect(known.length).toBeGreaterThan(2);
      expect(
        known.filter((field) => !whole.some((example) => new RegExp(`(?:^|[ {,-])${field}:`, 'm').test(example))),
      ).toEqual([]);
      expect(known.filter((field) => !operator.includes(`\`${field}`))).toEqual([]);
    }
  });
});

it.each(['wharf-ci.md', 'wharf-compat.md', 'operator.md'])('docs/%s names no code that is not there', async (name) => {
  const codes = await allCodes({ codes: async () => await Promise.resolve(wharfCodes) });
  const named = [...read(name).matchAll(/\bW\d{3}\b/g)].map((match) => match[0]);
  expect(named.filter((code) => !Object.hasOwn(codes, code))).toEqual([]);
});
