import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../model/clock.ts';
import { silentMs } from './log-follow.ts';
import { longestStamp, StampReader, type LogStamp } from './log-stamp.ts';
import { LogStream } from './log-stream.ts';

/**
 * Returns the time stamp of the first line of a log; `undefined` if it has no line. It identifies the file. Throws the
 * errors of `open`, and `ClusterLost`.
 * @param open requests the log with these parameters
 */
export async function firstStamp(
  clock: Clock,
  open: (query: { readonly limitBytes: number }) => Promise<IncomingMessage>,
): Promise<LogStamp | undefined> {
  using stream = new LogStream(await open({ limitBytes: longestStamp }), clock);
  let head = Buffer.alloc(0);
  for (;;) {
    const part = await stream.next(silentMs);
    if (typeof part === 'string') break;
    head = Buffer.concat([head, part]);
  }
  const stamp = new StampReader();
  return stamp.read(head, 0, head.length) > 0 ? { seconds: stamp.seconds, nanos: stamp.nanos } : undefined;
}
