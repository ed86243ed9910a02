/** The page about the language: its examples are right, and it has every field that the parser knows. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadText } from '../../test/rigs/memory-pipeline.ts';
import { codes } from '../diagnostics/codes.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const page = read('wharf-ci.md');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

/** What the parser says it knows, by being asked for what it does not know. */
async function knownFields(text: string): Promise<readonly string[]> {
  const { diagnostics } = await loadText(text);
  const help = diagnostics.find((diagnostic) => diagnostic.code === 'W012')?.help ?? '';
  return [...help.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

describe('docs/wharf-ci.md', () => {
  it.each(examples.map((text, i) => [i + 1, text] as const))('example %i is a valid pipeline', async (_, text) => {
    expect((await loadText(text, { purpose: 'validate' })).diagnostics).toEqual([]);
  });

  it.each([
    ['a step', 's: {st: {qqqqqqqqqq: 1, container: {image: a, cmds: [b]}}}', 8],
    ['a container step', 's: {st: {container: {qqqqqqqqqq: 1, image: a, cmds: [b]}}}', 7],
    ['an input', 'inputs: [{name: a, type: choice, qqqqqqqqqq: 1}]', 4],
  ])('has an example of every field of %s', async (_, text, atLeast) => {
    const fields = await knownFields(text);
    expect(fields.length).toBeGreaterThanOrEqual(atLeast);
    const runnable = fields.filter((field) => !['helm', 'helm-package', 'kubectl', 'nuget-package'].includes(field));
    expect(runnable.filter((field) => !examples.some((example) => new RegExp(`^[ -]*${field}:`, 'm').test(example)))).toEqual([]);
    expect(fields.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
  });
});

it.each(['wharf-ci.md', 'wharf-compat.md'])('docs/%s names no code that is not there', (name) => {
  const named = [...read(name).matchAll(/\bW\d{3}\b/g)].map((match) => match[0]);
  expect(named.filter((code) => !Object.hasOwn(codes, code))).toEqual([]);
});
