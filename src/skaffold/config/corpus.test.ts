/**
 * Real configurations of public repositories, against what Skaffold itself reads in them. The files are not part of this
 * repository: they are looked for beside it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { sharedFiles } from '../../../test/rigs/shared-files.ts';
import { plainValue } from '../../diagnostics/yaml/located.ts';
import { sourceFiles } from '../../util/source-files.ts';
import { readConfigurations } from './read-configurations.ts';

const { path: folderOfCorpus, missing } = sharedFiles('corpus/');
const corpus = pathToFileURL(folderOfCorpus);

interface Case {
  /** Below `input/`. */
  readonly file: string;
  readonly profile: string | null;
  /** Below `merged/`. */
  readonly merged?: string;
  /** Skaffold's refusal. */
  readonly error?: string;
}

describe.skipIf(missing !== undefined)(`real configurations (${missing ?? 'shared/corpus is there'})`, () => {
  describe.each(['skaffold', 'real'])('%s', (set) => {
    const folder = new URL(`${set}/`, corpus);
    const cases =
      missing === undefined ? (JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as readonly Case[]) : [];

    it.each(cases)('$file with profile $profile', async ({ file, profile, merged }) => {
      const input = new URL('input/', folder);
      const { configurations, diagnostics } = await readConfigurations(
        {
          path: join(fileURLToPath(input), file),
          command: 'diagnose',
          profiles: profile === null ? [] : [profile],
          autoActivation: false,
          propagateProfiles: true,
          modules: [],
          env: {},
          fetch: 'never',
          strict: false,
        },
        {
          files: sourceFiles,
          home: '/home',
          kube: async () => await Promise.resolve({}),
          repositories: { git: async () => await Promise.resolve({ why: 'not in this test' }) },
          random: () => 'random',
        },
      );
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      if (merged === undefined) {
        expect(errors).not.toEqual([]);
        for (const { place } of errors) expect(place?.line).toBeGreaterThan(0);
        return;
      }
      expect(errors).toEqual([]);
      const text = readFileSync(new URL(`merged/${merged}`, folder), 'utf8')
        .replaceAll('$ROOT', fileURLToPath(input).replace(/\/$/, ''))
        .replaceAll('$HOME', '/home');
      const expected = parseAllDocuments(text).map((document) => document.toJS() as unknown);
      expect(configurations.map(({ document }) => JSON.parse(JSON.stringify(plainValue(document))) as unknown)).toEqual(
        expected,
      );
    });
  });
});
