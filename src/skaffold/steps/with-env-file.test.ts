import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { bytesOf, failing, plainStep, WorkRig } from '../../../test/rigs/step-work.ts';
import type { ContainerStepSpec } from '../plan/container-spec.ts';
import { secretValues, withEnvFile } from './with-env-file.ts';

const stepOf = (path: string) => ({
  ...plainStep(),
  spec: { kind: 'local-container', envFile: { path, names: ['TOKEN'] } } as unknown as ContainerStepSpec,
});

it('passes the variables on, and hides their values in the output and the failure', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, '.env');
  writeFileSync(path, '# for containers\nTOKEN="tok en"\nDEBUG=1\n');
  const rig = new WorkRig();
  let given: object | undefined;
  const runner = withEnvFile<ContainerStepSpec>((variables) => ({
    async run(_, { output }) {
      given = Object.fromEntries(variables);
      await output.write('stdout', bytesOf('1 is not tok'));
      await output.write('stdout', bytesOf(' en\n'));
      return await Promise.resolve(failing({ code: 'start-failed', detail: 'cannot run "tok en"' }));
    },
  }));
  expect(await runner.run(stepOf(path), rig.work)).toEqual(
    failing({ code: 'start-failed', detail: 'cannot run "***"' }),
  );
  expect(given).toEqual({ TOKEN: 'tok en', DEBUG: '1' });
  expect(rig.lines.join('')).not.toContain('tok');
  expect(rig.lines.join('')).toContain('***');
});

it('starts nothing without its file', async () => {
  const runner = withEnvFile<ContainerStepSpec>(() => {
    throw new Error('it started');
  });
  const { outcome } = await runner.run(stepOf('/no/such/file'), new WorkRig().work);
  expect(outcome).toMatchObject({ failure: { code: 'file-missing', field: '--env-file', path: '/no/such/file' } });
});

test.each([
  ['hunter2', true],
  ['8080', true],
  ['', false],
  ['1', false],
  ['abc', false],
  ['true', false],
  ['False', false],
])('the value %j is hidden: %j', (value, isHidden) => {
  expect(secretValues(new Map([['A', value]]))).toEqual(isHidden ? [value] : []);
});
