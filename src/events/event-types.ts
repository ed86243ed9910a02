import type { EventType } from './event.ts';

/** A record, so that TypeScript requires every type. */
const known: Record<EventType, true> = {
  'run.queued': true,
  'run.started': true,
  'run.resumed': true,
  'run.noted': true,
  'iteration.planned': true,
  'stage.started': true,
  'stage.finished': true,
  'step.started': true,
  'step.observed': true,
  'step.attempted': true,
  'step.finished': true,
  output: true,
  'output.lost': true,
  'iteration.finished': true,
  'run.finished': true,
  'delivery.planned': true,
  'delivery.attempted': true,
  'delivery.finished': true,
  'note.added': true,
  'log.floor': true,
};

/** The choices of `events --type`. */
export const eventTypes: readonly string[] = Object.keys(known);
