import { describe, expect, it } from 'vitest';
import { stepId } from '../model/ids.ts';
import type { PlannedStage } from '../model/plan.ts';
import { filledIn, valuesOf } from '../vars/filled-in.ts';
import { variablesWithoutSecrets, withoutSecrets } from './stored-plan.ts';

function stageWith(commands: readonly string[]): PlannedStage {
  const spec = { kind: 'container', image: 'i', commands, shell: '/bin/sh', os: 'linux', env: { A: 'kind' } } as const;
  const step = { id: stepId(1, 1, 1), name: 's', needs: [], policy: { retries: 0, allowFailure: false }, artifacts: [], cache: [], spec };
  return { ordinal: 1, name: 'stage', runsIf: 'success', onFailure: 'cancelSiblings', steps: [step] };
}

describe('a plan without secrets', () => {
  it.each([
    ['login hunter2 hunter2!', 'login ${pw} ${pw}!'],
    ['login ${pw}', 'login ${pw}'],
    ['${hunter2} hunter2', '${hunter2} ${pw}'],
    ['longhunter2', '${long}'],
    ['kind container', '${short} container'],
    ['a.b aXb', '${dots} aXb'],
    ['nothing', 'nothing'],
  ])('%s', (written, stored) => {
    const secrets = new Map([['pw', 'hunter2'], ['long', 'longhunter2'], ['short', 'kind'], ['dots', 'a.b'], ['empty', '']]);
    const [stage] = withoutSecrets([stageWith([written])], secrets);
    const spec = stage?.steps[0]?.spec;
    expect(spec).toMatchObject({ kind: 'container', commands: [stored], env: { A: '${short}' } });
    const variables = [...secrets.keys()].map((name) => ({ name, source: 'x', secretHash: 'h' }));
    const filled = spec && filledIn(spec, valuesOf(variables, secrets));
    // What is run is what was written.
    expect(filled).toMatchObject({ commands: [written.replace('${pw}', 'hunter2')], env: { A: 'kind' } });
  });

  it('keeps variables whose values have a secret in them in parts', () => {
    const secrets = new Map([['pw', '4711']]);
    expect(
      variablesWithoutSecrets(
        [
          { name: 'a', source: 's', value: 'x4711y' },
          { name: 'b', source: 's', value: 4711 },
          { name: 'c', source: 's', value: 'x' },
          { name: 'd', source: 's', parts: ['4711', { secret: 'pw' }] },
        ],
        secrets,
      ),
    ).toEqual([
      { name: 'a', source: 's', parts: ['x', { secret: 'pw' }, 'y'] },
      { name: 'b', source: 's', parts: [{ secret: 'pw' }] },
      { name: 'c', source: 's', value: 'x' },
      { name: 'd', source: 's', parts: [{ secret: 'pw' }, { secret: 'pw' }] },
    ]);
  });
});
