import { expect, it } from 'vitest';
import { bazelCommands } from './bazel-arguments.ts';

const options = {
  target: '//app:image.tar',
  args: ['--config=ci'],
  platforms: [
    { platform: 'linux/amd64', target: '//p:amd64' },
    { platform: 'linux/arm64', target: '//p:arm64' },
  ],
};

it.each([
  [undefined, ['--config=ci']],
  ['linux/arm64', ['--config=ci', '--platforms=//p:arm64']],
  ['linux/s390x', ['--config=ci']],
])('for the platform %s', (platform, given) =>
  expect(bazelCommands(options, platform)).toEqual({
    build: ['bazel', 'build', ...given, '--color=no', '//app:image.tar'],
    archive: [
      ...['bazel', 'cquery', ...given, '--output=starlark', '--starlark:expr=target.files.to_list()[0].path'],
      '//app:image.tar',
    ],
    root: ['bazel', 'info', ...given, 'execution_root'],
  }),
);
