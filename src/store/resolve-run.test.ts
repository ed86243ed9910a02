import { describe, expect, it } from 'vitest';
import type { RunId } from '../model/ids.ts';
import { resolveRun, type RunLookup } from './resolve-run.ts';

const id = '01hf7yat01zw4we61ngh9r5k5h';
const ids = (...names: string[]) => names as RunId[];

/** Returns these answers, and records the calls. */
function lookup(answers: { exists?: boolean; numbered?: RunId[]; prefix?: RunId[]; latest?: RunId[] }) {
  const asked: string[] = [];
  const look: RunLookup = {
    exists: async (one) => (asked.push(`exists ${one}`), answers.exists ?? false),
    numbered: async (number, project) => (asked.push(`number ${number} ${project}`), answers.numbered ?? []),
    beginningWith: async (prefix) => (asked.push(`prefix ${prefix}`), answers.prefix ?? []),
    latest: async (project) => (asked.push(`latest ${project}`), answers.latest ?? []),
  };
  return { look, asked };
}

describe('a reference to a run', () => {
  it.each<[string, Parameters<typeof lookup>[0], object, string[]]>([
    ['??', { latest: ids('a') }, { status: 'none' }, []],
    ['latest', { latest: ids('a') }, { status: 'found', run: 'a' }, ['latest p']],
    ['latest', {}, { status: 'none' }, ['latest p']],
    [id, { exists: true }, { status: 'found', run: id }, [`exists ${id}`]],
    [id, { exists: false, prefix: ids('a') }, { status: 'none' }, [`exists ${id}`]],
    ['01hf', { prefix: ids('a') }, { status: 'found', run: 'a' }, ['prefix 01hf']],
    ['01hf', { prefix: ids('b', 'a') }, { status: 'ambiguous', candidates: ids('b', 'a') }, ['prefix 01hf']],
    ['7', { numbered: ids('a'), prefix: ids('b') }, { status: 'found', run: 'a' }, ['number 7 p']],
    ['7', { prefix: ids('b') }, { status: 'none' }, ['number 7 p']],
    ['7', { numbered: ids('b', 'a') }, { status: 'ambiguous', candidates: ids('b', 'a') }, ['number 7 p']],
    ['0172', { numbered: ids('a'), prefix: ids('b') }, { status: 'found', run: 'a' }, ['number 172 p']],
    ['0172', { prefix: ids('b') }, { status: 'found', run: 'b' }, ['number 172 p', 'prefix 0172']],
    ['#0172', { prefix: ids('b') }, { status: 'none' }, ['number 172 p']],
  ])('%s, with %j', async (text, answers, expected, questions) => {
    const { look, asked } = lookup(answers);
    expect(await resolveRun(text, 'p', look)).toEqual(expected);
    expect(asked).toEqual(questions);
  });
});
