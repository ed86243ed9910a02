import { containerSpec } from '../../test/rigs/container-spec.ts';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../events/event.ts';
import { stepId } from '../model/ids.ts';
import type { PlannedStage } from '../model/plan.ts';
import { makeSmallMask } from './make-mask.ts';
import { noMask } from './mask.ts';
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
    const events: RunEvent[] = [];
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
