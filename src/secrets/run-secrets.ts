import { loginSecrets } from './login-secrets.ts';

/**
 * The secrets of one run: in the memory of the process that drives it, and stored nowhere (docs/design/product.md,
 * "Secrets").
 */
export interface RunSecrets {
  /** Values of password inputs, by name. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Values of the operator's secrets, by name and key. */
  readonly operator: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const noSecrets: RunSecrets = { inputs: new Map(), operator: new Map() };

/** Every value that has to be hidden. */
export function* secretTexts({ inputs, operator }: RunSecrets): Generator<string> {
  yield* inputs.values();
  for (const keys of operator.values()) {
    for (const value of keys.values()) {
      yield value;
      yield* loginSecrets(value);
    }
  }
}
