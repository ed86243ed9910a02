import { describe, expect, it } from 'vitest';
import { readLogFixture } from '../../test/rigs/log-fixture.ts';
import { logFormat } from './event.ts';
import { upcast } from './upcast.ts';

const formats = Array.from({ length: logFormat }, (_, index) => index + 1);

describe.each(formats)('a log of format %i', (format) => {
  it('is read as events of today, numbered without gaps', async () => {
    const events = await readLogFixture(format);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({ type: 'run.queued', format, number: 3, source: { file: '.wharf-ci.yml' } });
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'succeeded' });
  });

  it('keeps its bytes', async () => {
    const output = (await readLogFixture(format)).flatMap((event) =>
      event.type === 'output' ? [[...event.bytes]] : [],
    );
    expect(output).toEqual([[...new TextEncoder().encode('compiling\r\n')], [255, 0, 254]]);
  });
});

describe('a log of format 1, in which plans were masked', () => {
  const plannedIn = async (kind: string) =>
    (await readLogFixture(1, kind)).find((event) => event.type === 'iteration.planned');

  it('has lost what is masked where the run had secrets', async () => {
    const planned = await plannedIn('-with-secrets');
    expect(planned?.stages[0]?.steps[0]?.spec).toMatchObject({
      kind: 'container',
      commands: ['npm ci', { parts: [{ lost: 'rm -rf out/***/' }] }, { parts: [{ lost: 'echo ${token} ${a}b}' }] }],
      env: { TARGET: { parts: [{ lost: '***' }] }, kind: { parts: [{ lost: '***' }] } },
    });
    expect(planned?.variables).toMatchObject([
      { name: 'REG', value: { parts: [{ lost: 'https://***@registry.example' }] } },
      { name: 'token', secretHash: expect.any(String) as string },
      { name: 'a}b', secretHash: expect.any(String) as string },
      { name: 'HEADER', parts: [{ parts: [{ lost: 'x***' }] }, { secret: 'token' }] },
    ]);
  });

  it('is as it was where the run had none', async () => {
    const planned = await plannedIn('');
    expect(planned?.stages[0]?.steps[0]?.spec).toMatchObject({
      commands: ['npm ci', 'npm run build'],
      env: { CI: 'true' },
    });
  });

  it('means the stars where the run had no secrets', () => {
    const step = { spec: { kind: 'container', commands: ["echo '***'"], env: {} } };
    const record = {
      type: 'iteration.planned',
      stages: [{ steps: [step] }],
      variables: [{ name: 'a', source: 's', value: '***' }],
    };
    expect(upcast(record, 1)).toEqual(record);
  });
});
