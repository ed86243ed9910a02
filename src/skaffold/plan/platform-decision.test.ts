import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { platformsOfFlag, platformsToBuild, type PlatformFacts } from './platform-decision.ts';

const two = ['linux/amd64', 'linux/arm64'];

describe('the platforms of an image', () => {
  it.each<[string, Partial<PlatformFacts>, readonly string[]]>([
    ['all if it is pushed', { push: true }, two],
    ['that of the machine if it is not pushed', {}, ['linux/arm64']],
    ['the first if the machine has another one', { machine: 'linux/s390x' }, ['linux/amd64']],
    ['the only one', { wanted: ['linux/amd64'] }, ['linux/amd64']],
    ['none', { wanted: [] }, []],
    ['one of a push that may have only one', { push: true, onlyOne: true }, ['linux/arm64']],
    ['all of a command, which decides itself', { builder: 'custom' }, two],
    ['one of a command that may have only one', { builder: 'custom', onlyOne: true }, ['linux/arm64']],
    ['one of a builder that makes indexes', { builder: 'ko' }, ['linux/arm64']],
  ])('are %s', (_, facts, expected) => {
    expect(
      platformsToBuild({
        ...{ wanted: two, builder: 'docker', push: false, onlyOne: false, machine: 'linux/arm64', ...facts },
      }),
    ).toEqual(expected);
  });
});

describe('--platform', () => {
  it('names each platform once', () => {
    expect(platformsOfFlag(['arm64', 'linux/aarch64', 'linux/amd64'], () => undefined)).toEqual([
      'linux/arm64',
      'linux/amd64',
    ]);
  });

  it('must be a platform', () => {
    const found: Diagnostic[] = [];
    expect(platformsOfFlag(['all'], (diagnostic) => void found.push(diagnostic))).toEqual([]);
    expect(found).toMatchObject([
      { code: 'S027', message: '`--platform` is `all`, but must be OS/ARCHITECTURE, such as linux/arm64' },
    ]);
  });
});
