import { expect, it } from 'vitest';
import { Cancelled, type CancelReason } from '../model/outcome.ts';
import { RunControl } from './run-control.ts';

type Call = readonly ['cancel' | 'stopAtOnce', CancelReason];

const reasonOf = ({ aborted, reason }: AbortSignal): unknown =>
  aborted ? (reason instanceof Cancelled ? reason.because : reason) : undefined;

it.each<[string, readonly Call[], CancelReason | undefined, CancelReason | undefined]>([
  ['none', [], undefined, undefined],
  ['once', [['cancel', 'user']], 'user', undefined],
  ['at once', [['stopAtOnce', 'shutdown']], 'shutdown', 'shutdown'],
  [
    'once, then at once: the first reason counts',
    [
      ['cancel', 'user'],
      ['stopAtOnce', 'shutdown'],
    ],
    'user',
    'user',
  ],
  [
    'repeated',
    [
      ['cancel', 'superseded'],
      ['cancel', 'user'],
      ['stopAtOnce', 'user'],
      ['stopAtOnce', 'shutdown'],
    ],
    'superseded',
    'superseded',
  ],
])('requests to end a run: %s', (_, calls, asked, atOnce) => {
  const control = new RunControl();
  for (const [call, because] of calls) control[call](because);
  expect([reasonOf(control.asked), reasonOf(control.atOnce), control.because]).toEqual([asked, atOnce, asked]);
});
