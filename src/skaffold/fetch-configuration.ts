import type { Checked } from '../model/diagnostic.ts';
import type { HttpTransport } from '../registry/http-transport.ts';
import { RegistryError } from '../registry/registry-failure.ts';
import { exchange, type ReceivedResponse } from '../registry/single-exchange.ts';
import { Deadline } from '../util/deadline.ts';
import { withoutCredentials } from '../util/remote-url.ts';
import { problem } from './problem.ts';

/** As for files (`util/read-regular-file.ts`). */
const mostBytes = 8 * 2 ** 20;
const longestMs = 30_000;

class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * Fetches the text of a configuration by HTTP or HTTPS. Follows redirects, but not from HTTPS to a host without TLS.
 * @param url a user and password in it are sent to its host only
 */
export async function fetchConfiguration(
  url: URL,
  transport: HttpTransport,
  limitMs: number = longestMs,
): Promise<Checked<string>> {
  const refused = (why: string) => ({
    diagnostics: [problem('S009', undefined, { url: withoutCredentials(url.href), why })],
  });
  const plain = new URL(url);
  plain.username = plain.password = '';
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const late = () => new TooLate(`no whole answer within ${limitMs / 1_000} s`);
  using deadline = new Deadline(limitMs, late, []);
  let answer: ReceivedResponse;
  try {
    const request = { method: 'GET', url: plain, headers: { accept: '*/*', ...headers }, mostBytes } as const;
    answer = await exchange(transport, request, deadline.signal);
  } catch (error) {
    if (error instanceof RegistryError || error instanceof TooLate) return refused(error.message);
    throw error;
  }
  if (answer.status !== 200) return refused(`the server answers ${answer.status}`);
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(answer.body), diagnostics: [] };
  } catch {
    return refused('it is not UTF-8 text');
  }
}
