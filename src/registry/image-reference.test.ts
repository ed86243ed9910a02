import { expect, test } from 'vitest';
import { parseImageReference } from './image-reference.ts';

test.each([
  ['busybox', 'busybox', 'latest', 'docker.io', 'library/busybox'],
  ['node:22-alpine', 'node', '22-alpine', 'docker.io', 'library/node'],
  ['grafana/loki:3', 'grafana/loki', '3', 'docker.io', 'grafana/loki'],
  ['localhost/busybox:1', 'localhost/busybox', '1', 'localhost', 'busybox'],
  ['localhost:5000/a/b', 'localhost:5000/a/b', 'latest', 'localhost:5000', 'a/b'],
  ['registry.example:5000/a:b', 'registry.example:5000/a', 'b', 'registry.example:5000', 'a'],
  ['index.docker.io/library/x:1', 'index.docker.io/library/x', '1', 'docker.io', 'library/x'],
  ['a/b@sha256:00ff', 'a/b', 'sha256:00ff', 'docker.io', 'a/b'],
  ['quay.io/a/b:1@sha256:00ff', 'quay.io/a/b', 'sha256:00ff', 'quay.io', 'a/b'],
])('%s', (text, name, tag, registry, repository) => {
  expect(parseImageReference(text)).toEqual({ name, tag, registry, repository });
});
