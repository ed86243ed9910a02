/** Any values of variables give diagnostics or a plan. Planning never throws. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadText } from '../../../test/rigs/memory-pipeline.ts';

const text = `inputs: [{name: password, type: password}]
environments: {e: {n: 1.50, b: true, z: ~}}
s:
  docker: {docker: {file: "\${a}", tag: "\${b}", context: "\${c}", registry: "\${a}", group: "\${b}", name: "\${c}", push: "\${b}", append-cert: "\${c}", args: ["\${a}"], secretName: "\${c}", secretArgs: ["\${a}", "\${b}=\${c}"]}}
  named: {docker: {file: F, tag: "\${a},\${b}", destination: "\${a}/\${c}", secret: "\${b}"}}
  helm: {helm: {chart: "\${a}", name: "\${b}", namespace: "\${c}", repo: "\${a}", set: {x: "\${b}"}, files: ["\${c}"], chartVersion: "\${a}", helmVersion: "\${b}", cluster: "\${c}", secret: "\${a}"}, memory: 1Gi}
  package: {helm-package: {version: "\${a}", chart-path: "\${b}", destination: "\${c}"}}
  kubectl: {kubectl: {file: "\${a}", files: ["\${b}"], action: "\${c}", force: "\${a}", namespace: "\${b}"}}
  nuget: {nuget-package: {version: "\${a}", project-path: "\${b}", repo: "\${c}", skip-duplicate: "\${a}", certificatesMountPath: "\${b}"}}
  container: {container: {image: "\${a}", cmds: ["\${b}"], os: "\${c}", shell: "\${a}", serviceAccount: "\${b}"}, env: {X: "\${c}"}}
`;

const value = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a',
    'true',
    'linux',
    '${a}',
    '${b}',
    '${c}',
    '${n}',
    '${b2}',
    '${z}',
    '${password}',
    'x${password}y',
    '${%a%}',
    '${',
    '../x',
    '/x',
    '~',
    '-x',
    'A/B',
    'a:b',
    'https://x',
    'oci://x',
    '=',
    'a=',
    ',',
    'a'.repeat(5000),
    '\0',
    '\u202e',
    '😀',
    '\ud800',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

it('holds for every step type', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ a: value, b: value, c: value }),
      fc.constantFrom('run', 'validate'),
      async (outer, purpose) => {
        const loaded = await loadText(text, {
          outer,
          purpose,
          operator: 'certificates: /c\nsecrets: {a: {k: {file: f}}}\n',
          selection: { environment: 'e' },
        });
        expect(loaded.value !== undefined).toBe(loaded.diagnostics.every(({ severity }) => severity !== 'error'));
        JSON.stringify(loaded.value?.plan);
      },
    ),
    { numRuns: 300 },
  );
});
