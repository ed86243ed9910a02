import {
  localLabels,
  podAddressMark,
  type LocalContainer,
  type LocalMount,
  type LocalPort,
  type LocalRestart,
  type LocalWorkload,
} from '../../local-deployments.ts';
import type { Labels } from '../../container-io.ts';
import { ownLabels, type ContainerRole, type EngineSession } from '../api/engine-session.ts';
import { allContainers, isMemory, ownVolumes, volumeName } from './workload-layout.ts';

/** What a container gets its network from. */
export type NetworkPlace =
  /** It has an address of its own on the deploy's network. `named`: the workload's names lead to it. */
  | { readonly kind: 'own'; readonly network: string; readonly named: boolean }
  | { readonly kind: 'shared'; readonly keeper: string }
  | { readonly kind: 'engine' };

export interface ContainerRequest {
  readonly deploy: string;
  readonly workload: LocalWorkload;
  readonly container: LocalContainer;
  readonly role: ContainerRole;
  readonly place: NetworkPlace;
  /** Ports of the engine's machine. Only where the workload's names lead to. */
  readonly ports: readonly LocalPort[];
  /** Others share its network and memory. */
  readonly keeps: boolean;
  /** The workload's address, if it is known. */
  readonly address?: string;
  readonly flavor: EngineSession['flavor'];
  readonly init: boolean;
}

/** Returns the body of `/containers/create` for a container of a workload. */
export function containerBody(request: ContainerRequest): object {
  const { workload, container, place, role } = request;
  const filled = (texts: readonly string[]) => texts.map((text) => withAddress(text, request.address));
  const shared = place.kind === 'shared' ? place.keeper : undefined;
  return {
    Image: container.image,
    ...(container.command && { Entrypoint: filled(container.command), Cmd: [] }),
    ...(container.args && { Cmd: filled(container.args) }),
    Env: Object.entries(container.env).map(([key, value]) => `${key}=${withAddress(value, request.address)}`),
    ...(container.workingDirectory !== undefined && { WorkingDir: container.workingDirectory }),
    ...(container.user !== undefined && { User: container.user }),
    ...(place.kind === 'own' && { Hostname: workload.hostname }),
    Labels: { ...workloadLabels(request.deploy, workload), ...containerLabels(container, role) },
    Tty: container.terminal,
    OpenStdin: container.input,
    // Probes decide what is ready, and an engine does nothing if the health check of an image fails.
    Healthcheck: { Test: ['NONE'] },
    StopTimeout: workload.graceSeconds,
    ...networkPart(request),
    HostConfig: {
      ...hostNetworkPart(request),
      RestartPolicy: restartPolicy(workload.restart, role, container),
      LogConfig: logConfig(request.flavor),
      ...(request.init && !workload.sharesProcesses && { Init: true }),
      // As on a cluster, there is no swap.
      ...(container.memoryBytes !== undefined && { Memory: container.memoryBytes, MemorySwap: container.memoryBytes }),
      ...(container.cpus !== undefined && { NanoCpus: Math.round(container.cpus * 1e9) }),
      ...(container.privileged && { Privileged: true }),
      ...(container.addCapabilities.length > 0 && { CapAdd: container.addCapabilities }),
      ...(container.dropCapabilities.length > 0 && { CapDrop: container.dropCapabilities }),
      ...(container.readOnlyRoot && { ReadonlyRootfs: true }),
      ...(container.noNewPrivileges && { SecurityOpt: ['no-new-privileges'] }),
      ...(container.groups.length > 0 && { GroupAdd: container.groups }),
      ...(workload.sharesProcesses && shared !== undefined && { PidMode: `container:${shared}` }),
      ...ipcPart(request),
      ...mountPart(workload, container.mounts),
    },
  };
}

/** Returns the body for the container that holds the network of a workload. `program` runs in any image. */
export function holderBody(
  request: Omit<ContainerRequest, 'init' | 'role'>,
  program: string,
  args: readonly string[],
): object {
  const { workload, container } = request;
  return {
    Image: container.image,
    Entrypoint: [program],
    Cmd: args,
    User: '0:0',
    WorkingDir: '/',
    Hostname: workload.hostname,
    Labels: { ...workloadLabels(request.deploy, workload), ...containerLabels(container, 'holder') },
    Healthcheck: { Test: ['NONE'] },
    // It has nothing to end in good order, and as a first process it ignores SIGTERM.
    StopSignal: 'SIGKILL',
    ...networkPart(request),
    HostConfig: {
      ...hostNetworkPart(request),
      ...ipcPart(request),
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: logConfig(request.flavor),
      ...mountPart(workload, container.mounts),
    },
  };
}

export function workloadLabels(deploy: string, workload: LocalWorkload): Labels {
  return {
    [localLabels.deploy]: deploy,
    [localLabels.lifetime]: 'kept',
    [localLabels.object]: workload.object,
    [localLabels.digest]: workload.digest,
    [localLabels.sources]: JSON.stringify(workload.sources),
    [localLabels.containers]: JSON.stringify(allContainers(workload).map(({ name }) => name)),
    [localLabels.ports]: JSON.stringify(workload.ports),
    ...restartLabel(workload.restart),
    [ownLabels.workload]: workload.name,
  };
}

