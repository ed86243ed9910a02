/** Logs as text, one event a line, with output as `text` or `base64`. There is one of every format. */
import { readFile } from 'node:fs/promises';
import type { StoredEvent } from '../../src/events/event.ts';
import type { StoredRecord } from '../../src/events/upcast.ts';
import { upcast } from '../../src/events/upcast.ts';

/**
 * @param kind selects one of several logs of a format, such as `-with-secrets`
 */
export async function readLogFixture(format: number, kind = ''): Promise<readonly StoredEvent[]> {
  const text = await readFile(new URL(`../fixtures/logs/format-${format}${kind}.ndjson`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => upcast(withBytes(JSON.parse(line) as StoredRecord), format) as StoredEvent);
}

function withBytes({ text, base64, ...record }: StoredRecord): StoredRecord {
  if (typeof text === 'string') return { ...record, bytes: new TextEncoder().encode(text) };
  return typeof base64 === 'string' ? { ...record, bytes: new Uint8Array(Buffer.from(base64, 'base64')) } : record;
}
