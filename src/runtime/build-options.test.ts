import { expect, test } from 'vitest';
import { plainBuild } from '../../test/rigs/plain-build.ts';
import { unsupportedOption, type BuilderLimits } from './build-options.ts';
import type { ImageBuild } from './image-builder.ts';

const no = () => 'it has none';
const nothing: BuilderLimits = {
  builder: 'Brick',
  refuses: {
    secrets: no,
    target: no,
    ssh: no,
    cacheFrom: no,
    network: no,
    platforms: no,
    noCache: no,
    addHosts: no,
  },
};
const everything: BuilderLimits = { builder: 'Brick', refuses: {} };
const host = { name: 'db', address: '::1' };

test.each<[string, Partial<ImageBuild>]>([
  ['secrets', { secrets: new Map([['A', 'b']]) }],
  ['target', { target: 'default' }],
  ['ssh', { ssh: new Map([['default', { agent: '/s' }]]) }],
  ['cacheFrom', { cacheFrom: ['a:1'] }],
  ['network', { network: 'none' }],
  ['platforms', { platforms: ['linux/arm/v7'] }],
  ['noCache', { noCache: true }],
  ['addHosts', { addHosts: [host] }],
])('the option %s names itself and the builder', (option, build) => {
  expect(unsupportedOption({ ...plainBuild, ...build }, everything)).toBeUndefined();
  expect(unsupportedOption({ ...plainBuild, ...build }, nothing)).toEqual({
    code: 'unsupported',
    detail: `Brick does not support this build option, ${option}: it has none`,
  });
});

test.each<[string, Partial<ImageBuild>]>([
  ['nothing', {}],
  ['the default network', { network: 'default' }],
  ['empty lists', { ssh: new Map(), cacheFrom: [], platforms: [], addHosts: [] }],
])('%s asks for no option', (_, build) => {
  expect(unsupportedOption({ ...plainBuild, ...build }, nothing)).toBeUndefined();
});

test.each<[string, Partial<ImageBuild>]>([
  [
    'platforms: its API returns an image of one platform: build linux/amd64 and linux/arm64 one by one, each under its own tag',
    { platforms: ['linux/amd64', 'linux/arm64'] },
  ],
  [
    'platforms: "linux/amd64,linux/arm64" is no platform: write one as OS/ARCHITECTURE',
    { platforms: ['linux/amd64,linux/arm64'] },
  ],
  ['platforms: images call linux/aarch64 linux/arm64: write that', { platforms: ['linux/aarch64'] }],
  ['platforms: "arm64" is no platform: write one as OS/ARCHITECTURE', { platforms: ['arm64'] }],
  ['addHosts: "a:b" with "::1" is no name with an address', { addHosts: [host, { name: 'a:b', address: '::1' }] }],
  ['addHosts: "a" with "" is no name with an address', { addHosts: [{ name: 'a', address: '' }] }],
  ['addHosts: "a" with "1 2" is no name with an address', { addHosts: [{ name: 'a', address: '1 2' }] }],
])('no builder accepts %s', (message, build) => {
  expect(unsupportedOption({ ...plainBuild, ...build }, everything)).toMatchObject({
    detail: `Brick does not support this build option, ${message}`,
  });
});
