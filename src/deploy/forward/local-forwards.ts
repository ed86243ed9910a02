import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Forward } from '../../runtime/container-io.ts';
import { stoppedOrFailed } from '../../runtime/error-outcome.ts';
import { joinAddress } from '../../runtime/join-address.ts';
import { localLabels, type LocalDeployments } from '../../runtime/local-deployments.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { aborted } from '../../util/abort.ts';
import { AsyncDisposableList } from '../../util/async-disposable-list.ts';
import { containersNow, type ContainersNow } from '../containers-now.ts';
import type { ForwardedPort } from './forwarded-port.ts';
import { shownPort } from './forwarded-port.ts';
import { httpScheme } from './http-scheme.ts';
import { planLocalForwards, type LocalForwardPlan } from './local-plan.ts';
import { forwardWarning, noteNothingToForward, observeForward, warnOfRefused } from './observe-forward.ts';
import { openListener } from './open-listener.ts';
import { notForwarded } from './port-problems.ts';

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
  const { engine, running, set, ports, services } = options;
  await using opened = new AsyncDisposableList();
  try {
    const { workloads } = await engine.list(set, work.signal);
    const plans = planLocalForwards(ports, services, workloads);
    const containers = plans.some(({ how }) => how === 'container')
      ? await containersNow(running, { labels: { [localLabels.deploy]: set } }, work.signal)
      : undefined;
    if (containers) opened.add(containers);
    if (plans.length === 0) noteNothingToForward(work);
    for (const plan of plans) await carryOut(plan, containers, opened, work);
    await aborted(work.signal);
    return succeeded(undefined);
  } catch (error) {
    return stoppedOrFailed(error, work.signal);
  }
}

async function carryOut(
  plan: LocalForwardPlan,
  containers: ContainersNow | undefined,
  opened: AsyncDisposableList,
  work: Work,
): Promise<void> {
  if (plan.how === 'none') return forwardWarning(work, plan.because);
  const { port } = plan;
  const scheme = typeof port.port === 'number' ? httpScheme({ number: port.port }) : undefined;
  if (plan.how === 'published') {
    const { host, port: localPort } = plan.at;
    const isOther = port.localPort !== undefined && port.localPort !== localPort;
    return observeForward(work, port, { address: host, localPort, scheme, ...(isOther && { instead: 'taken' }) });
  }
  let inner: Forward | undefined;
  try {
    if (plan.how === 'container') inner = await forwardTo(plan, containers);
    const at = plan.how === 'through' ? plan.at : inner;
    if (at === undefined)
      return forwardWarning(work, notForwarded(port, 'has no container with an address that this machine reaches'));
    const { forward, instead } = await openListener(port.address, port.localPort, (near) => joinAddress(near, at));
    for (const each of inner ? [inner, forward] : [forward]) {
      opened.add(each);
      warnOfRefused(work, port, each);
    }
    observeForward(work, port, { address: port.address, localPort: forward.port, scheme, ...(instead && { instead }) });
  } catch (error) {
    await inner?.[Symbol.asyncDispose]();
    forwardWarning(work, `${shownPort(port)} is not forwarded: ${(error as Error).message}`);
  }
}

async function forwardTo(
  { ids, to }: Extract<LocalForwardPlan, { how: 'container' }>,
  containers: ContainersNow | undefined,
): Promise<Forward | undefined> {
  for (const id of ids) {
    try {
      const forward = await containers?.get(id)?.forward(to);
      if (forward !== undefined) return forward;
    } catch (error) {
      if (!(error instanceof RuntimeRefused)) throw error;
    }
  }
  return undefined;
}
