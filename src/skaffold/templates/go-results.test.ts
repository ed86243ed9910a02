/**
 * Templates with what Go prints for them, or `null` where Go fails. The results come from Go 1.26 and Sprig 3.3.0, with
 * the values below. Where they differ on purpose, `evaluate.test.ts` has the case.
 */
import { expect, it } from 'vitest';
import results from '../../../test/fixtures/templates/go-results.json' with { type: 'json' };
import { evaluateTemplate } from './evaluate.ts';
import { parseTemplate } from './parse-template.ts';

type GoResult = readonly [template: string, text: string | null, missingKey?: string];

const values = new Map([
  ['A', 'alpha'],
  ['B', 'b-c_d'],
  ['N', '42'],
  ['EMPTY', ''],
  ['IMG', 'gcr.io/x/y:v1.2@sha256:abc'],
]);

const surroundings = {
  environment: () => undefined,
  now: Date.UTC(2026, 0, 2),
  zone: 'UTC',
  randomBytes: (count: number) => new Uint8Array(count),
  run: () => ({ output: '' }),
};

it.each(
  (results as unknown as readonly GoResult[]).map(([text, expected, missingKey]) => ({ text, expected, missingKey })),
)('$text', ({ text, expected, missingKey }) => {
  const template = parseTemplate(text);
  if (!('nodes' in template)) {
    expect(expected).toBeNull();
    return;
  }
  const result = evaluateTemplate(template, {
    values,
    missingKey: missingKey === 'error' ? 'error' : 'show',
    surroundings,
  });
  expect('text' in result ? result.text : null).toBe(expected);
});
