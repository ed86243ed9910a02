import { expect, it } from 'vitest';
import { warned } from '../model/warning.ts';
import { describeNote, describeObservation } from './describe-observation.ts';

it.each([
  [{ level: 'warning', code: 'W043', message: 'one\ntwo' }, ['warning W043 one', 'two']],
  [{ level: 'warning', message: 'of an older log' }, ['warning: of an older log']],
  [{ level: 'info', code: 'W039', message: 'one' }, ['one']],
] as const)('%j as lines', (note, lines) => expect(describeNote(note)).toEqual(lines));

it.each([
  [warned('W086', 'cannot save cache c'), 'warning W086 cannot save cache c'],
  [{ type: 'workload.left', workload: 'w', detail: 'no answer' }, 'warning W087 w may be left behind: no answer'],
  [{ type: 'noted', level: 'info', message: 'deploys to prod' }, 'deploys to prod'],
] as const)('%j: %s', (fact, text) => expect(describeObservation(fact)).toBe(text));
