import type { Seq } from '../../src/events/event.ts';
import { RecordingSink } from './recording-sink.ts';

/** A sink that stores nothing until the test says so. */
export class HeldSink extends RecordingSink {
  #waiting: { resolve: (seq: Seq) => void; reject: (error: Error) => void }[] = [];

  override async stored(): Promise<Seq> {
    return await new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** How many wait for their events to be stored. */
  get waiting(): number {
    return this.#waiting.length;
  }

  store(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(this.events.length);
  }

  fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
