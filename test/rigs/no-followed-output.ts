import type { FollowedOutput } from '../../src/model/work.ts';

/** For steps that follow no container. */
export const noFollowedOutput: FollowedOutput = {
  position: () => undefined,
  write: () => {
    throw new Error('unexpected output of a followed container');
  },
  lost: () => undefined,
};
