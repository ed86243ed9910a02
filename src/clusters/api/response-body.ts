import type { IncomingMessage } from 'node:http';
import { readAtMost } from '../../util/read-at-most.ts';
import { ApiError, ClusterLost, pageText } from './api-error.ts';

/** Far larger than any page of a list or other response. */
const mostBytes = 64 * 1024 * 1024;
/** For errors. Proxies send whole web pages. */
const mostErrorBytes = 64 * 1024;

/** Returns a JSON response. Throws the connection's errors, and `ApiError` if the body is not JSON. */
export async function jsonOf<T>(answer: IncomingMessage): Promise<T> {
  const { bytes, whole } = await readAtMost(answer, mostBytes);
  if (!whole) throw new ClusterLost('the response is too large');
  const text = bytes.toString();
  try {
    return JSON.parse(text) as T;
  } catch {
    // The response began as JSON, so an intermediary cut it. A web page never becomes JSON, however often it is
    // requested.
    if (text.startsWith('{')) throw new ClusterLost('the response was cut off');
    throw new ApiError(
      answer.statusCode ?? 0,
      `the server is not a Kubernetes API server: ${pageText(answer.statusCode ?? 0, text)}`,
    );
  }
}

/** Returns the text of an error response, shortened for display. */
export async function errorTextOf(answer: IncomingMessage): Promise<string> {
  return (await readAtMost(answer, mostErrorBytes)).bytes.toString();
}
