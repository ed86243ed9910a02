import { expect, test } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import type { HookContainers } from '../../deploy/hooks/container-hook.ts';
import { succeeded } from '../../model/outcome.ts';
import type { DeployHook } from '../plan/deploy-spec.ts';
import { runDeployHooks } from './run-deploy-hooks.ts';

const containers: HookContainers = {
  find: async () =>
    await Promise.resolve(
      succeeded([
        {
          ...{ pod: 'web', container: 'app' },
          async exec([program], io) {
            await io.stdout?.(Buffer.from(`${program} in the container\n`));
            return { code: program === 'fails' ? 4 : 0 };
          },
        },
      ]),
    ),
};
const inside = (program: string): DeployHook => ({ container: { command: [program] } });
const host = (script: string): DeployHook => ({ command: ['sh', '-c', script], os: [] });

async function run(hooks: readonly DeployHook[], where: HookContainers | undefined = containers) {
  const rig = recordingWork();
  const around = { folder: '/', platform: 'linux', env: { PATH: process.env['PATH'] }, defaultRepo: 'r.example' };
  const outcome = await runDeployHooks(
    hooks,
    'after',
    { around, variables: { SKAFFOLD_RUN_ID: 'r1' }, containers: where },
    rig.work,
  );
  return { outcome, text: rig.text() };
}

test('hooks of this machine and of containers run in the order of the file', async () => {
  const { outcome, text } = await run([host('echo one'), inside('two'), host('echo three')]);
  expect(outcome).toEqual(succeeded(undefined));
  expect(text).toBe('one\ntwo in the container\nthree\n');
});

test('nothing follows a hook that failed', async () => {
  const { outcome, text } = await run([inside('fails'), host('echo two')]);
  expect(outcome).toMatchObject({
    failure: { code: 'exit-nonzero', exitCode: 4, command: 'after hook `fails` in pod web, container app' },
  });
  expect(text).toBe('fails in the container\n');
});

test('a hook on this machine has the variables of every hook and those of deploys', async () => {
  const { text } = await run([host('env | grep ^SKAFFOLD_ | sort')]);
  expect(text).toBe('SKAFFOLD_DEFAULT_REPO=r.example\nSKAFFOLD_RUN_ID=r1\nSKAFFOLD_WORK_DIR=/\n');
});

test('a place without containers is reported', async () => {
  const around = { folder: '/', platform: 'linux', env: {} };
  const outcome = await runDeployHooks(
    [inside('two')],
    'after',
    { around, variables: {}, containers: undefined },
    recordingWork().work,
  );
  expect(outcome).toMatchObject({ failure: { code: 'unsupported' } });
});
