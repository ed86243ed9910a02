import { request } from 'node:http';

/** Returns an engine's response to a direct request, or `undefined` for a 404. */
export async function askEngine(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<string | undefined> {
  const headers = { host: 'engine', ...(body && { 'content-type': 'application/json' }) };
  return await new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path: `/v1.41${path}`, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', reject);
      answer.once('end', () => resolve(answer.statusCode === 404 ? undefined : Buffer.concat(parts).toString()));
    });
    asked.once('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** Returns the JSON response of an engine for an existing object. */
export async function engineJson(socketPath: string, path: string): Promise<unknown> {
  return JSON.parse((await askEngine(socketPath, 'GET', path)) ?? 'null');
}
