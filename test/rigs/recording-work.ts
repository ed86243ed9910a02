import { systemClock } from '../../src/model/clock.ts';
import type { Observation, Work } from '../../src/model/work.ts';

/** A `Work` that records its output and can wait for it. */
export function recordingWork(signal: AbortSignal = new AbortController().signal): {
  work: Work;
  text: () => string;
  observed: readonly Observation[];
  until: (text: string) => Promise<void>;
} {
  const parts: Uint8Array[] = [];
  const observed: Observation[] = [];
  const watchers = new Set<() => void>();
  const text = () => Buffer.concat(parts).toString();
  return {
    observed,
    text,
    async until(wanted) {
      while (!text().includes(wanted)) await new Promise<void>((resolve) => watchers.add(resolve));
    },
    work: {
      signal,
      clock: systemClock,
      output: {
        write(_stream, bytes) {
          parts.push(Buffer.from(bytes));
          for (const look of watchers) look();
          watchers.clear();
        },
        lost: () => undefined,
        observe: (fact) => void observed.push(fact),
      },
    },
  };
}
