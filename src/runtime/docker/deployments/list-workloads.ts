import {
  localLabels,
  type BoundPort,
  type ListedContainer,
  type ListedWorkload,
  type LocalInventory,
  type LocalPort,
  type LocalProbes,
} from '../../local-deployments.ts';
import { listContainers, listVolumes } from '../api/engine-lists.ts';
import { ownLabels, type EngineSession } from '../api/engine-session.ts';

/** The fields of an entry of `/containers/json` that are used. */
export interface ListedByEngine {
  readonly Id: string;
  readonly Image: string;
  readonly ImageID: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly State: string;
  /** `Exited (0) 3 minutes ago`. */
  readonly Status?: string;
  readonly Ports?:
    | readonly {
        readonly IP?: string;
        readonly PrivatePort: number;
        readonly PublicPort?: number;
        readonly Type: string;
      }[]
    | null;
}

interface ListedVolume {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export async function listDeploy(
  session: EngineSession,
  deploy: string,
  signal?: AbortSignal,
): Promise<LocalInventory> {
  const filters = { label: [`${localLabels.deploy}=${deploy}`] };
  const [containers, volumes] = await Promise.all([
    listContainers<ListedByEngine>(session, filters, signal),
    listVolumes<ListedVolume>(session, filters, signal),
  ]);
  const claims = volumes.flatMap((volume) => volume.Labels?.[localLabels.claim] ?? []);
  return { workloads: listedWorkloads(containers), claims };
}

/** Groups the containers of an engine by their workloads. */
export function listedWorkloads(containers: readonly ListedByEngine[]): readonly ListedWorkload[] {
  const groups = new Map<string, ListedByEngine[]>();
  for (const container of containers) {
    const name = container.Labels?.[ownLabels.workload];
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), container]);
  }
  return [...groups].map(([name, all]) => {
    const labels = all[0]?.Labels ?? {};
    const expected = parsed<readonly string[]>(labels[localLabels.containers], []);
    const ports = parsed<readonly LocalPort[]>(labels[localLabels.ports], []);
    return {
      name,
      object: labels[localLabels.object] ?? '',
      digest: labels[localLabels.digest] ?? '',
      sources: parsed(labels[localLabels.sources], {}),
      containers: all.map(listedContainer),
      ends: labels[localLabels.ends] !== undefined,
      mayEnd: labels[localLabels.restart] !== undefined,
      complete: isComplete(all, expected),
      ports: boundPorts(
        ports,
        all.flatMap(({ Ports: bound }) => bound ?? []),
      ),
    };
  });
}

const roles: readonly ListedContainer['role'][] = ['side', 'sidecar', 'init', 'holder'];

function listedContainer(container: ListedByEngine): ListedContainer {
  const labels = container.Labels ?? {};
  const role = labels[ownLabels.role];
  return {
    id: container.Id,
    name: labels[ownLabels.container] ?? '',
    role: roles.find((each) => each === role) ?? 'main',
    imageId: container.ImageID,
    image: container.Image,
    state: stateOf(container.State),
    probes: parsed<LocalProbes>(labels[localLabels.probes], {}),
  };
}

function stateOf(state: string): ListedContainer['state'] {
  if (state === 'running' || state === 'paused' || state === 'restarting') return 'running';
  return state === 'created' || state === 'configured' || state === 'initialized' ? 'created' : 'ended';
}

/** Every container was started, init containers ended well, and those that should run do. */
function isComplete(all: readonly ListedByEngine[], expected: readonly string[]): boolean {
  return expected.every((name) => {
    const container = all.find((each) => each.Labels?.[ownLabels.container] === name);
    if (container === undefined || stateOf(container.State) === 'created') return false;
    if (container.Labels?.[ownLabels.role] === 'init')
      return stateOf(container.State) === 'ended' && /^Exited \(0\)/.test(container.Status ?? 'Exited (0)');
    return true;
  });
}

/** Several ports may lead to one port of a container. Those that got the port that they wanted come first. */
function boundPorts(ports: readonly LocalPort[], bound: NonNullable<ListedByEngine['Ports']>): readonly BoundPort[] {
  const left = bound.filter(({ PublicPort: port }) => port !== undefined);
  const take = (index: number): BoundPort['port'] => left.splice(index, 1)[0]?.PublicPort ?? 0;
  const found = new Map<LocalPort, BoundPort>();
  for (const exact of [true, false])
    for (const port of ports) {
      if (found.has(port)) continue;
      const index = left.findIndex(
        (each) =>
          each.PrivatePort === port.container &&
          each.Type === port.protocol &&
          (!exact || each.PublicPort === port.wanted),
      );
      if (index >= 0) found.set(port, { ...port, host: '127.0.0.1', port: take(index) });
    }
  return ports.flatMap((port) => found.get(port) ?? []);
}

function parsed<T>(text: string | undefined, otherwise: T): T {
  try {
    return text === undefined ? otherwise : (JSON.parse(text) as T);
  } catch {
    // Somebody else wrote the label. The workload is replaced then.
    return otherwise;
  }
}
