import { expect, it } from 'vitest';
import { koConfig } from './ko-config.ts';

const options = {
  dir: '.',
  main: '.',
  env: [],
  flags: [],
  ldflags: [],
  labels: [],
  dependencies: { paths: [], ignore: [] },
};
const project = { defaultBaseImage: 'base', builds: [{ id: 'x' }], defaultflags: ['-v'] };

it.each([
  ['nothing is set', {}, project, undefined],
  ['the package is set, and the project has no builds', { main: './a' }, { defaultBaseImage: 'base' }, undefined],
  ['the package is set', { main: './a' }, project, { defaultBaseImage: 'base', defaultflags: ['-v'] }],
  ['the folder is set', { dir: 'a' }, project, { defaultBaseImage: 'base', defaultflags: ['-v'] }],
  [
    'options of the build are set',
    { flags: ['-x'], ldflags: ['-s'], env: ['A=1'] },
    project,
    { defaultBaseImage: 'base', defaultEnv: ['A=1'], defaultFlags: ['-x'], defaultLdflags: ['-s'] },
  ],
  ['the project has no configuration', { ldflags: ['-s'] }, undefined, { defaultLdflags: ['-s'] }],
])('the configuration of ko if %s', (_what, own, read, config) =>
  expect(koConfig({ ...options, ...own }, read)).toEqual(config),
);
