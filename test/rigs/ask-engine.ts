import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(socketPath: string, method: string, path: string, body?: object): Promise<Answer> {
  const headers = { host: 'engine', ...(body && { 'content-type': 'application/json' }) };
  return await new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path: `/v1.41${path}`, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', reject);
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    asked.once('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** Returns an engine's response to a direct request, or `undefined` for a 404. */
export async function askEngine(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<string | undefined> {
  const { status, text } = await ask(socketPath, method, path, body);
  return status === 404 ? undefined : text;
}

/**
 * Returns the JSON response of an engine, or `null` if there is no such object. Podman fails to list objects while another
 * client removes one of them, whoever owns it, so a failure is asked again.
 */
export async function engineJson(socketPath: string, path: string): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    const { status, text } = await ask(socketPath, 'GET', path);
    if (status === 200) return JSON.parse(text) as unknown;
    if (status === 404) return null;
    if (tries === 100) throw new Error(`GET ${path}: ${status} ${text}`);
    await sleep(100);
  }
}

/** The containers, volumes and images that an engine lists. */
export interface EngineObjects {
  readonly containers: readonly { readonly Id: string; readonly Names: readonly string[] }[];
  readonly volumes: readonly { readonly Name: string }[];
  readonly images: readonly { readonly Id: string }[];
}

/** Lists the objects of an engine with all these labels. Ended containers are listed too. */
export async function engineObjects(
  socketPath: string,
  labels: Readonly<Record<string, string>>,
): Promise<EngineObjects> {
  const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const filters = encodeURIComponent(JSON.stringify(label.length > 0 ? { label } : {}));
  const [containers, { Volumes: volumes }, images] = await Promise.all([
    engineJson(socketPath, `/containers/json?all=1&filters=${filters}`) as Promise<EngineObjects['containers']>,
    engineJson(socketPath, `/volumes?filters=${filters}`) as Promise<{ Volumes: EngineObjects['volumes'] | null }>,
    engineJson(socketPath, `/images/json?filters=${filters}`) as Promise<EngineObjects['images']>,
  ]);
  return { containers, volumes: volumes ?? [], images };
}
