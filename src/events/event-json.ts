import { isUtf8 } from 'node:buffer';
import type { StoredEvent } from './event.ts';
import { shownStages, shownVariables } from '../model/shown-plan.ts';
import { terminalJson } from './terminal-json.ts';

/**
 * Returns an event as one line of JSON. Output is `text` if it is valid UTF-8, otherwise `base64`, so that no byte is
 * lost.
 */
export function eventToJson(event: StoredEvent): string {
  if (event.type === 'iteration.planned') {
    const { stages, variables } = event;
    return terminalJson(
      JSON.stringify({ ...event, stages: shownStages(stages), variables: shownVariables(variables) }),
    );
  }
  if (event.type !== 'output') return terminalJson(JSON.stringify(event));
  const { bytes, ...rest } = event;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return terminalJson(
    JSON.stringify(
      isUtf8(buffer) ? { ...rest, text: buffer.toString('utf8') } : { ...rest, base64: buffer.toString('base64') },
    ),
  );
}
