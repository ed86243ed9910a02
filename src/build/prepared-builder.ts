import type { Outcome } from '../model/outcome.ts';
import type { Work } from '../model/work.ts';
import type { Builder } from './builder.ts';

/** Runs something before each build. There is no build if it fails. */
export function preparedBuilder<Options>(
  inner: Builder<Options>,
  prepare: ((work: Work) => Promise<Outcome>) | undefined,
): Builder<Options> {
  if (!prepare) return inner;
  return {
    ...inner,
    async build(build, work) {
      const prepared = await prepare(work);
      return prepared.status === 'succeeded' ? await inner.build(build, work) : prepared;
    },
  };
}
