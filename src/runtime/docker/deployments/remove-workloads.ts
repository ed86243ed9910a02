import { localLabels, type ListedWorkload } from '../../local-deployments.ts';
import { hasStatus, isNotFound } from '../api/engine-error.ts';
import { listContainers, listVolumes } from '../api/engine-lists.ts';
import { ownLabels, type EngineSession } from '../api/engine-session.ts';
import { removeContainers, removeVolume } from '../workload/remove-workload.ts';
import { removeNetworks } from './local-network.ts';

/** More than the grace period, for the engine's own work. */
const stopMarginMs = 60_000;

/** Asks containers to end, each within its own grace period, and waits until they have. */
export async function stopContainers(
  session: EngineSession,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    ids.map(async (id) => {
      try {
        // The engine knows the grace period of the container.
        await session.engine.json('POST', `/containers/${id}/stop`, { signal, deadlineMs: stopMarginMs + 600_000 });
      } catch (error) {
        // 304: it has ended.
        if (!isNotFound(error) && !hasStatus(error, 304)) throw error;
      }
    }),
  );
}

/** Stops and removes workloads with their own volumes. */
export async function removeWorkloads(
  session: EngineSession,
  workloads: readonly ListedWorkload[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    workloads.map(async ({ name, containers }) => {
      const running = containers.filter(({ state, role }) => state === 'running' && role !== 'holder');
      await stopContainers(
        session,
        running.map(({ id }) => id),
        signal,
      );
      // Those that share a network go before the one that holds it.
      const holds = ({ role }: (typeof containers)[number]) => role === 'holder';
      await removeContainers(
        session,
        containers.filter((each) => !holds(each)).map(({ id }) => id),
        signal,
      );
      await removeContainers(
        session,
        containers.filter(holds).map(({ id }) => id),
        signal,
      );
      await removeVolumes(session, `${ownLabels.workload}=${name}`, signal);
    }),
  );
}

/** Removes the network of a deploy if it has no container, and volumes of workloads that have none. Claims stay. */
export async function removeUnused(session: EngineSession, deploy: string, signal: AbortSignal): Promise<void> {
  const filters = { label: [`${localLabels.deploy}=${deploy}`] };
  const containers = await listContainers<Labelled>(session, filters, signal);
  const users = new Set(containers.map(({ Labels: labels }) => labels?.[ownLabels.workload]));
  const volumes = await listVolumes<Labelled & { readonly Name: string }>(session, filters, signal);
  for (const { Name: name, Labels: labels } of volumes) {
    const workload = labels?.[ownLabels.workload];
    if (workload !== undefined && !users.has(workload)) await removeVolume(session, name, signal);
  }
  if (containers.length === 0) await removeNetworks(session, deploy, signal);
}

interface Labelled {
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** Removes everything with the label of a deploy, in whatever state. */
export async function removeDeploy(
  session: EngineSession,
  deploy: string,
  workloads: readonly ListedWorkload[],
  signal: AbortSignal,
): Promise<void> {
  await removeWorkloads(session, workloads, signal);
  const label = `${localLabels.deploy}=${deploy}`;
  const left = await listContainers<{ Id: string }>(session, { label: [label] }, signal);
  await removeContainers(
    session,
    left.map(({ Id: id }) => id),
    signal,
  );
  try {
    await removeVolumes(session, label, signal);
  } finally {
    await removeNetworks(session, deploy, signal);
  }
}

async function removeVolumes(session: EngineSession, label: string, signal: AbortSignal): Promise<void> {
  const volumes = await listVolumes<{ Name: string }>(session, { label: [label] }, signal);
  await Promise.all(volumes.map(async ({ Name: name }) => await removeVolume(session, name, signal)));
}
