/** Files that are copied into running containers. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { aText, choice, part, parts, required, texts } from './fields.ts';

const only = { oneOf: 'sync' } as const;

export const syncTypes: TypeShapes = {
  Sync: {
    label: 'file sync',
    fields: {
      manual: parts('SyncRule', 'Rules for files and their places in the container.', only),
      infer: texts(
        'Patterns of files that go where the Dockerfile copies them. Without any rule, every file for Docker and kaniko artifacts.',
        only,
      ),
      auto: choice(
        'Whether the builder decides what to copy. Only for Jib and buildpacks, where it is the default.',
        only,
      ),
      hooks: part('SyncHooks', 'Commands before and after each copy.'),
    },
  },
  SyncRule: {
    label: 'a sync rule',
    fields: {
      src: aText('A pattern of files, relative to `context`: `css/**/*.css`.', required),
      dest: aText('The folder in the container. A relative one starts at its working directory.', required),
      strip: aText('The part of the path that is removed before the file is placed in `dest`: `css/`.'),
    },
  },
};
