import fc from 'fast-check';
import { planLanguage } from '../wharf/steps/plan-language.ts';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { stepId } from '../model/ids.ts';
import type { ContainerStepSpec, KubectlStepSpec, WharfStepSpec } from '../wharf/specs/specs.ts';
import type { PlannedStage, UsedVariable } from '../model/plan.ts';
import { shownStages, shownVariables } from '../model/shown-plan.ts';
import type { StoredStage, StoredVariable } from '../model/stored-plan.ts';
import { makeMask } from './make-mask.ts';
import { valuesIn } from './named-secrets.ts';
import { secretTexts, type RunSecrets } from './run-secrets.ts';
import { referencesOf, restorePlan, storePlan } from './stored-plan.ts';

const { signal } = new AbortController();
const secrets: RunSecrets = {
  inputs: new Map([
    ['pw', 'hunter2'],
    ['a}b', '4711'],
  ]),
  operator: new Map([
    [
      'team',
      new Map([
        ['username', 'deploy'],
        ['kind', 'container'],
      ]),
    ],
  ]),
};
const mask = await makeMask(secretTexts(secrets));
const valueOf = valuesIn(secrets);

const container: ContainerStepSpec = {
  kind: 'container',
  image: 'app:${tag}',
  commands: ['rm -rf out/deploy/', 'login ${pw} hunter2'],
  shell: '/bin/sh',
  os: 'linux',
  env: { TARGET: 'deploy', kind: 'container', variable: 'deploy', parts: 'deploy', ['__proto__']: 'deploy' },
  secretName: 'deploy',
};

function stageWith(...specs: readonly WharfStepSpec[]): PlannedStage {
  const steps = specs.map((spec, i) => ({
    id: stepId(1, 1, i + 1),
    name: `s${i}`,
    needs: [],
    policy: { retries: 2, allowFailure: false },
    artifacts: ['out/deploy/**'],
    cache: ['deploy', 'x'],
    spec,
  }));
  return { ordinal: 1, name: 'stage', runsIf: 'success', onFailure: 'cancelSiblings', steps };
}

const kubectl: KubectlStepSpec = {
  kind: 'kubectl',
  action: 'apply',
  files: ['deploy/a.yaml'],
  force: { variable: 'deploy' },
  cluster: 'deploy',
  env: {},
};

