import type { Duplex } from 'node:stream';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Forward } from '../../runtime/container-io.ts';
import { joinAddress } from '../../runtime/join-address.ts';
import { localLabels, type LocalDeployments } from '../../runtime/local-deployments.ts';
import type { RunningContainer, RunningContainers } from '../../runtime/running-container.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { aborted, onAbort } from '../../util/abort.ts';
import type { ForwardedPort } from './forwarded-port.ts';
import { shownPort } from './forwarded-port.ts';
import { planLocalForwards, type LocalForwardPlan } from './local-plan.ts';
import { forwardWarning, observeForward } from './observe-forward.ts';
import { openListener, type OpenedListener } from './open-listener.ts';

export interface LocalForwardsOptions {
  readonly engine: LocalDeployments;
  readonly running: RunningContainers;
  /** What identifies the deploy on the engine. */
  readonly set: string;
  /** The ports that the configuration names. */
  readonly ports: readonly ForwardedPort[];
  readonly services: boolean;
}

/**
 * Reports the ports of a deploy to an engine, and opens those that the engine has not opened, until the signal. That is
 * success. Failure: `runtime-lost`.
 */
export async function forwardLocally(options: LocalForwardsOptions, work: Work): Promise<Outcome> {
  const opened: Forward[] = [];
  const ending = new AbortController();
  using _listener = onAbort(work.signal, () => ending.abort());
  try {
    const { workloads } = await options.engine.list(options.set, work.signal);
    const plans = planLocalForwards(options.ports, options.services, workloads);
    const needsContainers = plans.some(({ how }) => how === 'container');
    const containers = needsContainers
      ? await containersOf(options, ending.signal)
      : new Map<string, RunningContainer>();
    if (plans.length === 0)
      work.output.observe({ type: 'noted', level: 'info', message: 'there are no ports to forward' });
    for (const plan of plans) opened.push(...(await carryOut(plan, containers, work)));
    await aborted(work.signal);
    return succeeded(undefined);
  } catch (error) {
    if (work.signal.aborted) return succeeded(undefined);
    if (error instanceof RuntimeRefused) return failed(error.failure);
    throw error;
  } finally {
    ending.abort();
    for (const forward of opened.reverse()) await forward[Symbol.asyncDispose]();
  }
}

/** Returns the containers of the deploy by id. They are followed until the signal. */
async function containersOf(
  { running, set }: LocalForwardsOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RunningContainer>> {
  const found = new Map<string, RunningContainer>();
  const changes = running.watch({ labels: { [localLabels.deploy]: set } }, signal)[Symbol.asyncIterator]();
  for (let next = await changes.next(); next.done !== true; next = await changes.next()) {
    if (next.value.change === 'connected') break;
    if (next.value.change === 'disconnected') throw new RuntimeRefused(next.value.failure, new Error('disconnected'));
    if (next.value.change === 'appeared') found.set(next.value.container.ref.id, next.value.container);
  }
  return found;
}

async function carryOut(
  plan: LocalForwardPlan,
  containers: ReadonlyMap<string, RunningContainer>,
  work: Work,
): Promise<readonly Forward[]> {
  if (plan.how === 'none') {
    forwardWarning(work, plan.because);
    return [];
  }
  const { port } = plan;
  if (plan.how === 'published') {
    const { host, port: localPort } = plan.at;
    const isOther = port.localPort !== undefined && port.localPort !== localPort;
    observeForward(work, port, { address: host, localPort, ...(isOther && { instead: 'taken' }) });
    return [];
  }
  try {
    const inner = plan.how === 'container' ? await forwardTo(plan, containers) : undefined;
    const at = plan.how === 'through' ? plan.at : inner;
    if (at === undefined) throw new Error('no container of it has an address that this machine reaches');
    const { forward, instead } = await listen(port, (near) => joinAddress(near, at));
    observeForward(work, port, { address: port.address, localPort: forward.port, ...(instead && { instead }) });
    return [...(inner ? [inner] : []), forward];
  } catch (error) {
    forwardWarning(work, `${shownPort(port)} is not forwarded: ${(error as Error).message}`);
    return [];
  }
}

async function listen(port: ForwardedPort, join: (near: Duplex) => void): Promise<OpenedListener> {
  return await openListener(port.address, port.localPort, join);
}

async function forwardTo(
  { ids, to }: Extract<LocalForwardPlan, { how: 'container' }>,
  containers: ReadonlyMap<string, RunningContainer>,
): Promise<Forward | undefined> {
  for (const id of ids) {
    try {
      const forward = await containers.get(id)?.forward(to);
      if (forward !== undefined) return forward;
    } catch (error) {
      if (!(error instanceof RuntimeRefused)) throw error;
    }
  }
  return undefined;
}
