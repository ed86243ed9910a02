import { describe, expect, it } from 'vitest';
import { ClusterLost } from '../../../clusters/api/api-error.ts';
import type { RemoteEnd, RemoteIo } from '../../../clusters/api/remote-command.ts';
import { FirstExchange } from './first-exchange.ts';
import { onAbort } from '../../../util/abort.ts';

/** An exchange with a helper that prints what the test says. */
class Helper {
  io: RemoteIo | undefined;
  finish: (end: RemoteEnd) => void = () => {};
  breakOff: (error: Error) => void = () => {};
  readonly exchange = new FirstExchange(
    async (io) => {
      this.io = io;
      return await new Promise<RemoteEnd>((resolve, reject) => {
        this.finish = resolve;
        this.breakOff = reject;
        onAbort(io.signal, reject);
      });
    },
    (async function* () {})(),
  );

  says(...parts: readonly string[]): void {
    for (const part of parts) void this.io?.stdout?.(Buffer.from(part));
  }
}

const forever = new AbortController().signal;

describe('the exchange that fills a pod', () => {
  it('reports the open gate while it continues, and then the end', async () => {
    const helper = new Helper();
    helper.says('filled\nope', 'ned step 0:0\n');
    expect(await helper.exchange.opened(forever)).toBeUndefined();
    helper.says('3\n');
    helper.finish({ code: 0 });
    expect(await helper.exchange.ended(forever)).toBe('3\n');
  });

  it('open gate and end at once', async () => {
    const helper = new Helper();
    helper.says('filled\nopened step 0:0\nstart-failed nope\n');
    helper.finish({ code: 0 });
    expect(await helper.exchange.opened(forever)).toBeUndefined();
    expect(await helper.exchange.ended(forever)).toBe('start-failed nope\n');
  });

  it('keeps only what it needs of a helper that prints endlessly', async () => {
    const helper = new Helper();
    for (let i = 0; i < 100; i++) helper.says('x'.repeat(10_000));
    helper.finish({ code: 0 });
    await helper.exchange.opened(forever);
    expect(helper.exchange.said.length).toBeLessThan(100_000);
  });

  it('a failure to transfer files', async () => {
    const helper = new Helper();
    helper.says('tar-failed 1\n');
    void helper.io?.stderr?.(Buffer.from('tar: no space\n'));
    helper.finish({ code: 70 });
    expect(await helper.exchange.opened(forever)).toEqual({ code: 70 });
    expect([helper.exchange.said, helper.exchange.errors]).toEqual(['tar-failed 1\n', 'tar: no space\n']);
  });

  it('a helper that is ended while it waits reports no end', async () => {
    const helper = new Helper();
    helper.says('filled\nopened step 0:0\n');
    helper.finish({ code: 137 });
    expect(await helper.exchange.ended(forever)).toBeUndefined();
  });

  it('a broken connection rejects waiting callers, before and after the opening', async () => {
    const [early, late] = [new Helper(), new Helper()];
    early.breakOff(new ClusterLost('cut'));
    await expect(early.exchange.opened(forever)).rejects.toThrow('cut');
    late.says('opened step 0:0\n');
    await late.exchange.opened(forever);
    late.breakOff(new ClusterLost('cut'));
    await expect(late.exchange.ended(forever)).rejects.toThrow('cut');
  });

  it('ends on the signal of a waiting caller, but not on that of an earlier one', async () => {
    const [starting, watching] = [new AbortController(), new AbortController()];
    const helper = new Helper();
    helper.says('opened step 0:0\n');
    await helper.exchange.opened(starting.signal);
    starting.abort(new Error('started'));
    expect(helper.io?.signal.aborted).toBe(false);
    const ended = helper.exchange.ended(watching.signal);
    watching.abort(new Error('enough'));
    await expect(ended).rejects.toThrow('enough');
    expect(helper.io?.signal.aborted).toBe(true);
  });
});
