/** Disposes of what was added, the last one first. An error does not keep the others; the first one is thrown. */
export class AsyncDisposableList implements AsyncDisposable {
  readonly #added: AsyncDisposable[] = [];

  add(disposable: AsyncDisposable): void {
    this.#added.push(disposable);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (const each of this.#added.splice(0).reverse())
      try {
        await each[Symbol.asyncDispose]();
      } catch (error) {
        errors.push(error);
      }
    if (errors.length > 0) throw errors[0];
  }
}