describe('a plan', () => {
  const stages: readonly PlannedStage[] = [{ ...stageWith(container, kubectl), phase: 'verify', jobs: 0 }];
  const variables: readonly UsedVariable[] = [
    { name: 'text', source: 's', value: 'x4711y' },
    { name: 'number', source: 's', value: 4711 },
    { name: 'written', source: 's', value: 4711.5, text: '4711.50' },
    { name: 'none', source: 's', value: null },
    { name: 'plain', source: 's', value: true },
    { name: 'parts', source: 's', parts: ['4711', { secret: 'pw' }, 'hunter2', ''] },
    { name: 'pw', source: 's', secretHash: 'h' },
  ];

  it('is stored without its secrets, and restored exactly', async () => {
    const stored = await storePlan({ stages, variables }, secrets, mask, signal);
    expect(restorePlan(stored, valueOf, planLanguage)).toEqual({ stages, variables, lost: [] });
    const written = JSON.stringify(JSON.parse(JSON.stringify(stored)));
    expect(restorePlan(JSON.parse(written) as typeof stored, valueOf, planLanguage)).toEqual({
      stages,
      variables,
      lost: [],
    });
    expect(
      mask.hides(
        JSON.stringify([shownStages(stored.stages), shownVariables(stored.variables)]).replaceAll(
          /"(?:kind|variable)":"[a-z]+"/g,
          '',
        ),
      ),
    ).toBe(false);
    expect(referencesOf(stored)).toContainEqual({ secret: 'a}b' });
    expect(referencesOf(stored)).toContainEqual({ secret: 'team', key: 'username' });
  });

  it('is the same where nothing is hidden', async () => {
    expect(await storePlan({ stages, variables }, secrets, await makeMask([]), signal)).toEqual({ stages, variables });
  });

  it('shows people where its secrets stand', async () => {
    const stored = await storePlan({ stages, variables }, secrets, mask, signal);
    expect(shownStages(stored.stages)[0]?.steps[0]).toMatchObject({
      artifacts: ['out/***/**'],
      cache: ['***', 'x'],
      spec: {
        kind: 'container',
        image: 'app:${tag}',
        commands: ['rm -rf out/***/', 'login ${pw} ***'],
        env: { TARGET: '***', kind: '***', variable: '***', parts: '***' },
      },
    });
    expect(shownVariables(stored.variables)).toMatchObject([
      { value: 'x***y' },
      { value: '***' },
      { value: '***.5', text: '***.50' },
      { value: null },
      { value: true },
      { parts: ['***', { secret: 'pw' }, '***', ''] },
      {},
    ]);
  });

  it('tells each field that needs a secret which is not the one of before', async () => {
    const stored = await storePlan({ stages, variables }, secrets, mask, signal);
    const { lost } = restorePlan(stored, (name) => (name.key === 'username' ? undefined : valueOf(name)), planLanguage);
    expect(lost.map(({ step, field, secret }) => `${step.name} ${field} ${secret?.secret}/${secret?.key}`)).toEqual([
      's0 cmds[1] team/username',
      's0 env.TARGET team/username',
      's0 env.variable team/username',
      's0 env.parts team/username',
      's0 env.__proto__ team/username',
      's0 secretName team/username',
      's0 artifacts[1] team/username',
      's0 cache[1] team/username',
      's1 files[1] team/username',
      's1 cluster team/username',
      's1 artifacts[1] team/username',
      's1 cache[1] team/username',
    ]);
  });

  it('tells a variable that is lost by the steps that may use it', async () => {
    const uses = stageWith(
      { ...container, commands: ['echo ${number}'], env: {} },
      { ...container, commands: ['echo'], env: {} },
      kubectl,
    );
    const stored = await storePlan({ stages: [uses], variables }, secrets, mask, signal);
    const { lost } = restorePlan(stored, (name) => (name.secret === 'a}b' ? undefined : valueOf(name)), planLanguage);
    expect(lost.map(({ step, field }) => `${step.name} ${field}`)).toEqual([
      's0 the variable `number`',
      's2 the variable `text`',
      's2 the variable `number`',
      's2 the variable `written`',
      's2 the variable `parts`',
    ]);
  });

  it('of any texts and secrets is restored exactly', async () => {
    const letters = fc.stringMatching(/^[a-c]{2,5}$/);
    const text = fc
      .array(fc.oneof(letters, fc.string({ maxLength: 3 }), fc.constantFrom('${', '}', ' ')), { maxLength: 6 })
      .map((pieces) => pieces.join(''));
    const spec = fc.record({
      image: text,
      commands: fc.array(text, { maxLength: 3 }),
      env: fc.dictionary(fc.string({ maxLength: 4 }), text, { maxKeys: 3 }),
    });
    const variable = fc.oneof(
      fc.record({ name: text, source: text, value: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)) }),
      fc.record({ name: text, source: text, value: fc.integer(), text }),
      fc.record({
        name: text,
        source: text,
        parts: fc.array(fc.oneof(text, fc.record({ secret: text })), { minLength: 1, maxLength: 3 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ maxLength: 4 }), letters, { maxKeys: 4 }),
        spec,
        fc.array(variable, { maxLength: 3 }),
        async (values, texts, used) => {
          const own: RunSecrets = { inputs: new Map(Object.entries(values)), operator: new Map() };
          const plan = { stages: [stageWith({ ...container, ...texts })], variables: used };
          const stored = await storePlan(plan, own, await makeMask(secretTexts(own)), signal);
          expect(restorePlan(stored, valuesIn(own), planLanguage)).toEqual({ ...plan, lost: [] });
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('what is stored cannot be run', () => {
  expectTypeOf<StoredStage>().not.toExtend<PlannedStage>();
  expectTypeOf<StoredVariable>().not.toExtend<UsedVariable>();
});
