import { expect, test } from 'vitest';
import { parseImageReference } from './image-reference.ts';
import { isImageReference, isRepositoryName, isRepositoryPath, isTag } from '../util/image-grammar.ts';

test.each([
  ['busybox', 'busybox', 'latest', 'docker.io', 'library/busybox'],
  ['node:22-alpine', 'node', '22-alpine', 'docker.io', 'library/node'],
  ['grafana/loki:3', 'grafana/loki', '3', 'docker.io', 'grafana/loki'],
  ['localhost/busybox:1', 'localhost/busybox', '1', 'localhost', 'busybox'],
  ['localhost:5000/a/b', 'localhost:5000/a/b', 'latest', 'localhost:5000', 'a/b'],
  ['registry.example:5000/a:b', 'registry.example:5000/a', 'b', 'registry.example:5000', 'a'],
  ['index.docker.io/library/x:1', 'index.docker.io/library/x', '1', 'docker.io', 'library/x'],
  ['docker.io/busybox', 'docker.io/busybox', 'latest', 'docker.io', 'library/busybox'],
  ['index.docker.io/a/b', 'index.docker.io/a/b', 'latest', 'docker.io', 'a/b'],
  ['[::1]:5000/a', '[::1]:5000/a', 'latest', '[::1]:5000', 'a'],
  ['a/b@sha256:00ff', 'a/b', 'sha256:00ff', 'docker.io', 'a/b'],
  ['quay.io/a/b:1@sha256:00ff', 'quay.io/a/b', 'sha256:00ff', 'quay.io', 'a/b'],
])('%s', (text, name, tag, registry, repository) => {
  expect(parseImageReference(text)).toEqual({ name, tag, registry, repository });
});

test.each([
  ['a', true],
  ['team/app-1/x__y.z', true],
  ['a--b', true],
  ['', false],
  ['A', false],
  ['a/', false],
  ['a//b', false],
  ['a..b', false],
  ['_a', false],
  ['a:1', false],
  ['a/../b', false],
  ['a'.repeat(255), true],
  ['a'.repeat(256), false],
])('the path of a repository: %j is %s', (text, valid) => {
  expect(isRepositoryPath(text)).toBe(valid);
});

test.each([
  ['app', true],
  ['r.example:5000/a/b', true],
  ['localhost/a', true],
  ['R.Example/a', true],
  ['[::1]:5000/a', true],
  ['r.example:x/a', false],
  ['r.example/', false],
  ['-r.example/a', false],
  ['r.example/A', false],
  ['a:1', false],
  [`r.example/${'a'.repeat(245)}`, true],
  [`r.example/${'a'.repeat(246)}`, false],
])('the name of a repository: %j is %s', (text, valid) => {
  expect(isRepositoryName(text)).toBe(valid);
});

test.each([
  ['latest', true],
  ['_A.b-1', true],
  ['.a', false],
  ['-a', false],
  ['a/b', false],
  ['a+b', false],
  ['', false],
  ['a'.repeat(128), true],
  ['a'.repeat(129), false],
])('a tag: %j is %s', (text, valid) => {
  expect(isTag(text)).toBe(valid);
});

test.each([
  ['app', true],
  ['localhost:5000/a/b:1', true],
  [`a:1@sha256:${'0'.repeat(64)}`, true],
  [`sha256:${'0'.repeat(64)}`, true],
  ['', false],
  ['a:', false],
  ['a:1\n', false],
  ['a@sha256:0', false],
  ['a b', false],
  ['a:1\u001b[1m', false],
])('whether %j is a reference: %s', (text, valid) => {
  expect(isImageReference(text)).toBe(valid);
});
