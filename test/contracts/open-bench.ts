import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/** What a suite tests. */
interface UnderTest {
  readonly runtime: AsyncDisposable;
  close?(): Promise<void>;
}

/**
 * Opens what the enclosing suite tests, and makes a bench of it for each test. Closes both.
 * @param open called once for the whole suite; `skip` is the reason why it cannot run here, reported with each test
 * @returns the bench of the current test
 */
export function openBench<T extends UnderTest, B extends { close(): Promise<void> }>(
  open: () => Promise<T | { readonly skip: string }>,
  make: (opened: T) => B,
): () => B {
  let opened: T | { readonly skip: string } | undefined;
  let bench: B | undefined;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    if (opened && 'runtime' in opened) {
      await opened.runtime[Symbol.asyncDispose]();
      await opened.close?.();
    }
  });
  beforeEach((context) => {
    if (!opened || 'skip' in opened) context.skip(opened?.skip ?? 'it could not be opened');
    else bench = make(opened);
  });
  afterEach(async () => {
    const used = bench;
    bench = undefined;
    await used?.close();
  });

  return () => {
    if (!bench) throw new Error('only inside a test');
    return bench;
  };
}