function restartLabel({ policy }: LocalRestart): Labels {
  if (policy === 'always') return {};
  return policy === 'once' ? { [localLabels.ends]: policy } : { [localLabels.restart]: policy };
}

function containerLabels({ name, probes }: LocalContainer, role: ContainerRole): Labels {
  return {
    [ownLabels.container]: name,
    [ownLabels.role]: role,
    ...(Object.keys(probes).length > 0 && { [localLabels.probes]: JSON.stringify(probes) }),
  };
}

function networkPart({ workload, place, ports }: Pick<ContainerRequest, 'workload' | 'place' | 'ports'>): object {
  if (place.kind !== 'own') return {};
  const aliases = place.named ? workload.aliases : [];
  return {
    NetworkingConfig: { EndpointsConfig: { [place.network]: { Aliases: aliases } } },
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
  };
}

function hostNetworkPart({ workload, place, ports }: Pick<ContainerRequest, 'workload' | 'place' | 'ports'>): object {
  if (place.kind === 'engine') return { NetworkMode: 'host' };
  if (place.kind === 'shared') return { NetworkMode: `container:${place.keeper}` };
  const bindings: Record<string, object[]> = {};
  for (const port of ports)
    (bindings[portKey(port)] ??= []).push({
      HostIp: '127.0.0.1',
      HostPort: port.wanted === undefined ? '' : `${port.wanted}`,
    });
  return {
    NetworkMode: place.network,
    PortBindings: bindings,
    ...(workload.extraHosts.length > 0 && { ExtraHosts: workload.extraHosts }),
    ...(Object.keys(workload.sysctls).length > 0 && { Sysctls: workload.sysctls }),
  };
}

function ipcPart({ workload, place, keeps }: Pick<ContainerRequest, 'workload' | 'place' | 'keeps'>): object {
  if (workload.ipc === 'engine') return { IpcMode: 'host' };
  if (place.kind === 'shared') return { IpcMode: `container:${place.keeper}` };
  return keeps ? { IpcMode: 'shareable' } : {};
}

function mountPart(workload: LocalWorkload, mounts: readonly LocalMount[]): object {
  const own = ownVolumes(workload);
  const found: object[] = [];
  const binds: string[] = [];
  for (const mount of mounts) {
    const volume = workload.volumes.find(({ name }) => name === mount.volume);
    if (volume?.kind === 'host') {
      const source = mount.subPath === undefined ? volume.path : `${volume.path.replace(/\/$/, '')}/${mount.subPath}`;
      if (volume.mustExist) found.push({ Type: 'bind', Source: source, Target: mount.path, ReadOnly: mount.readOnly });
      else binds.push(`${source}:${mount.path}${mount.readOnly ? ':ro' : ''}`);
    } else if (volume?.kind === 'claim' || (volume && own.includes(volume) && mount.subPath === undefined))
      found.push({
        Type: 'volume',
        Source: volumeName(workload, volume),
        Target: mount.path,
        // Files are put in through the container, so their mount is not read-only.
        ...(volume.kind === 'claim' && mount.readOnly && { ReadOnly: true }),
        // A claim that is empty stays empty: a cluster never copies files of the image.
        VolumeOptions: { NoCopy: true },
      });
  }
  return { ...(found.length > 0 && { Mounts: found }), ...(binds.length > 0 && { Binds: binds }) };
}

/** Returns the options of a volume in memory. */
export function volumeOptions(volume: LocalWorkload['volumes'][number]): object {
  if (volume.kind !== 'empty' || !isMemory(volume)) return {};
  const size = volume.sizeBytes === undefined ? '' : `,size=${Math.round(volume.sizeBytes)}`;
  return { Driver: 'local', DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: `mode=1777${size}` } };
}

function restartPolicy(restart: LocalRestart, role: ContainerRole, { sidecar }: LocalContainer): object {
  if (sidecar) return { Name: 'unless-stopped' };
  if (role === 'init') return { Name: 'no' };
  switch (restart.policy) {
    case 'always':
      return { Name: 'unless-stopped' };
    case 'on-failure':
      return { Name: 'on-failure' };
    case 'never':
      return { Name: 'no' };
    case 'once':
      // For an engine, a count of 0 means without limit.
      return restart.retries === 0 ? { Name: 'no' } : { Name: 'on-failure', MaximumRetryCount: restart.retries };
  }
}

function portKey({ container, protocol }: LocalPort): string {
  return `${container}/${protocol}`;
}

function withAddress(text: string, address: string | undefined): string {
  return text.replaceAll(podAddressMark, address ?? '');
}

/** These containers run for a long time, so their logs have limits. The reader of a log may be slower than its writer. */
function logConfig(flavor: EngineSession['flavor']): object {
  return flavor === 'podman'
    ? { Type: 'k8s-file', Config: {} }
    : { Type: 'json-file', Config: { 'max-size': '100m', 'max-file': '5' } };
}
