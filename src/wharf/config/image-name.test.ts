import { describe, expect, it } from 'vitest';
import { fitsAsImage, fitsAsPath, fitsAsRegistry, fitsAsTag } from './image-name.ts';

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
