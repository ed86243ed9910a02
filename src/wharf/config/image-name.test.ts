import { describe, expect, it } from 'vitest';
import { fitsAsImage, fitsAsPath, fitsAsReference, fitsAsRegistry, fitsAsTag } from './image-name.ts';

/** Returns the suggestion, `false` if there is none, or `true` if the name is valid. */
const verdict = (fit: ReturnType<typeof fitsAsTag>) => (fit.fits ? true : (fit.instead ?? false));

describe('tags', () => {
  it.each([
    ['latest', true],
    ['1.2.3-rc.1_x', true],
    ['_a', true],
    ['LATEST', true],
    ['a'.repeat(128), true],
    ['a'.repeat(129), 'a'.repeat(128)],
    ['feature/login', 'feature-login'],
    ['-x', 'x'],
    ['v1+build', 'v1-build'],
    ['a b', 'a-b'],
    ['///', false],
    ['${nope}', 'nope-'],
  ])('%s: %s', (tag, expected) => {
    expect(verdict(fitsAsTag(tag))).toBe(expected);
  });
});

describe('names of images', () => {
  it.each([
    ['app', true],
    ['team/app', true],
    ['registry.example.org/team/app', true],
    ['localhost:5000/app', true],
    ['localhost/app', true],
    ['[::1]:5000/app', true],
    ['Registry.Example.org/Team/App', true],
    ['a/b__c/d--e/f.g', true],
    ['https://registry.example.org/app', 'registry.example.org/app'],
    ['registry.example.org/app:1.0', 'registry.example.org/app'],
    ['localhost:5000/app:1.0', 'localhost:5000/app'],
    ['app@sha256:abc', 'app'],
    ['registry.example.org/My Team/app', 'registry.example.org/my-team/app'],
    ['registry.example.org//app/', 'registry.example.org/app'],
    ['team/-app_', 'team/app'],
    ['a'.repeat(256), false],
    ['/', false],
    ['localhost:65535/app', true],
    ['localhost:65536/app', false],
    ['localhost:0/app', false],
    ['localhost:123456/app', false],
    ['[::1]:65536/app', false],
  ])('%s: %s', (name, expected) => {
    expect(verdict(fitsAsImage(name))).toBe(expected);
  });

  it.each([
    ['registry.example.org', true],
    ['registry', true],
    ['localhost:5000', true],
    ['registry.example.org/hub', true],
    ['https://harbor.example.org', 'harbor.example.org'],
    ['https://harbor.example.org/hub', 'harbor.example.org/hub'],
    ['registry.example.org/', false],
    ['reg istry', false],
    ['localhost:65536', false],
    ['localhost:65536/hub', false],
  ])('%s as a registry: %s', (name, expected) => {
    expect(verdict(fitsAsRegistry(name))).toBe(expected);
  });

  it('have what is suggested instead', () => {
    for (const odd of ['a..b/c', 'x___y', '.a', 'a.-b', 'Ä/b', 'a//b', 'b/c.']) {
      const fit = fitsAsPath(odd);
      expect(fit.fits).toBe(false);
      expect(fit.fits || fit.instead === undefined || fitsAsPath(fit.instead)).toEqual({ fits: true });
    }
  });
});

describe('references', () => {
  it.each([
    ['busybox', true],
    ['node:22-alpine', true],
    ['localhost:5000/a/b:V1.0_x', true],
    ['REGISTRY.example/a__b/c--d.e:1', true],
    ['[::1]:5000/a', true],
    [`a/b:1@sha256:${'0'.repeat(64)}`, true],
    [`sha256:${'a'.repeat(64)}`, true],
    ['https://registry.example/a', 'registry.example/a'],
    ['two words', 'two-words'],
    ['My/App:1', 'my/app:1'],
    ['registry.example/My/App', 'registry.example/my/app'],
    ['REGISTRY.example/App', 'REGISTRY.example/app'],
    ['a//b', 'a/b'],
    ['a:', false],
    ['a:b/c:d!', 'a-b/c'],
    ['a@sha256:00ff', false],
    [`a:${'x'.repeat(129)}`, `a:${'x'.repeat(128)}`],
  ])('%s: %s', (text, expected) => expect(verdict(fitsAsReference(text))).toBe(expected));
});
