import type { Labels, ContainerSpec, WorkloadSpec } from '../../runtime.ts';
import { ownLabels, type ContainerRole, type EngineSession } from '../api/engine-session.ts';
import { engineVolume, planVolumes, resolveArgument } from '../images/volume-plan.ts';

export interface RequestedContainer {
  readonly spec: WorkloadSpec;
  readonly container: ContainerSpec;
  readonly role: ContainerRole;
  readonly flavor: EngineSession['flavor'];
  /** The id of the container whose network it shares. */
  readonly network?: string;
  /** False if the engine has no init. */
  readonly init: boolean;
}

/**
 * Returns a container's name. The first container has the workload's name, so the engine itself refuses a second start.
 */
export function containerName({
  spec,
  container,
  role,
}: Pick<RequestedContainer, 'spec' | 'container' | 'role'>): string {
  return role === 'main' ? spec.name : `${spec.name}-${container.name}`;
}

/**
 * Returns the body of `/containers/create`. No automatic removal: the exit code must stay readable. No health checks:
 * they cost time. `Init`: a shell as PID 1 ignores SIGTERM.
 */
export function containerRequest(request: RequestedContainer): object {
  const { spec, container, network, init } = request;
  const command = container.command.map((argument) => resolveArgument(container, argument));
  const { shared } = planVolumes(spec);
  return {
    Image: container.image,
    ...commandPart(container, command),
    Env: Object.entries(container.env).map(([key, value]) => `${key}=${resolveArgument(container, value)}`),
    ...(container.workingDirectory !== undefined && {
      WorkingDir: resolveArgument(container, container.workingDirectory),
    }),
    Labels: containerLabels(request),
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      Init: init,
      LogConfig: logConfig(request.flavor),
      ...networkPart(spec.network, network),
      // Swap would only delay the end of a step that exceeds its memory limit.
      ...(container.memoryBytes !== undefined && { Memory: container.memoryBytes, MemorySwap: container.memoryBytes }),
      Mounts: container.mounts
        .filter((mount) => shared.some((volume) => volume.name === mount.volume))
        .map((mount) => ({
          Type: 'volume',
          Source: engineVolume(spec.name, mount.volume),
          Target: mount.path,
          VolumeOptions: { NoCopy: true },
        })),
    },
  };
}

/** The engine takes what is absent from the image. */
function commandPart({ entrypoint }: ContainerSpec, command: readonly string[]): object {
  if (entrypoint !== 'image') return { Entrypoint: command.slice(0, 1), Cmd: command.slice(1) };
  return command.length === 0 ? {} : { Cmd: command };
}

/** @param first the container whose network the others share */
function networkPart(network: WorkloadSpec['network'], first: string | undefined): object {
  if (network === 'engine') return { NetworkMode: 'host' };
  if (first !== undefined) return { NetworkMode: `container:${first}` };
  return network === undefined ? {} : { NetworkMode: network.name };
}

function containerLabels({ spec, container, role }: RequestedContainer): Labels {
  return {
    ...spec.labels,
    [ownLabels.workload]: spec.name,
    [ownLabels.container]: container.name,
    [ownLabels.role]: role,
  };
}

/**
 * Sets the log driver, because resuming counts the stored bytes (`stored-length.ts`). A daemon adds its own options to
 * a container with its default driver. So this sets every option that could lose output: rotation (this is the largest
 * size), and `non-blocking`, which drops output.
 */
function logConfig(flavor: EngineSession['flavor']): object {
  return flavor === 'podman'
    ? { Type: 'k8s-file', Config: {} }
    : { Type: 'json-file', Config: { 'max-size': '8000p', 'max-file': '1', compress: 'false', mode: 'blocking' } };
}
