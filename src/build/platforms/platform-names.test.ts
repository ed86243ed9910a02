import { describe, expect, it } from 'vitest';
import { linuxPlatform, parsePlatform, platformReference } from './platform-names.ts';

describe('the name of a platform', () => {
  it.each<[string, string | undefined]>([
    ['linux/amd64', 'linux/amd64'],
    ['Linux/ARM64 ', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm/v7', 'linux/arm/v7'],
    ['linux/aarch64', 'linux/arm64'],
    ['windows/x86_64', 'windows/amd64'],
    ['arm64', 'linux/arm64'],
    ['x86_64', 'linux/amd64'],
    ['armhf', 'linux/arm/v7'],
    ['linux/new64', 'linux/new64'],
    ['all', undefined],
    ['linux', undefined],
    ['', undefined],
    ['linux/', undefined],
    ['a/b/c/d', undefined],
    ['linux amd64', undefined],
  ])('%j is read as %j', (text, platform) => expect(parsePlatform(text)).toBe(platform));

  it.each([
    ['x64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['ia32', 'linux/386'],
  ])('of Node %s is %s', (arch, platform) => expect(linuxPlatform(arch)).toBe(platform));
});

describe('the reference of the image of one platform', () => {
  it.each([
    ['r:5000/app:1', 'linux/arm/v7', 'r:5000/app:1_linux_arm_v7'],
    ['r:5000/app', 'linux/amd64', 'r:5000/app:latest_linux_amd64'],
    [`app:${'a'.repeat(128)}`, 'linux/amd64', `app:${'a'.repeat(116)}_linux_amd64`],
  ])('%s for %s', (reference, platform, expected) => expect(platformReference(reference, platform)).toBe(expected));
});
