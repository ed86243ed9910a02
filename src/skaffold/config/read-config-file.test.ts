import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { plainJson } from '../../../test/rigs/located-yaml.ts';
import { readSource } from '../../diagnostics/read-source.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { newestVersion } from '../schema/newest-types.ts';
import { readConfigFile } from './read-config-file.ts';

const head = `apiVersion: skaffold/${newestVersion}\nkind: Config\n`;
const start = { apiVersion: `skaffold/${newestVersion}`, kind: 'Config' };

async function read(content: string) {
  const { value: source, diagnostics } = await readSource(
    '/a/skaffold.yaml',
    'skaffold.yaml',
    memoryFiles({ '/a/skaffold.yaml': content }),
  );
  const found: Diagnostic[] = [...diagnostics];
  const documents = source ? readConfigFile(source, (one) => found.push(one)) : [];
  return {
    documents: documents.map(({ document }) => plainJson(document)),
    versions: documents.map(({ version }) => version),
    found: found.map(({ code, message, place }) => [code, message, place?.line, place?.column]),
  };
}

describe('readConfigFile', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['one document', head, [start]],
    ['a document start', `---\n${head}`, [start]],
    [
      'several documents',
      `${head}metadata: {name: a}\n---\n${head}metadata: {name: b}\n`,
      [
        { ...start, metadata: { name: 'a' } },
        { ...start, metadata: { name: 'b' } },
      ],
    ],
    ['empty documents between', `---\n---\n${head}---\n# nothing\n---\n${head}---\n`, [start, start]],
    ['an empty file', '', []],
    ['comments only', '# nothing\n', []],
    [
      'line ends of Windows',
      `${head}metadata:\n  name: a\n`.replaceAll('\n', '\r\n'),
      [{ ...start, metadata: { name: 'a' } }],
    ],
    ['a byte order mark', `\uFEFF${head}metadata: {name: a}\n`, [{ ...start, metadata: { name: 'a' } }]],
    ['dotted keys', `${head}.shared: {anything: [1]}\n.x: 1\n`, [start]],
    [
      'anchors, merge keys and aliases',
      `.docker: &docker {dockerfile: D}\n${head}build:\n  artifacts:\n  - image: a\n    docker: *docker\n  - image: b\n    docker:\n      <<: *docker\n      target: t\n`,
      [
        {
          ...start,
          build: {
            artifacts: [
              { image: 'a', docker: { dockerfile: 'D' } },
              { image: 'b', docker: { dockerfile: 'D', target: 't' } },
            ],
          },
        },
      ],
    ],
    ['zero values', `${head}build: {artifacts: [], local: {}}\ndeploy: {}\n`, [{ ...start, build: { local: {} } }]],
  ])('reads %s', async (_, content, documents) => {
    expect(await read(content)).toEqual({ documents, versions: documents.map(() => newestVersion), found: [] });
  });

  it.each<[string, string, readonly unknown[]]>([
    ['no version', 'kind: Config\n', ['S001', 'the document has no `apiVersion`', 1, 1]],
    ['an empty version', 'kind: Config\napiVersion:\n', ['S001', 'the document has no `apiVersion`', 2, 12]],
    [
      'an unknown version',
      'kind: Config\napiVersion: skaffold/v4beta15\n',
      ['S001', 'unknown version `skaffold/v4beta15`, did you mean `skaffold/v4beta14`?', 2, 13],
    ],
    [
      'a version without its group',
      'apiVersion: v4beta14\n',
      ['S001', expect.stringContaining('unknown version `v4beta14`'), 1, 13],
    ],
    ['another document', 'apiVersion: apps/v1\nkind: Deployment\n', ['S001', 'unknown version `apps/v1`', 1, 13]],
    [
      'a version of a prototype',
      'apiVersion: skaffold/constructor\n',
      ['S001', 'unknown version `skaffold/constructor`', 1, 13],
    ],
    ['a list', '- a\n', ['W011', 'a configuration must be a map, but is a list', 1, 1]],
    ['a text', 'text\n', ['W011', 'a configuration must be a map, but is a string', 1, 1]],
    ['a syntax error', `${head}build: {\n`, ['W004', expect.any(String), 4, 1]],
    ['an unknown alias', `${head}build: *a\n`, ['W006', expect.any(String), 3, 8]],
    [
      'a dotted key that is not at the top',
      `${head}build: {.a: 1}\n`,
      ['W012', 'unknown field `.a` in the build section', 3, 9],
    ],
    [
      'an unknown field',
      `${head}biuld: {}\n`,
      ['W012', 'unknown field `biuld` in a configuration, did you mean `build`?', 3, 1],
    ],
    [
      'a key of prototypes',
      `${head}constructor: {}\n`,
      ['W012', 'unknown field `constructor` in a configuration', 3, 1],
    ],
    [
      'another key of prototypes',
      `${head}__proto__: {}\n`,
      ['W012', 'unknown field `__proto__` in a configuration', 3, 1],
    ],
  ])('reports %s', async (_, content, expected) => {
    expect((await read(content)).found).toEqual([expected]);
  });

  it('reports a file whose aliases expand', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `.l${i}: &l${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*l${i - 1}`)
          .join(', ')}]`,
    );
    expect((await read(`${levels.join('\n')}\n${head}`)).found.map(([code]) => code)).toEqual(['W008']);
  });

  it('reports every document', async () => {
    const { documents, found } = await read(`kind: Config\n---\n${head}metadata: {name: a, nmae: b}\n---\n- x\n`);
    expect(documents).toEqual([{ ...start, metadata: { name: 'a' } }]);
    expect(found.map(([code, , line]) => [code, line])).toEqual([
      ['S001', 1],
      ['W012', 5],
      ['W011', 7],
    ]);
  });

  it('reads old documents beside new ones', async () => {
    const { documents, found } = await read(`apiVersion: skaffold/nothing\n---\n${head}`);
    expect([documents, found.length]).toEqual([[start], 1]);
  });
});
