import { containerSpec } from '../../test/rigs/container-spec.ts';
import { describe, expect, it } from 'vitest';
import type { OwnerEvent } from '../events/event.ts';
import { stepId } from '../model/ids.ts';
import type { PlannedStage } from '../model/plan.ts';
import { GrowingMask } from './growing-mask.ts';
import { makeSmallMask } from './make-mask.ts';
import { noMask, type Mask } from './mask.ts';
import { maskedEvent, maskedSink } from './masked-sink.ts';

const secret = 'hunter2';
const mask = makeSmallMask([secret]);
const step = stepId(1, 1, 1);

const stage: PlannedStage = {
  ordinal: 1,
  name: secret,
  runsIf: 'success',
  onFailure: 'cancelSiblings',
  declaredAt: { file: '.wharf-ci.yml', line: 3, column: 1, frame: { from: 3, lines: [`deploy: # ${secret}`] } },
  steps: [
    {
      id: step,
      name: 'a',
      needs: [],
      policy: { retries: 0, allowFailure: false },
      artifacts: [],
      cache: [],
      spec: containerSpec({
        commands: [`login \${${secret}} ${Buffer.from(secret).toString('base64')}`],
        env: { [secret]: `x${secret}` },
      }),
    },
  ],
};

describe('the masked sink', () => {
  it.each<[string, Parameters<typeof maskedEvent>[1]]>([
    ['notes', { type: 'run.noted', level: 'info', message: `is ${secret}` }],
    [
      'what a step notes',
      { type: 'step.observed', step, attempt: 1, fact: { type: 'noted', level: 'info', message: secret } },
    ],
    [
      'what a step waits for',
      { type: 'step.observed', step, attempt: 1, fact: { type: 'waiting', message: `waiting for ${secret}` } },
    ],
    [
      'why something is left',
      { type: 'step.observed', step, attempt: 1, fact: { type: 'workload.left', workload: 'w', detail: secret } },
    ],
    [
      'what a build does',
      {
        type: 'step.observed',
        step,
        attempt: 1,
        fact: { type: 'progress', subject: `RUN login ${secret}`, current: 1 },
      },
    ],
    [
      'failures',
      {
        type: 'step.finished',
        step,
        attempt: 1,
        outcome: { status: 'failed', failure: { code: 'start-failed', detail: `no such file: ${secret}` } },
      },
    ],
    [
      'failures of attempts',
      {
        type: 'step.attempted',
        step,
        attempt: 1,
        failure: { code: 'internal', name: 'Error', message: secret, stack: `Error: ${secret}\n at x` },
      },
    ],
    [
      'lists within failures',
      { type: 'step.attempted', step, attempt: 1, failure: { code: 'artifact-missing', patterns: [`out/${secret}`] } },
    ],
    [
      'problems of objects',
      {
        type: 'step.attempted',
        step,
        attempt: 1,
        failure: { code: 'apply-failed', problems: [{ object: 'job.batch/j', detail: secret, lines: [secret] }] },
      },
    ],
    ['gaps', { type: 'output.lost', from: { step, attempt: 1 }, stream: 'stdout', detail: secret }],
    ['ends', { type: 'run.finished', status: 'failed', detail: secret }],
    [
      'mistakes',
      {
        type: 'run.finished',
        status: 'failed',
        diagnostics: [
          {
            code: 'W011',
            severity: 'error',
            message: secret,
            help: `not ${secret}`,
            place: { file: 'x', line: 1, column: 1, frame: { from: 1, lines: ['a', `default: ${secret}`] } },
            related: [
              { message: secret, place: { file: 'x', line: 1, column: 1, frame: { from: 1, lines: [secret] } } },
            ],
          },
        ],
      },
    ],
    [
      'where it comes from',
      {
        type: 'run.queued',
        format: 1,
        number: 1,
        name: 'x',
        source: { project: 'p', directory: '/d', file: 'f', repository: `https://me:${secret}@host/x` },
        trigger: { kind: 'command' },
        annotations: { a: secret },
      },
    ],
  ])('hides secrets in %s', (_, event) => {
    const text = JSON.stringify(maskedEvent(mask, event));
    expect(text).not.toContain(secret);
    expect(text).toContain('***');
    expect(maskedEvent(noMask, event)).toEqual(event);
  });

  it('hides them in the frames of the plan; what is run again from it never comes through a mask', () => {
    const planned = maskedEvent(mask, {
      type: 'iteration.planned',
      iteration: 1,
      stages: [stage],
      workspace: { digest: 'sha256:0' as never, files: 0, bytes: 0 },
      variables: [],
    });
    if (planned.type !== 'iteration.planned') throw new Error('another event');
    expect(planned.stages[0]).toMatchObject({
      name: secret,
      declaredAt: { line: 3, frame: { lines: ['deploy: # ***'] } },
    });
    expect(planned.stages[0]?.steps).toEqual(stage.steps);
  });

  it('learns of them late', () => {
    const events: OwnerEvent[] = [];
    let known = noMask;
    const sink = maskedSink(
      {
        emit: (event) => void events.push(event),
        write: () => undefined,
        stored: async () => await Promise.resolve(0),
        close: async () => await Promise.resolve(),
      },
      () => known,
    );
    sink.emit({ type: 'run.noted', level: 'info', message: secret });
    known = mask;
    sink.emit({ type: 'run.noted', level: 'info', message: secret });
    expect(events).toMatchObject([{ message: secret }, { message: '***' }]);
  });
});

