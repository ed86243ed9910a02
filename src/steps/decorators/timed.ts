import { endedBy, TimedOut, type StepDecorator } from '../step-runner.ts';

/** Fails an attempt that exceeds the step's timeout. A resumed attempt gets only the rest of it. */
export const timed: StepDecorator = (inner) => ({
  async run(step, work) {
    const limit = step.policy.timeoutMs;
    if (limit === undefined) return await inner.run(step, work);
    const timeout = new AbortController();
    const ended = new AbortController();
    // The clock may have been set back since the start. Never allow more than the whole timeout.
    const left = Math.min(limit, Math.max(0, work.attemptStartedAt + limit - work.clock.now()));
    const timer = work.clock.sleep(left, ended.signal).then(
      () => timeout.abort(new TimedOut(limit)),
      () => undefined,
    );
    try {
      return await inner.run(step, { ...work, signal: AbortSignal.any([work.signal, timeout.signal]) });
    } catch (error) {
      // Work may stop by rejecting with this reason. Callers do not know this signal, so convert it here.
      if (error === timeout.signal.reason) return { outcome: endedBy(timeout.signal), artifacts: [] };
      throw error;
    } finally {
      ended.abort();
      await timer;
    }
  },
});
