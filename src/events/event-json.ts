import { isUtf8 } from 'node:buffer';
import { shownStages, shownVariables } from '../model/shown-plan.ts';
import type { RunState, StepState } from './run-state.ts';
import type { EventType, OutputEvent, OutputSource, Seq, StoredEvent } from './event.ts';
import { terminalJson } from './terminal-json.ts';

/** What the store adds to an event, in the order of its JSON. */
interface Stamp {
  readonly at: number;
  readonly run: string;
  readonly epoch: number;
  readonly seq: Seq;
}

/**
 * Returns an event as one line of JSON, without the newline. Output is `text` if it is valid UTF-8, otherwise `base64`,
 * so that no byte is lost. Equal events have equal lines, from any store: first the event's own fields, then `at`,
 * `run`, `epoch` and `seq`, last the bytes.
 */
export function eventToJson(event: StoredEvent): string {
  return terminalJson(eventToRawJson(event));
}

/** Like `eventToJson`, but not safe to print: a page of lines is made safe as a whole. */
export function eventToRawJson(event: StoredEvent): string {
  const { at, run, epoch, seq, ...body } = event;
  const stamp = { at, run, epoch, seq };
  if (body.type === 'output') return outputToRawJson(body, stamp);
  if (body.type === 'log.floor')
    return bodyToRawJson(JSON.stringify({ ...body, state: shownState(body.state) }), stamp);
  if (body.type !== 'iteration.planned') return bodyToRawJson(JSON.stringify(body), stamp);
  const { stages, variables } = body;
  const shown = { ...body, stages: shownStages(stages), variables: shownVariables(variables) };
  return bodyToRawJson(JSON.stringify(shown), stamp);
}

type Floor = Pick<RunState, 'iterations'> & { readonly olderSteps: readonly StepState[] };

/** Returns the state of a floor with its plans as people see them, without references to secrets. */
function shownState(state: object): object {
  const { iterations, olderSteps } = state as Floor;
  return {
    ...state,
    iterations: iterations.map((iteration) => ({
      ...iteration,
      stages: iteration.stages.map(({ planned, steps, ...stage }) => ({
        ...stage,
        planned: shownStages([planned])[0],
        steps: steps.map(shownStep),
      })),
      variables: shownVariables(iteration.variables),
    })),
    olderSteps: olderSteps.map(shownStep),
  };
}

function shownStep({ planned, ...step }: StepState): object {
  const stage = { ordinal: 1, name: '', runsIf: 'success', onFailure: 'cancelSiblings', steps: [planned] } as const;
  return { ...step, planned: shownStages([stage])[0]?.steps[0] };
}

/** Reports whether the line of a structural event has its fields unchanged. */
export function isShownAsStored(type: EventType): boolean {
  return type !== 'iteration.planned' && type !== 'log.floor';
}

/** @param body the JSON of the event's own fields */
export function bodyToRawJson(body: string, stamp: Stamp): string {
  return `${body.slice(0, -1)},${stampJson(stamp)}}`;
}

type OutputBody = Omit<OutputEvent, 'bytes'>;

function outputToRawJson({ bytes, ...body }: OutputEvent, stamp: Stamp): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return textToRawJson(body, stamp, buffer.toString('utf8'));
  return `${outputHead(body, stamp)},"base64":"${buffer.toString('base64')}"}`;
}

/** Returns the line of an output event whose bytes are this text. */
export function textToRawJson(body: OutputBody, stamp: Stamp, text: string): string {
  return `${outputHead(body, stamp)},"text":${JSON.stringify(text)}}`;
}

/** Concatenated, because most events are output: `JSON.stringify` of an object takes three times as long. */
function outputHead({ from, stream, offset, cursor }: OutputBody, stamp: Stamp): string {
  const after = cursor === undefined ? '' : `,"cursor":${cursor}`;
  return `{"type":"output","from":${sourceJson(from)},"stream":"${stream}","offset":${offset}${after},${stampJson(stamp)}`;
}

/** Equal sources have equal texts: stores search for them. */
export function sourceJson(from: OutputSource): string {
  // The id of a step has only digits and dots.
  if ('step' in from) return `{"step":"${from.step}","attempt":${from.attempt}}`;
  if ('workload' in from) return JSON.stringify({ workload: from.workload, container: from.container });
  return '{"engine":true}';
}

function stampJson({ at, run, epoch, seq }: Stamp): string {
  return `"at":${at},"run":"${run}","epoch":${epoch},"seq":${seq}`;
}
