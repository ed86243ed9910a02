import { connect } from 'node:net';
import type { LocalProbe, ProbeResult } from '../../local-deployments.ts';
import type { Work } from '../../../model/work.ts';
import { onAbort } from '../../../util/abort.ts';
import { Deadline } from '../../../util/deadline.ts';
import { EngineError, EngineLost } from '../api/engine-error.ts';
import type { EngineSession, InspectedContainer } from '../api/engine-session.ts';
import { inspect } from '../workload/container-end.ts';
import { execInContainer } from '../workload/exec-session.ts';

class Late extends Error {}

/** Tries a probe once. See `LocalDeployments.probe`. */
export async function tryProbe(
  session: EngineSession,
  container: string,
  { check, timeoutSeconds }: LocalProbe,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const late = new Late(`no answer within ${timeoutSeconds} s`);
  using deadline = new Deadline(timeoutSeconds * 1_000, () => late, [signal], session.clock);
  try {
    if (check.kind === 'exec') return await command(session, container, check.command, deadline.signal);
    const host = await addressOf(session, container);
    if (host === undefined) return { ok: false, detail: 'the container has no address' };
    if (check.kind === 'tcp') return await exchange(host, check.port, undefined, deadline.signal);
    const answer = await exchange(host, check.port, requestText(check, host), deadline.signal);
    return answer.ok ? judgeAnswer(answer.text) : answer;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Late || error instanceof EngineError || error instanceof EngineLost)
      return { ok: false, detail: error.message };
    throw error;
  }
}

/**
 * Waits until a startup probe succeeds.
 * @returns why it failed for good
 */
export async function awaitStartup(
  session: EngineSession,
  container: string,
  probe: LocalProbe,
  work: Work,
): Promise<string | undefined> {
  await session.clock.sleep(probe.initialDelaySeconds * 1_000, work.signal);
  for (let tries = 1; ; tries++) {
    const result = await tryProbe(session, container, probe, work.signal);
    if (result.ok) return undefined;
    if (tries >= probe.failureThreshold) return result.detail;
    await session.clock.sleep(probe.periodSeconds * 1_000, work.signal);
  }
}

async function command(
  session: EngineSession,
  container: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<ProbeResult> {
  let said = '';
  const note = (bytes: Uint8Array) => void (said = (said + Buffer.from(bytes).toString()).slice(0, 1_000));
  const exit = await execInContainer(session, container, argv, { stdout: note, stderr: note, signal });
  if ('failure' in exit)
    return { ok: false, detail: 'detail' in exit.failure ? String(exit.failure.detail) : exit.failure.code };
  if (exit.code === 0) return { ok: true };
  const last = said.trim().split('\n').at(-1) ?? '';
  return { ok: false, detail: `the command ended with code ${exit.code}${last === '' ? '' : `: ${last}`}` };
}

/** Returns the address of a container, or that of the one whose network it shares. */
async function addressOf(session: EngineSession, container: string): Promise<string | undefined> {
  const own = await inspect(session, container);
  const keeper = /^container:(.+)$/.exec(own.HostConfig.NetworkMode ?? '')?.[1];
  if (own.HostConfig.NetworkMode === 'host') return '127.0.0.1';
  return firstAddress(keeper === undefined ? own : await inspect(session, keeper));
}

function firstAddress({ NetworkSettings: network }: InspectedContainer): string | undefined {
  const addresses = [network?.IPAddress, ...Object.values(network?.Networks ?? {}).map((each) => each.IPAddress)];
  return addresses.find((each) => each !== undefined && each !== '');
}

function requestText({ path, headers }: Extract<LocalProbe['check'], { kind: 'http' }>, host: string): string {
  const own = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['Host', host] as const];
  const lines = [...own, ['User-Agent', 'slipway'] as const, ['Connection', 'close'] as const, ...headers];
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A status from 200 to 399 is a success (kubernetes.io, "Define a liveness HTTP request"). */
function judgeAnswer(text: string): ProbeResult {
  const status = Number(/^HTTP\/\d(?:\.\d)? (\d{3})/.exec(text)?.[1] ?? NaN);
  if (status >= 200 && status < 400) return { ok: true };
  return { ok: false, detail: Number.isNaN(status) ? 'the answer is not HTTP' : `HTTP status ${status}` };
}

type Exchange = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly detail: string };

/** Connects, sends a request if there is one, and reads the first line of the answer. */
async function exchange(
  host: string,
  port: number,
  request: string | undefined,
  signal: AbortSignal,
): Promise<Exchange> {
  const socket = connect({ host, port });
  try {
    return await new Promise<Exchange>((resolve, reject) => {
      let text = '';
      const listener = onAbort(signal, (reason) => reject(reason instanceof Error ? reason : new Late()));
      socket.once('close', () => {
        listener[Symbol.dispose]();
        resolve({ ok: true, text });
      });
      socket.once('error', (error) =>
        resolve({ ok: false, detail: `cannot connect to port ${port}: ${error.message}` }),
      );
      socket.once('connect', () => (request === undefined ? resolve({ ok: true, text }) : socket.write(request)));
      socket.on('data', (part: Buffer) => {
        text += part.toString('latin1');
        if (text.includes('\n')) resolve({ ok: true, text });
      });
    });
  } finally {
    socket.destroy();
  }
}
