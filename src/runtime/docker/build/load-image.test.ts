import { expect, it } from 'vitest';
import { loadedImage } from './load-image.ts';

it.each([
  ['Loaded image: app:1\n', 'app:1'],
  ['Loaded image ID: sha256:abc\n', 'sha256:abc'],
  ['Loaded image: localhost/app:1, localhost/app:2', 'localhost/app:1'],
  ['{"progress":1}', undefined],
])('reads %j', (line, image) => expect(loadedImage(line)).toBe(image));
