/** Any content of an operator's file gives diagnostics or a value. It never throws or hangs. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { readOperatorFile } from './read-operator-file.ts';

const places = { system: '/etc/slipway/config.yaml', user: '/home/dev/.config/slipway/config.yaml' };

async function examine(system: string, user: string): Promise<void> {
  const { value, diagnostics } = await readOperatorFile(
    places,
    '/home/dev',
    memoryFiles({ [places.system]: system, [places.user]: user }),
  );
  expect(value !== undefined).toBe(diagnostics.every(({ severity }) => severity !== 'error'));
  renderDiagnostics(diagnostics, { width: 80, unicode: true });
}

const keys = fc.constantFrom(
  'clusters',
  'secrets',
  'serviceAccounts',
  'certificates',
  'images',
  'default',
  'kubeconfig',
  'context',
  'namespace',
  'kubernetes',
  'file',
  'environment',
  'helper',
  'server',
  'part',
  'kubectl',
  'helm',
  'helperImage',
  'builder',
  'restricted',
  'podTemplate',
  'metadata',
  'spec',
  'containers',
  'volumes',
  'name',
  '',
  'A=B',
  '__proto__',
  'constructor',
);
const scalars = fc.constantFrom(
  null,
  true,
  0,
  1.5,
  '',
  ' ',
  'default',
  'a',
  '${x}',
  '~',
  '~/x',
  '../x',
  '\0',
  'username',
  'secret',
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    scalars,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(keys, tie('tree'), { maxKeys: 5 }),
  ),
}));
const pieces = fc.constantFrom(
  'clusters: ',
  'secrets: ',
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '&a ',
  '*a',
  '<<: *a',
  '\n',
  '  ',
  '"',
  '---\n',
  '#',
  '\0',
  '!x ',
  '? ',
);

it('of well-formed YAML', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(keys, tree), fc.dictionary(keys, tree), async (system, user) => {
      await examine(JSON.stringify(system), JSON.stringify(user));
    }),
    { numRuns: 500 },
  );
});

it('of what confuses parsers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), async (parts) => {
      await examine('', parts.join(''));
    }),
    { numRuns: 400 },
  );
});
