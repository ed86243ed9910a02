import type { Trouble } from './trouble.ts';

/** Another pod may still end, or the cluster's own bookkeeping is late. */
const passing =
  /status unknown for quota|the object has been modified|because it is being terminated|service account \S+\/default:/;
/** The cluster tries again within this time. What is missing may have been applied a moment after the object. */
const retryMs = 2_000;

/**
 * Returns the trouble of an object whose pods the cluster refuses to create.
 * @param said the message of the condition `ReplicaFailure` or of an Event `FailedCreate`
 */
export function refusedPods(said: string): Trouble {
  const words = said.replace(/^(Error creating|create Pod \S+ in \S+ \S+ failed error): /, '').trim();
  const heals = passing.test(words) ? 'maybe' : 'never';
  const account = /error looking up service account (\S+?)\/(\S+?):/.exec(words);
  if (account)
    return { detail: `namespace ${account[1]} has no service account "${account[2]}"`, heals, graceMs: retryMs };
  const quota = /(exceeded|failed) quota: .*$/s.exec(words);
  if (quota) return { detail: `its pods are refused: ${quota[0]}`, cause: 'quota', heals };
  const webhook =
    /admission webhook "[^"]*" denied the request.*$/s.exec(words) ?? /failed calling webhook.*$/s.exec(words);
  if (webhook) return { detail: `its pods are refused: ${webhook[0]}`, cause: 'webhook', heals };
  const reason = /^\S+ "[^"]*" is (?:forbidden|invalid): (.*)$/s.exec(words)?.[1] ?? words;
  return { detail: `its pods are refused: ${reason}`, heals };
}