describe('the masked sink of a run whose iterations add secrets', () => {
  const first = 'first-secret-value';
  const second = 's3cond "secret"/value+ü';
  const from = { workload: 'shop', container: 'app' } as const;

  /** Returns everything that reaches the inner sink, output as text. */
  function open(current: () => Mask) {
    const events: OwnerEvent[] = [];
    const output = () =>
      Buffer.concat(events.flatMap((event) => (event.type === 'output' ? [event.bytes] : []))).toString();
    const inner = {
      emit: (event: OwnerEvent) => void events.push(event),
      write: (event: OwnerEvent) => void events.push(event),
      stored: async () => await Promise.resolve(0),
      close: async () => await Promise.resolve(),
    };
    const sink = maskedSink(inner, current);
    let written = 0;
    const write = (text: string) => {
      const bytes = Buffer.from(text);
      void sink.write({
        type: 'output',
        from,
        stream: 'stdout',
        offset: written,
        bytes,
        cursor: (written += bytes.length),
      });
    };
    return { sink, events, output, write };
  }

  const forms = (secret: string) => [
    secret,
    Buffer.from(secret).toString('base64'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];

  it('stores what a container may still hold back before its end, and counts on for its successor', async () => {
    const growing = new GrowingMask();
    await growing.add([first]);
    const { sink, events, output, write } = open(() => growing.mask);
    write(`${first} first-sec`);
    expect(output()).toBe('*** ');
    sink.emit({ type: 'step.observed', step, attempt: 1, fact: { type: 'container.ended', ...from } });
    write('ret-value');
    await sink.close();
    expect(output()).toBe('*** first-secret-value');
    expect(events.map((event) => (event.type === 'output' ? `output at ${event.offset}` : event.type))).toEqual([
      'output at 0',
      'output at 4',
      'step.observed',
      'output at 13',
    ]);
  });

  it('hides an added secret in every form from then on, in events and in output of workloads', async () => {
    const growing = new GrowingMask();
    await growing.add([first]);
    const { sink, events, output, write } = open(() => growing.mask);
    write(`${first} ${second}\n`);
    await growing.add([second]);
    await growing.add([second, first]);
    for (const form of [...forms(first), ...forms(second)]) {
      write(`is ${form} here\n`);
      sink.emit({ type: 'run.noted', level: 'info', message: `is ${form} here` });
    }
    await sink.close();
    const [before = '', ...later] = output().split('\n');
    expect(before).toBe(`*** ${second}`);
    expect(later.filter((line) => line !== '')).toEqual(Array<string>(8).fill('is *** here'));
    expect(events.flatMap((event) => (event.type === 'run.noted' ? [event.message] : []))).toEqual(
      Array<string>(8).fill('is *** here'),
    );
  });

  it('hides a secret that is on its way when another one is added', async () => {
    const growing = new GrowingMask();
    await growing.add([first]);
    const { sink, output, write } = open(() => growing.mask);
    write(`a ${first.slice(0, 7)}`);
    await growing.add([second]);
    write(`${first.slice(7)} b\n`);
    await sink.close();
    expect(output()).toBe('a *** b\n');
  });

  it('hides a secret that comes in pieces, and counts stored bytes', async () => {
    const { sink, events, output, write } = open(() => makeSmallMaskOnce);
    write(`a ${first.slice(0, 7)}`);
    write(`${first.slice(7)} b`);
    write(' c\n');
    await sink.close();
    expect(output()).toBe('a *** b c\n');
    let offset = 0;
    for (const event of events) {
      if (event.type !== 'output') throw new Error(event.type);
      expect(event.offset).toBe(offset);
      expect(event.cursor ?? 0).toBeLessThanOrEqual(2 + first.length + 5);
      offset += event.bytes.length;
    }
    const lastOutput = events.at(-1);
    expect(lastOutput?.type === 'output' && lastOutput.cursor).toBe(2 + first.length + 5);
  });

  it('stores what it held back at a gap, before the gap', async () => {
    const { sink, events, output, write } = open(() => makeSmallMaskOnce);
    write(first.slice(0, 5));
    expect(output()).toBe('');
    sink.emit({ type: 'output.lost', from, stream: 'stdout', detail: 'gone' });
    write(first.slice(5));
    await sink.close();
    expect(events.map(({ type }) => type)).toEqual(['output', 'output.lost', 'output']);
    expect(output()).toBe(first);
  });

  const makeSmallMaskOnce = makeSmallMask([first]);
});
