import { Deadline, type Sleeper } from '../util/deadline.ts';
import type { HttpTransport } from './http-transport.ts';
import { RegistryError } from './registry-failure.ts';
import { exchange, type ReceivedResponse } from './single-exchange.ts';

/** As for files (`util/read-regular-file.ts`). */
const mostBytes = 8 * 2 ** 20;
const longestMs = 30_000;

export type FetchedText = { readonly text: string } | { readonly problem: string };

export interface FetchOptions {
  /** Default: 30 s. */
  readonly limitMs?: number;
  /** Cancels the request. Its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Default: real time. */
  readonly clock?: Sleeper;
}

class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * Fetches a text of at most 8 MiB by HTTP or HTTPS. Follows redirects, but not from HTTPS to a host without TLS. `problem` says why
 * there is none.
 * @param url a user and password in it are sent to its host only
 */
export async function fetchText(
  url: URL,
  transport: HttpTransport,
  { limitMs = longestMs, signal, clock }: FetchOptions = {},
): Promise<FetchedText> {
  const plain = new URL(url);
  plain.username = plain.password = '';
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const late = () => new TooLate(`no whole answer within ${limitMs / 1_000} s`);
  using deadline = new Deadline(limitMs, late, [signal], clock);
  let answer: ReceivedResponse;
  try {
    const request = { method: 'GET', url: plain, headers: { accept: '*/*', ...headers }, mostBytes } as const;
    answer = await exchange(transport, request, deadline.signal);
  } catch (error) {
    if (error instanceof RegistryError || error instanceof TooLate) return { problem: error.message };
    throw error;
  }
  if (answer.status !== 200) return { problem: `the server answers ${answer.status}` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(answer.body) };
  } catch {
    return { problem: 'it is not UTF-8 text' };
  }
}
