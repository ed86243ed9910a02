import { stat } from 'node:fs/promises';
import { failed } from '../model/outcome.ts';
import type { Builder } from './builder.ts';

/** Fails a build whose context does not exist, before its program starts in it. A `before` hook may have made the folder. */
export function inContext<Options>(inner: Builder<Options>): Builder<Options> {
  return {
    ...inner,
    async build(build, work) {
      const isThere = await stat(build.context).then(
        (found) => found.isDirectory(),
        (error: NodeJS.ErrnoException) => !['ENOENT', 'ENOTDIR'].includes(error.code ?? ''),
      );
      if (!isThere) return failed({ code: 'file-missing', field: 'context', path: build.context });
      return await inner.build(build, work);
    },
  };
}
