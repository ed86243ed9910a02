import { containerOf, eventsOf, statusOf } from '../../clusters/pods/observed-container.ts';
import type { ObservedPod } from '../../clusters/pods/observed-pod.ts';
import { isFinal, registryMessage } from '../../clusters/pods/registry-message.ts';
import type { Failure } from '../../model/outcome.ts';
import type { Trouble } from './trouble.ts';

const pullReasons = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable'];

/** Returns why the image of a container that does not run cannot be pulled. Events say so seconds before the status does. */
export function imageTrouble(observed: ObservedPod, container: string): Trouble | undefined {
  const image = containerOf(observed, container)?.image ?? '';
  const cannot = `the image ${image} cannot be pulled`;
  const waiting = statusOf(observed, container)?.state?.waiting;
  const events = eventsOf(observed, container);
  const told = (reason: string) =>
    waiting?.reason === reason || events.some(({ message }) => message === `Error: ${reason}`);
  const failure = (detail: string): Failure => ({ code: 'image-unavailable', image, detail, by: 'cluster' });
  if (told('InvalidImageName'))
    return {
      detail: `the image name "${image}" is invalid`,
      heals: 'never',
      failure: failure('the name of the image is invalid'),
    };
  const trouble = (why: string, heals: Trouble['heals']): Trouble => ({
    detail: `${cannot}: ${why}`,
    heals,
    failure: failure(why),
  });
  if (told('ErrImageNeverPull')) return trouble('the node does not have it, and imagePullPolicy is Never', 'never');
  const pulled = events.findLastIndex(({ reason }) => reason === 'Pulled');
  const failures = events
    .slice(pulled + 1)
    .filter(({ reason, message }) => reason === 'Failed' && message.startsWith('Failed to pull image'));
  const ofStatus = pullReasons.includes(waiting?.reason ?? '') ? [waiting?.message ?? ''] : [];
  const words = [...failures.map(({ message }) => message), ...(failures.length === 0 ? ofStatus : [])].map(
    registryMessage,
  );
  const why = words.find(isFinal) ?? words.at(-1);
  return why === undefined ? undefined : trouble(why, isFinal(why) ? 'never' : 'maybe');
}
