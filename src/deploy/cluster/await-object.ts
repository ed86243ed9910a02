import { collectionPath, type ApiResource } from '../../clusters/api/api-resource.ts';
import { nameSelectorOf } from '../../clusters/api/selectors.ts';
import { shownObject } from '../kubernetes-object.ts';
import type { Output } from '../../model/work.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { AppliedObject } from './patch-object.ts';
import type { Problem } from './problem-of.ts';
import { watchUntil } from './watch-until.ts';

/** A deletion that takes longer is told, in milliseconds. */
const quietMs = 5_000;

/** Tells after a while what a deletion waits for, unless it is disposed of before. @param message `undefined`: it waits for nothing */
export function toldWhileLeaving(
  { clock }: Pick<ClusterAccess, 'clock'>,
  message: () => string | undefined,
  tell: (message: string) => void,
): Disposable {
  const over = new AbortController();
  clock.sleep(quietMs, over.signal).then(
    () => {
      const text = message();
      if (text !== undefined) tell(text);
    },
    () => undefined,
  );
  return { [Symbol.dispose]: () => over.abort() };
}

/** Waits until an object is gone, and tells what a long deletion waits for. Returns a problem if it takes too long. Throws the client's errors. */
export async function awaitGone(
  access: ClusterAccess,
  resource: ApiResource,
  {
    name,
    namespace,
    uid,
  }: { readonly name: string; readonly namespace?: string | undefined; readonly uid?: string | undefined },
  output: Pick<Output, 'observe'>,
): Promise<Problem | undefined> {
  const target = { path: collectionPath(resource, namespace), fieldSelector: nameSelectorOf(name) };
  let last: AppliedObject | undefined;
  using _ = toldWhileLeaving(
    access,
    () => last && leavingMessage(shownObject({ ...resource, name }), last),
    (message) => output.observe({ type: 'waiting', message }),
  );
  const isGone = await watchUntil<AppliedObject>(
    access.client,
    target,
    (objects) => {
      last = objects.find(({ metadata }) => uid === undefined || metadata.uid === uid);
      return last === undefined;
    },
    access,
  );
  return isGone ? undefined : stillThere(last, access.withinMs);
}

/** Returns what a deletion waits for: `configmap/x is being deleted: it waits for finalizer example.com/hold`. */
export function leavingMessage(shown: string, { metadata: { finalizers = [] } }: AppliedObject): string {
  const [first, ...more] = finalizers;
  const word = more.length === 0 ? 'finalizer' : 'finalizers';
  return `${shown} is being deleted${first === undefined ? '' : `: it waits for ${word} ${finalizers.join(', ')}`}`;
}

/** Returns the problem of an object that was to be deleted and still exists. */
export function stillThere(object: AppliedObject | undefined, withinMs: number): Problem {
  const finalizers = object?.metadata.finalizers ?? [];
  const why = finalizers.length === 0 ? '' : `: it waits for ${finalizers.join(', ')}`;
  return { detail: `it still exists ${Math.round(withinMs / 1_000)} s after its deletion${why}`, cause: 'deadline' };
}

/**
 * Waits until a namespace or a definition of a kind can be used by others; every other object can at once. Returns a
 * problem if it cannot, or takes too long. Throws the client's errors.
 */
export async function awaitUsable(
  access: ClusterAccess,
  resource: ApiResource,
  applied: AppliedObject,
): Promise<Problem | undefined> {
  const isUsable = usable[resource.kind];
  if (isUsable === undefined) return undefined;
  const { name } = applied.metadata;
  const state = { now: isUsable(applied) };
  if (state.now === undefined)
    await watchUntil<AppliedObject>(
      access.client,
      { path: collectionPath(resource), fieldSelector: nameSelectorOf(name) },
      ([object]) => {
        state.now = object === undefined ? 'it was deleted' : isUsable(object);
        return state.now !== undefined;
      },
      access,
    );
  if (state.now === true) return undefined;
  const late = `it cannot be used ${Math.round(access.withinMs / 1_000)} s after it was applied`;
  return state.now === undefined ? { detail: late, cause: 'deadline' } : { detail: state.now, cause: 'invalid' };
}

/** `true`: it can be used. A text: why it never will be. `undefined`: not yet. */
type Usable = true | string | undefined;

const usable: Readonly<Record<string, (object: AppliedObject) => Usable>> = {
  Namespace: ({ status }) => (status?.phase === 'Active' ? true : undefined),
  CustomResourceDefinition: ({ status }) => {
    const conditions = status?.conditions ?? [];
    const has = (type: string, value: string) =>
      conditions.find((condition) => condition.type === type && condition.status === value);
    if (has('Established', 'True')) return true;
    const refused = has('NamesAccepted', 'False');
    return refused && `its names are in use: ${refused.message ?? 'the cluster gave no reason'}`;
  },
};
