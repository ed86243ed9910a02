import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '../../src/model/ids.ts';
import { openBenchStore } from './services.ts';

/** Adds notes to a run until the process is killed. Prints `adding` after the first one. */
export async function addNotes(folder: string, run: RunId, pauseMs: number): Promise<void> {
  const store = await openBenchStore(folder);
  const annex = await store.annex(run);
  for (let index = 0; ; index++) {
    await annex.append([{ type: 'note.added', by: 'bench', level: 'info', message: String(index) }]);
    if (index === 0) console.log('adding');
    if (pauseMs > 0) await delay(pauseMs);
  }
}
