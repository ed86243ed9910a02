import type { Checked } from '../model/diagnostic.ts';
import { fetchText } from '../registry/fetch-text.ts';
import type { HttpTransport } from '../registry/http-transport.ts';
import { withoutCredentials } from '../util/remote-url.ts';
import { problem } from './problem.ts';

/**
 * Fetches the text of a configuration (`registry/fetch-text.ts`).
 * @param limitMs default: that of `fetchText`
 */
export async function fetchConfiguration(
  url: URL,
  transport: HttpTransport,
  limitMs?: number,
): Promise<Checked<string>> {
  const fetched = await fetchText(url, transport, limitMs === undefined ? {} : { limitMs });
  if ('text' in fetched) return { value: fetched.text, diagnostics: [] };
  const parts = { url: withoutCredentials(url.href), why: fetched.problem };
  return { diagnostics: [problem('S009', undefined, parts)] };
}
