import { makeMask } from './make-mask.ts';
import { noMask, type Mask } from './mask.ts';

/** The mask of a run whose iterations add secrets. What is masked later hides all secrets that were added before. */
export class GrowingMask {
  #mask: Mask = noMask;
  #adding: Promise<unknown> = Promise.resolve();
  readonly #secrets = new Set<string>();

  /** The current mask. Ask for it each time: `add` replaces it. */
  get mask(): Mask {
    return this.#mask;
  }

  /** Resolves when the mask hides these secrets. Nothing may use them before. */
  async add(secrets: Iterable<string>): Promise<void> {
    const added = [...secrets];
    const add = this.#adding.then(async () => {
      if (added.every((secret) => this.#secrets.has(secret))) return;
      for (const secret of added) this.#secrets.add(secret);
      this.#mask = await makeMask(this.#secrets);
    });
    this.#adding = add.catch(() => undefined);
    await add;
  }
}
