import { describe, expect, it } from 'vitest';
import { readLogFixture } from '../../test/rigs/log-fixture.ts';
import { logFormat } from './event.ts';

const formats = Array.from({ length: logFormat }, (_, index) => index + 1);

describe.each(formats)('a log of format %i', (format) => {
  it('is read as events of today, numbered without gaps', async () => {
    const events = await readLogFixture(format);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({ type: 'run.queued', format, number: 3, source: { file: '.wharf-ci.yml' } });
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'succeeded' });
  });

  it('keeps its bytes', async () => {
    const output = (await readLogFixture(format)).flatMap((event) => (event.type === 'output' ? [[...event.bytes]] : []));
    expect(output).toEqual([[...new TextEncoder().encode('compiling\r\n')], [255, 0, 254]]);
  });
});
