import type { IncomingMessage } from 'node:http';
import { ApiError, ClusterLost, wordsOf } from './api-error.ts';

/** No list of a page, and nothing else that is asked for, comes near to it. */
const mostBytes = 64 * 1024 * 1024;
/** Of an error; proxies send whole pages. */
const mostErrorBytes = 64 * 1024;

/** The JSON of an answer. Throws what the connection throws, and `ApiError` for what is none. */
export async function jsonOf<T>(answer: IncomingMessage): Promise<T> {
  const { text, whole } = await read(answer, mostBytes);
  if (!whole) throw new ClusterLost('an answer without an end');
  try {
    return JSON.parse(text) as T;
  } catch {
    // One that began well was cut by somebody in between; a page never becomes an answer, however often it is asked
    // for.
    if (text.startsWith('{')) throw new ClusterLost('the answer broke off');
    throw new ApiError(
      answer.statusCode ?? 0,
      `the answer is not that of a Kubernetes API: ${wordsOf(answer.statusCode ?? 0, text)}`,
    );
  }
}

/** The text of an answer that tells an error, as far as anybody would read it. */
export async function errorTextOf(answer: IncomingMessage): Promise<string> {
  return (await read(answer, mostErrorBytes)).text;
}

async function read(
  answer: IncomingMessage,
  atMost: number,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length > atMost) return { text: Buffer.concat(parts).toString('utf8', 0, atMost), whole: false };
  }
  return { text: Buffer.concat(parts).toString('utf8'), whole: true };
}
