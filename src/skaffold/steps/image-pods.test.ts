import { expect, test } from 'vitest';
import { podName } from './image-pods.ts';

test.each([
  ['web', 'web'],
  ['r.example:5000/team/Web_App:1', 'web-app'],
  ['web@sha256:' + 'a'.repeat(64), 'web'],
  ['a/' + 'x'.repeat(80), 'x'.repeat(63)],
])('%s', (image, name) => {
  expect(podName(image)).toBe(name);
});
