import type { Work } from '../../../model/work.ts';

/** Shorter waits need no explanation. Users see each longer wait within two seconds (docs/kubernetes.md). */
export const shownAfterMs = 1_500;

/** Shows why a step has not begun, once the wait has lasted for `shownAfterMs`, and again when the reason changes. */
export class WaitReporter implements Disposable {
  readonly #over = new AbortController();
  #reason: string;
  #shown: string | undefined;
  #isLong = false;
  readonly #work: Pick<Work, 'clock' | 'output'>;

  constructor(work: Pick<Work, 'clock' | 'output'>, reason: string) {
    this.#work = work;
    this.#reason = reason;
    work.clock.sleep(shownAfterMs, this.#over.signal).then(
      () => {
        this.#isLong = true;
        this.#show();
      },
      () => undefined,
    );
  }

  because(reason: string): void {
    this.#reason = reason;
    if (this.#isLong) this.#show();
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }

  #show(): void {
    if (this.#reason === this.#shown) return;
    this.#shown = this.#reason;
    this.#work.output.observe({ type: 'waiting', message: this.#reason });
  }
}
