import { expect, it } from 'vitest';
import { configurationsOf } from '../../../test/rigs/skaffold-configurations.ts';
import { newestTypes } from '../schema/newest-types.ts';
import { hostCommands } from './host-commands.ts';

it('lists every command that runs on this machine, and none of a container or of an inactive profile', async () => {
  const yaml = `build:
  hooks: { before: [{ command: [make, assets] }] }
  artifacts:
    - image: app
      custom: { buildCommand: sh build.sh, dependencies: { command: sh list.sh } }
      hooks: { after: [{ command: [sh, -c, 'echo $SKAFFOLD_IMAGE'] }] }
      sync:
        auto: true
        hooks: { before: [{ host: { command: [one] } }, { container: { command: [inside] } }] }
test: [{ image: app, custom: [{ command: sh test.sh }] }]
deploy: { kubectl: { hooks: { after: [{ host: { command: [sh, notify.sh] } }] } } }
verify: [{ name: v, container: { name: v, image: app, command: [inside] } }]
profiles: [{ name: dev, build: { hooks: { before: [{ command: [never] }] } } }]
`;
  const [configuration] = await configurationsOf(yaml);
  if (!configuration) throw new Error('no configuration');
  expect(hostCommands(configuration.document, newestTypes).map(({ field, command }) => `${field}: ${command}`)).toEqual(
    [
      'build.hooks.before[0]: make assets',
      'build.artifacts[0].sync.hooks.before[0].host: one',
      'build.artifacts[0].custom.buildCommand: sh build.sh',
      'build.artifacts[0].custom.dependencies.command: sh list.sh',
      'build.artifacts[0].hooks.after[0]: sh -c echo $SKAFFOLD_IMAGE',
      'test[0].custom[0].command: sh test.sh',
      'deploy.kubectl.hooks.after[0].host: sh notify.sh',
    ],
  );
});
