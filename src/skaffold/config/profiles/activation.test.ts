import { describe, expect, it } from 'vitest';
import { locatedMap } from '../../../../test/rigs/located-yaml.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { activeProfiles, selfActivated, type ActivationFacts } from './activation.ts';

function activated(profile: string, facts: Partial<ActivationFacts> = {}) {
  const found: Diagnostic[] = [];
  const document = locatedMap(`profiles: [{name: p, ${profile}}]`);
  const names = selfActivated(document, { command: 'dev', env: {}, ...facts }, (one) => found.push(one));
  return { names, found };
}

const isActive = (profile: string, facts?: Partial<ActivationFacts>) => activated(profile, facts).names.length > 0;

describe('selfActivated', () => {
  it.each<[string, Partial<ActivationFacts>, boolean]>([
    ['activation: []', {}, false],
    ['requiresAllActivations: true', {}, false],
    ['activation: [{}]', {}, true],
    ['activation: [{command: dev}]', {}, true],
    ['activation: [{command: "de"}]', {}, true],
    ['activation: [{command: "^e"}]', {}, false],
    ['activation: [{command: build|dev}]', {}, true],
    ['activation: [{command: "!dev"}]', {}, false],
    ['activation: [{command: "!run"}]', {}, true],
    ['activation: [{command: "!!dev"}]', {}, true],
    ['activation: [{command: "!!dev"}]', { command: '!dev' }, false],
    ['activation: [{command: "(?i)DEV"}]', {}, true],
    ['activation: [{command: "!(?i)DEV"}]', {}, false],
    ['activation: [{command: DEV}]', {}, false],
    ['activation: [{env: A=1}]', { env: { A: '1' } }, true],
    ['activation: [{env: A=1}]', { env: { A: '21' } }, true],
    ['activation: [{env: A=^1$}]', { env: { A: '21' } }, false],
    ['activation: [{env: A=1}]', {}, false],
    ['activation: [{env: A=}]', {}, true],
    ['activation: [{env: A=}]', { env: { A: '' } }, true],
    ['activation: [{env: A=}]', { env: { A: '1' } }, false],
    ['activation: [{env: "A=!1"}]', { env: { A: '1' } }, false],
    ['activation: [{env: "A=!1"}]', {}, true],
    ['activation: [{env: A=b=c}]', { env: { A: 'b=c' } }, true],
    ['activation: [{env: "A=x\\ny"}]', { env: { A: 'x\ny' } }, true],
    ['activation: [{kubeContext: prod}]', { kubeContext: 'gke_prod' }, true],
    ['activation: [{kubeContext: prod}]', { kubeContext: 'dev' }, false],
    ['activation: [{kubeContext: prod}]', {}, false],
    ['activation: [{kubeContext: "!prod"}]', {}, true],
    ['activation: [{kubeContext: "a+b"}]', { kubeContext: 'a+b' }, true],
    ['activation: [{command: run}, {env: A=1}]', { env: { A: '1' } }, true],
    ['activation: [{command: dev, env: A=1}]', {}, false],
    ['activation: [{command: dev, env: A=1}]', { env: { A: '1' } }, true],
    ['requiresAllActivations: true, activation: [{command: dev}, {env: A=1}]', {}, false],
    ['requiresAllActivations: true, activation: [{command: dev}, {env: A=1}]', { env: { A: '1' } }, true],
    ['requiresAllActivations: false, activation: [{command: dev}, {env: A=1}]', {}, true],
  ])('%s with %j: %s', (profile, facts, expected) => {
    const { names, found } = activated(profile, facts);
    expect(names.length > 0).toBe(expected);
    expect(found).toEqual([]);
  });

  it('keeps the order of the file', () => {
    const document = locatedMap('profiles: [{name: b, activation: [{}]}, {name: a, activation: [{}]}, {name: c}]');
    const names = selfActivated(document, { command: 'dev', env: {} }, () => {}).map(({ name }) => name);
    expect(names).toEqual(['b', 'a']);
  });

  it.each([
    ['activation: [{kubeContext: c}]', true],
    ['activation: [{command: dev}, {kubeContext: c}]', false],
    ['activation: [{command: run}, {kubeContext: c}]', true],
    ['requiresAllActivations: true, activation: [{command: dev}, {kubeContext: c}]', true],
    ['requiresAllActivations: true, activation: [{command: dev}, {env: A=}]', false],
  ])('knows whether the context decides: %s', (profile, byContext) => {
    expect(activated(profile, { kubeContext: 'c' }).names).toEqual([{ name: 'p', byContext }]);
  });

  it('reports a condition on the environment without a pattern', () => {
    const { names, found } = activated('activation: [{env: A, command: "("}]');
    expect(names).toEqual([]);
    expect(found.map(({ code, message }) => [code, message])).toEqual([
      ['S013', 'invalid activation `A`: it has no `=`'],
      ['S018', '`(` is not a regular expression and matches only itself'],
    ]);
    expect(found[0]?.place).toMatchObject({ line: 1, column: 41 });
  });

  it('takes an invalid pattern as a text', () => {
    expect(isActive('activation: [{command: "!("}]')).toBe(true);
    expect(isActive('activation: [{env: "A=("}]', { env: { A: '(' } })).toBe(true);
    expect(isActive('activation: [{env: "A=("}]', { env: { A: '((' } })).toBe(false);
  });
});

describe('activeProfiles', () => {
  it.each([
    [['a'], ['b'], ['a', 'b']],
    [['a'], ['b', 'a', 'b'], ['a', 'b']],
    [['a', 'b'], ['-a'], ['b']],
    [['a'], ['-a', 'a'], ['a']],
    [[], ['a', '-a'], []],
    [[], ['-a'], []],
  ])('%j and then %j are %j', (self, named, expected) => {
    expect(activeProfiles(self, named)).toEqual(expected);
  });
});
