import type { Clock } from '../../model/clock.ts';
import type { ClusterLogin, Credentials } from './cluster-connection.ts';
import { askForCredential } from './exec-credential.ts';
import { textAt, type Entry, type Fields } from './kubeconfig.ts';
import { complete } from './read-kubeconfig.ts';
import { orAborted } from '../../util/abort.ts';

export interface UserLoginParts {
  /** Absent: anonymous. */
  readonly user: Entry | undefined;
  /** With its files embedded, for exec programs that request it. */
  readonly cluster: Fields;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** The minimum time between two readings of a file. Rotated tokens stay valid for longer. */
const freshForMs = 1_000;
/** How long before their expiry credentials are renewed. Short-lived ones are renewed after half their time. */
const renewBeforeMs = 60_000;

interface Known {
  readonly fields: Fields;
  /** When to renew the credentials. */
  readonly until: number;
}

/**
 * Provides and renews the credentials of a kubeconfig's user. Reads files again, runs a program again a minute before
 * its credentials expire, and does both when the cluster rejects them. Concurrent callers share one result.
 */
export class UserLogin implements ClusterLogin {
  #known: Known | undefined;
  #asking: Promise<Known | string | undefined> | undefined;
  readonly #parts: UserLoginParts;

  constructor(parts: UserLoginParts) {
    this.#parts = parts;
  }

  /** The user's entry as written in the kubeconfig. */
  get written(): Fields {
    return this.#parts.user?.fields ?? {};
  }

  async credentials(renew: boolean, signal: AbortSignal): Promise<Credentials | string> {
    const fields = await this.fields(renew, signal);
    return typeof fields === 'string' ? fields : credentialsOf(fields);
  }

  /** Returns the user's fields without references to files or programs, or a sentence that says why there are none. */
  async fields(renew: boolean, signal: AbortSignal): Promise<Fields | string> {
    for (;;) {
      signal.throwIfAborted();
      if (!renew && this.#known !== undefined && this.#parts.clock.now() < this.#known.until) return this.#known.fields;
      const others = this.#asking;
      const known = await orAborted(others ?? this.#ask(signal), signal);
      if (known !== undefined) return typeof known === 'string' ? known : known.fields;
      // The caller that started the program gave up, which stopped it. This caller has not.
    }
  }

  /** Returns `undefined` if the signal stopped it. */
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
    const { user, cluster, env, clock } = this.#parts;
    if (user === undefined) return { fields: {}, until: Infinity };
    if (user.fields['auth-provider'] !== undefined)
      return 'the user has an `auth-provider`, which kubectl no longer supports: use an `exec` plugin';
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

/** Returns when to renew credentials that were issued now. */
export function renewalAt(now: number, expiresAt: number | undefined): number {
  if (expiresAt === undefined) return Infinity;
  return expiresAt - Math.max(0, Math.min(renewBeforeMs, (expiresAt - now) / 2));
}

/** Returns the credentials among a user's fields. */
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
