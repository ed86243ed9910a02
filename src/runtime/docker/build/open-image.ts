import { cancelledBy, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import { quoted } from '../../../util/visible.ts';
import { cancelledOrFailed } from '../../error-outcome.ts';
import type { ImageConfig, ImagePlace, OpenedImage } from '../../opened-image.ts';
import { refusedBy } from '../../runtime-refused.ts';
import { EngineError, EngineLost, isNotFound } from '../api/engine-error.ts';
import { engineDiskFull, lossFailure, pathFailure, startFailure } from '../api/engine-failure.ts';
import { ownLabels, type EngineSession } from '../api/engine-session.ts';
import { answerLimit, undoLimit } from '../api/request-limits.ts';
import { inspectImage, type InspectedImage } from '../images/image-facts.ts';
import { pullImage } from '../images/pull-image.ts';
import { StartRefused } from '../../start-refused.ts';
import { readTar } from '../../../tar/tar-reader.ts';
import { exportedOwners, type FindOwner } from './exported-owners.ts';
import { readPath } from '../workload/read-path.ts';
import { removeWorkload } from '../workload/remove-workload.ts';

/** Opens an image as a container that never starts. See `ImageBuilder.open`. */
export async function openImage(
  session: EngineSession,
  image: string,
  place: ImagePlace,
  work: Work,
): Promise<Outcome<OpenedImage>> {
  if (work.signal.aborted) return cancelledBy(work.signal);
  let created = false;
  try {
    const inspected = await imageOf(session, image, work);
    created = true;
    const id = await createContainer(session, inspected.Id, place, work);
    work.signal.throwIfAborted();
    const copyOut = async (path: string, signal: AbortSignal) => await readPath(session, id, path, signal);
    let exported: Promise<FindOwner> | undefined;
    const owner = async (path: string, signal: AbortSignal) => {
      if (session.flavor === 'podman') return (await (exported ??= exportedOwners(session, id, signal)))(path);
      const tar = await copyOut(path, signal);
      if (tar) for await (const { header } of readTar(tar)) return { uid: header.uid, gid: header.gid };
      return undefined;
    };
    return succeeded({
      id: inspected.Id,
      config: configOf(inspected),
      copyOut: async (path, signal) => await orRefused(path, signal, copyOut(path, signal)),
      owner: async (path, signal) => await orRefused(path, signal, owner(path, signal)),
      [Symbol.asyncDispose]: async () => void (await removeWorkload(session, place.name)),
    });
  } catch (error) {
    if (created) await undo(session, place, work);
    return cancelledOrFailed(error, work.signal, startFailure);
  }
}

/** Turns errors of the engine into `RuntimeRefused`. */
async function orRefused<T>(path: string, signal: AbortSignal, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    signal.throwIfAborted();
    throw refusedBy(error, (each) =>
      isNotFound(each) && /no such container/i.test(each.said)
        ? lossFailure(each)
        : pathFailure(each, `cannot read ${quoted(path)} in the image`),
    );
  }
}

/** Returns what the image says about its containers. Absent fields are empty. */
function configOf({ Config: config }: InspectedImage): ImageConfig {
  return {
    env: config?.Env ?? [],
    entrypoint: config?.Entrypoint ?? [],
    cmd: config?.Cmd ?? [],
    labels: config?.Labels ?? {},
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}).sort(),
    volumes: Object.keys(config?.Volumes ?? {}).sort(),
    workdir: config?.WorkingDir ?? '',
    user: config?.User ?? '',
  };
}

async function imageOf(session: EngineSession, image: string, work: Work): Promise<InspectedImage> {
  const found = await inspectImage(session, image, work.signal);
  if (found) return found;
  try {
    await pullImage(session.engine, image, session.credentials, work);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new StartRefused(engineDiskFull(error.said) ?? { code: 'image-unavailable', image, detail: error.said });
  }
  const pulled = await inspectImage(session, image, work.signal);
  if (pulled) return pulled;
  throw new StartRefused({ code: 'image-unavailable', image, detail: 'the engine pulled the image, but has none' });
}

async function createContainer(
  session: EngineSession,
  image: string,
  { name, labels }: ImagePlace,
  { signal }: Work,
): Promise<string> {
  using limit = answerLimit(session.clock, signal);
  const { Id } = await session.engine.json<{ Id: string }>('POST', '/containers/create', {
    query: { name },
    json: {
      Image: image,
      // Engines refuse a container without a command, although this one never starts.
      Entrypoint: ['/never-started'],
      Cmd: [],
      // Podman reports this user as the owner of what its exports lack, such as `/`.
      User: '0',
      Labels: { ...labels, [ownLabels.workload]: name, [ownLabels.container]: 'image', [ownLabels.role]: 'main' },
      Healthcheck: { Test: ['NONE'] },
      HostConfig: { NetworkMode: 'none' },
    },
    signal: limit.signal,
  });
  return Id;
}

/** Removes a container that the engine may have created. If the engine is gone, reports it: its labels find it. */
async function undo(session: EngineSession, { name }: ImagePlace, work: Work): Promise<void> {
  using limit = undoLimit(session.clock);
  try {
    await removeWorkload(session, name, limit.signal);
  } catch (error) {
    if (!(error instanceof EngineError) && !(error instanceof EngineLost)) throw error;
    work.output.observe({ type: 'workload.left', workload: name, detail: error.message });
  }
}
