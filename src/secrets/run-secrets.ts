import { loginSecrets } from './login-secrets.ts';

/** The secrets of one run. They exist only in the memory of its owner (docs/design/product.md, "Secrets"). */
export interface RunSecrets {
  /** The values of password inputs, by name. */
  readonly inputs: ReadonlyMap<string, string>;
  /** The values of the operator's secrets, by name and key. */
  readonly operator: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const noSecrets: RunSecrets = { inputs: new Map(), operator: new Map() };

/** Returns every value that must be masked. */
export function* secretTexts({ inputs, operator }: RunSecrets): Generator<string> {
  yield* inputs.values();
  for (const keys of operator.values()) {
    for (const value of keys.values()) {
      yield value;
      yield* loginSecrets(value);
    }
  }
}
