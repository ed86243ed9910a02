/**
 * Returns the port of the machine that an engine could not open because it is not free or not permitted. `port` is
 * absent if the message does not name it. `undefined`: the message is about something else.
 */
export function takenPort(said: string): { readonly port?: number } | undefined {
  const messages =
    /port is already allocated|address already in use|bind: permission denied|cannot expose privileged port|port \d+ .*already/i;
  if (!messages.test(said)) return undefined;
  const port = /(?:127\.0\.0\.1|0\.0\.0\.0|\[?::1?\]?):(\d+)/.exec(said)?.[1] ?? /port (\d+)/i.exec(said)?.[1];
  return port === undefined ? {} : { port: Number(port) };
}
