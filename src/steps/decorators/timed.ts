import { endedBy, TimedOut, type StepDecorator } from '../step-runner.ts';

/**
 * Ends an attempt that takes longer than the step's policy allows. What another process began has only the rest of its
 * time.
 */
export const timed: StepDecorator = (inner) => ({
  async run(step, work) {
    const limit = step.policy.timeoutMs;
    if (limit === undefined) return await inner.run(step, work);
    const timeout = new AbortController();
    const ended = new AbortController();
    // A start ahead of the clock, which was set back since, gives no more than the whole time.
    const left = Math.min(limit, Math.max(0, work.attemptStartedAt + limit - work.clock.now()));
    const timer = work.clock.sleep(left, ended.signal).then(
      () => timeout.abort(new TimedOut(limit)),
      () => undefined,
    );
    try {
      return await inner.run(step, { ...work, signal: AbortSignal.any([work.signal, timeout.signal]) });
    } catch (error) {
      // A rejection with the signal's own reason is how work stops; nobody outside knows this signal.
      if (error === timeout.signal.reason) return { outcome: endedBy(timeout.signal), artifacts: [] };
      throw error;
    } finally {
      ended.abort();
      await timer;
    }
  },
});
