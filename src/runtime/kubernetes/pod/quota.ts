import type { Failure } from '../../../model/outcome.ts';
import { labelKeys, type Labels } from '../../runtime.ts';
import { hasStatus } from '../../../clusters/api/api-error.ts';
import { workloadContainers } from './pod-reading.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';

/** A ResourceQuota without room, from the API server's message: amounts by resource (`pods`), as written. */
export interface QuotaExceeded {
  readonly quota: string;
  readonly requested: Amounts;
  readonly used: Amounts;
  readonly limited: Amounts;
  /** The server's message. */
  readonly said: string;
}

type Amounts = Readonly<Record<string, string>>;

/** Parses `exceeded quota: NAME, requested: A=1, used: A=2, limited: A=2`. Returns `undefined` for other errors. */
export function quotaExceeded(error: unknown): QuotaExceeded | undefined {
  if (!hasStatus(error, 403)) return undefined;
  const found = /exceeded quota: (\S+), requested: (\S*), used: (\S*), limited: (\S*)/.exec(error.said);
  if (found === null) return undefined;
  const [said, quota = '', ...amounts] = found;
  const [requested = {}, used = {}, limited = {}] = amounts.map(amountsIn);
  return { quota, requested, used, limited, said };
}

function amountsIn(list: string): Amounts {
  return Object.fromEntries(list.split(',').map((entry) => [entry.replace(/=.*$/, ''), entry.replace(/^[^=]*=?/, '')]));
}

/** What is known about the namespace when a quota has refused a pod. */
export interface QuotaQuestion {
  /** The pods of the namespace, listed after the refusal. If there are too many, only those of the run. */
  readonly pods: readonly Pod[];
  readonly areAll: boolean;
  /** The uids of pods that do not end. */
  readonly staying: ReadonlySet<string>;
  /** The labels of the refused pod. */
  readonly labels: Labels;
  /** How long ago this process last removed a pod, in milliseconds. Absent: never. */
  readonly removedAgoMs?: number;
  /** For how long the quota has refused this pod although no pod seems to use it, in milliseconds. */
  readonly unexplainedMs: number;
}

export type QuotaJudgement = QuotaWait | { readonly failure: Failure };

export type QuotaWait =
  /** Wait for pods of ours that end on their own and make room. */
  | { readonly wait: 'holders'; readonly holders: readonly Pod[] }
  /** The quota still counts removed pods. The cluster recounts within seconds. */
  | { readonly wait: 'recount' };

/**
 * How long the cluster may take to recount a quota after a pod is gone, in milliseconds. The controller recounts at
 * once, but has a queue (kubernetes.io, "Resource Quotas").
 */
export const recountMs = 30_000;

/** Decides whether a pod that a quota refused waits, and for what, or fails. */
export function judgeQuota(refusal: QuotaExceeded, question: QuotaQuestion): QuotaJudgement {
  if (isTooSmall(refusal)) return { failure: { code: 'quota-exceeded', detail: refusal.said, because: 'too-small' } };
  const active = question.pods.filter(isCounted);
  const holders = active.filter(
    (pod) => isHolder(pod, question.labels) && !question.staying.has(pod.metadata.uid ?? ''),
  );
  if (holders.length > 0) return { wait: 'holders', holders };
  const isRecent = question.removedAgoMs !== undefined && question.removedAgoMs < recountMs;
  const isBehind =
    question.areAll && active.length < (amountOf(refusal.used['pods'] ?? refusal.used['count/pods']) ?? 0);
  if ((isRecent || isBehind) && question.unexplainedMs < recountMs) return { wait: 'recount' };
  return { failure: { code: 'quota-exceeded', detail: refusal.said, because: 'used-by-others' } };
}

/** Reports whether the pod exceeds even an unused quota. */
function isTooSmall({ requested, limited }: QuotaExceeded): boolean {
  return Object.entries(requested).some(([resource, amount]) => {
    const [wanted, most] = [amountOf(amount), amountOf(limited[resource])];
    return wanted !== undefined && most !== undefined && wanted > most;
  });
}

/** Reports whether quotas count the pod. They ignore pods whose containers have all ended. */
export function isCounted({ status }: Pod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/**
 * Reports whether a pod makes room later: a pod of the same run, or one of the same user's runs that is being removed.
 */
function isHolder(pod: Pod, labels: Labels): boolean {
  const has = (key: string) => labels[key] !== undefined && pod.metadata.labels?.[key] === labels[key];
  return has(labelKeys.run) || (has(labelKeys.store) && pod.metadata.deletionTimestamp !== undefined);
}

/** Reports whether the command of a pod has ended. The pod is removed soon, or kept on purpose (`--keep-failed`). */
export function isOver(pod: Pod): boolean {
  const [main] = workloadContainers(pod);
  return (
    pod.status?.containerStatuses?.some(({ name, state }) => name === main && state?.terminated !== undefined) === true
  );
}

/** Returns for display what a start waits for. */
export function quotaMessage({ quota, requested, used, limited }: QuotaExceeded, judgement: QuotaWait): string {
  const amounts = Object.keys(requested).map(
    (resource) => `${resource} ${used[resource] ?? '?'} of ${limited[resource] ?? '?'}`,
  );
  const room = `waiting for room in the quota ${quota} (${amounts.join(', ')} used)`;
  if (judgement.wait === 'recount') return `${room}: the cluster still counts removed pods`;
  const { length } = judgement.holders;
  return `${room}: ${length === 1 ? 'a pod of this run must' : `${length} pods of this run must`} end first`;
}

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Parses a Kubernetes quantity (k8s.io/apimachinery, `resource.Quantity`). Returns `undefined` if it is invalid. */
export function amountOf(quantity: string | undefined): number | undefined {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-z]{0,2})$/.exec(quantity ?? '');
  const factor = suffixes[found?.[2] ?? ''];
  return found === null || factor === undefined ? undefined : Number(found[1]) * factor;
}
