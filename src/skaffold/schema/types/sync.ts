/** Files that are copied into running containers. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { textField, optionalFlag, section, sectionList, required, textList } from './fields.ts';

const only = { oneOf: 'sync' } as const;

export const syncTypes: TypeShapes = {
  Sync: {
    label: 'file sync',
    fields: {
      manual: sectionList('SyncRule', 'Rules for files and their places in the container.', only),
      infer: textList(
        'Patterns of files that go where the Dockerfile copies them. Without any rule, every file for Docker and kaniko artifacts.',
        only,
      ),
      auto: optionalFlag(
        'Whether the builder decides what to copy. Only for Jib and buildpacks, where it is the default.',
        only,
      ),
      hooks: section('SyncHooks', 'Commands before and after each copy.'),
    },
  },
  SyncRule: {
    label: 'a sync rule',
    fields: {
      src: textField('A pattern of files, relative to `context`: `css/**/*.css`.', required),
      dest: textField('The folder in the container. A relative one starts at its working directory.', required),
      strip: textField('The part of the path that is removed before the file is placed in `dest`: `css/`.'),
    },
  },
};
