import type { Clock } from '../../model/clock.ts';
import type { ClusterLogin, Credentials } from './cluster-connection.ts';
import { askForCredential } from './exec-credential.ts';
import { textAt, type Entry, type Fields } from './kubeconfig.ts';
import { complete } from './read-kubeconfig.ts';

export interface UserLoginParts {
  /** Absent: nobody. */
  readonly user: Entry | undefined;
  /** Its files embedded: for programs that want to know. */
  readonly cluster: Fields;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** How often files are read again at most: whoever replaces a token leaves the old one valid for longer. */
const freshForMs = 1_000;
/**
 * How long before its end a login that a program has handed out is had anew; of one that is short-lived, half of its
 * time.
 */
const renewBeforeMs = 60_000;

interface Known {
  readonly fields: Fields;
  /** When it has to be had anew. */
  readonly until: number;
}

/**
 * A user of a kubeconfig, whose login is renewed by the kubeconfig's own means: files are read again, a program is
 * asked again a minute before what it has handed out expires, and both as soon as the cluster refuses it. Those who ask
 * at the same time share one answer.
 */
export class UserLogin implements ClusterLogin {
  #known: Known | undefined;
  #asking: Promise<Known | string | undefined> | undefined;

  constructor(private readonly parts: UserLoginParts) {}

  /** The user's entry as it stands in the kubeconfig. */
  get written(): Fields {
    return this.parts.user?.fields ?? {};
  }

  async credentials(renew: boolean, signal: AbortSignal): Promise<Credentials | string> {
    const fields = await this.fields(renew, signal);
    return typeof fields === 'string' ? fields : credentialsOf(fields);
  }

  /**
   * The user as a kubeconfig would have it that refers to nothing else: neither to files nor to programs. A sentence
   * where that cannot be had.
   */
  async fields(renew: boolean, signal: AbortSignal): Promise<Fields | string> {
    for (;;) {
      signal.throwIfAborted();
      if (!renew && this.#known !== undefined && this.parts.clock.now() < this.#known.until) return this.#known.fields;
      const others = this.#asking;
      const known = await orAborted(others ?? this.#ask(signal), signal);
      if (known !== undefined) return typeof known === 'string' ? known : known.fields;
      // Whoever else had begun to ask has hung up, which stopped the program; we have not.
    }
  }

  /** `undefined` where the signal stopped it. */
  #ask(signal: AbortSignal): Promise<Known | string | undefined> {
    const asking = this.#look(signal).then((known) => {
      if (signal.aborted) return undefined;
      if (typeof known !== 'string') this.#known = known;
      return known;
    });
    const settled = asking.finally(() => (this.#asking = undefined));
    this.#asking = settled;
    return settled;
  }

  async #look(signal: AbortSignal): Promise<Known | string> {
    const { user, cluster, env, clock } = this.parts;
    if (user === undefined) return { fields: {}, until: Infinity };
    if (user.fields['auth-provider'] !== undefined)
      return 'its user logs in by an `auth-provider`, which kubectl no longer knows either: use an `exec` plugin';
    const whole = await complete(user);
    if (typeof whole === 'string') return whole;
    const { exec, ...fields } = whole;
    const now = clock.now();
    if (exec === undefined) return { fields, until: now + freshForMs };
    const credential = await askForCredential({ user, cluster, env }, signal);
    if (typeof credential === 'string') return credential;
    return { fields: { ...fields, ...credential.fields }, until: renewalAt(now, credential.expiresAt) };
  }
}

/** When a login that was handed out now has to be had anew. */
export function renewalAt(now: number, expiresAt: number | undefined): number {
  if (expiresAt === undefined) return Infinity;
  return expiresAt - Math.max(0, Math.min(renewBeforeMs, (expiresAt - now) / 2));
}

/** What of a user's fields a client logs in with. */
export function credentialsOf(user: Fields): Credentials {
  const [token, username, password] = [textAt(user, 'token'), textAt(user, 'username'), textAt(user, 'password')];
  const [certificate, key] = [pemAt(user, 'client-certificate-data'), pemAt(user, 'client-key-data')];
  return {
    ...(token !== undefined && { token }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

export function pemAt(fields: Fields, key: string): string | undefined {
  const encoded = textAt(fields, key);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** What a promise gives, unless the signal comes first, which rejects with its reason. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
