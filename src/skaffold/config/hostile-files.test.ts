/** Changed and broken files: reading them never throws or hangs, and every mistake has a place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedFiles } from '../../../test/rigs/shared-files.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { plainValue } from '../../diagnostics/yaml/located.ts';
import { writeYaml } from '../../diagnostics/yaml/write-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { newestTypes } from '../schema/newest-types.ts';
import { withAbsolutePaths } from './absolute-paths.ts';
import { expandTemplate } from '../plan/expand-template.ts';
import { readArtifacts, type ArtifactRequest } from '../plan/read-artifacts.ts';
import { checkRules } from './check-rules.ts';
import { withDefaults } from './defaults.ts';
import { applyProfiles, profileNames } from './profiles/apply-profiles.ts';
import { readConfigFile } from './read-config-file.ts';
import { rootType } from './shape/shape.ts';

/** How many changed files each property tries. The figure of docs/skaffold.md was tried with 100,000. */
const tries = Number(process.env['SLIPWAY_MUTATIONS'] ?? 500);

const own = [
  'apiVersion: skaffold/v4beta14\nkind: Config\nbuild:\n  artifacts:\n    - image: a\n      docker: {buildArgs: {A: "{{.B}}"}}\n',
  'apiVersion: skaffold/v2beta29\nkind: Config\ndeploy:\n  helm:\n    releases:\n      - name: a\n        artifactOverrides: {image: a}\n' +
    'profiles:\n  - name: p\n    patches: [{op: add, path: /build/artifacts/-, value: {image: b}}]\n',
  'apiVersion: skaffold/v1alpha1\nkind: Config\nbuild:\n  tagPolicy: sha256\n  artifacts: [{imageName: a, workspace: .}]\n',
];

const corpus = sharedFiles('corpus');
const texts = [...own, ...(corpus.missing === undefined ? ['skaffold', 'real'].flatMap(filesOf) : [])];

function filesOf(set: string): readonly string[] {
  const folder = join(corpus.path, set, 'input');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

const request: ArtifactRequest = {
  images: [],
  env: {},
  expand: (node, report) =>
    expandTemplate(
      node,
      {
        env: {},
        surroundings: {
          ...{ environment: () => undefined, now: 0, zone: 'UTC' },
          randomBytes: (count) => Buffer.alloc(count),
          run: () => ({ failure: 'no programs' }),
        },
      },
      report,
    ),
};

/** Reads a text as every command does, with each of its profiles. Returns the mistakes. */
function readEverything(text: string): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  for (const { document } of readConfigFile(new SourceText('skaffold.yaml', text), report))
    for (const active of [[], ...profileNames(document).map((name) => [name])]) {
      const applied = applyProfiles(document, active, newestTypes, report);
      checkRules(applied, newestTypes, report);
      const filled = withDefaults(applied, { home: '/home/me', namespace: 'default', random: () => '1' });
      const whole = withAbsolutePaths(filled, rootType, newestTypes, '/home/me/shop');
      writeYaml([whole]);
      JSON.stringify(plainValue(whole));
      const about = { file: '/home/me/shop/skaffold.yaml', index: 0, version: '', profiles: [], activeProfiles: [] };
      readArtifacts([{ ...about, required: false, document: whole }], request, report);
    }
  return found;
}

function expectPlaces(text: string): void {
  const lines = text.split('\n').length;
  for (const { code, place } of readEverything(text)) {
    expect(place?.line, code).toBeGreaterThan(0);
    expect(place?.line, code).toBeLessThanOrEqual(lines);
    expect(place?.column, code).toBeGreaterThan(0);
  }
}

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '  ',
  '*a',
  '&a ',
  '<<: *a',
  '|',
  '"',
  "'",
  '---\n',
  '\t',
  '#',
  '\0',
  'é',
  '0',
  'null',
  '~',
  '{{',
  '!!x ',
  '/',
  '-1',
];

/** Changes of a text: what to do, where (as a part of its length), how much, and with what. */
const change = fc.record({
  act: fc.constantFrom('remove', 'insert', 'repeat', 'swap'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  piece: fc.constantFrom(...pieces),
});

function changed(
  text: string,
  { act, at, length, piece }: { act: string; at: number; length: number; piece: string },
): string {
  const start = Math.floor(at * text.length);
  const part = text.slice(start, start + length);
  const [before, after] = [text.slice(0, start), text.slice(start + length)];
  if (act === 'remove') return before + after;
  if (act === 'insert') return before + piece + part + after;
  if (act === 'repeat') return before + part + part + after;
  const lines = text.split('\n');
  const i = Math.floor(at * lines.length);
  [lines[i], lines[(i + length) % lines.length]] = [lines[(i + length) % lines.length] ?? '', lines[i] ?? ''];
  return lines.join('\n');
}

describe('hostile files', () => {
  it(`${tries} changed files never throw, and their mistakes have places`, { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
        expectPlaces(changes.reduce(changed, text));
      }),
      { numRuns: tries },
    );
  });

  it.each([
    '',
    '\0',
    '---\n---\n',
    '- a',
    'a',
    '{',
    'apiVersion: 3',
    'apiVersion: [a]',
    'apiVersion: skaffold/v4beta14\n<<: 3',
    `${'['.repeat(2_000)}`,
    `a: &a [*a]`,
    `\ufeffapiVersion: skaffold/v1\nkind: Config\n`,
  ])('%j is read without a throw', (text) => expectPlaces(text));
});
