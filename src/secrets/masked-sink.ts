import type { OutputEvent, OwnerEvent } from '../events/event.ts';
import type { EventSink } from '../events/sink.ts';
import type { Observation } from '../model/work.ts';
import type { Mask } from './mask.ts';
import { maskedDiagnostics } from './masked-diagnostics.ts';
import { maskedFailure, maskedOutcome } from './masked-outcome.ts';
import { MaskedOutputs } from './masked-outputs.ts';
import { maskedFrames } from './masked-plan.ts';

type StructuralEvent = Exclude<OwnerEvent, OutputEvent>;

/**
 * Masks secrets in event texts for people, and in output of writers that are no steps. Ids, names, kinds, codes,
 * digests and places stay unchanged. A step's output was already masked by the decorator `masked`.
 * @param mask called for each event, because the sink exists before the secrets are known, and iterations add secrets
 */
export function maskedSink(sink: ClosableSink, mask: () => Mask): ClosableSink {
  const outputs = new MaskedOutputs();
  return {
    emit(event) {
      if (event.type === 'output.lost' && !('step' in event.from))
        for (const one of outputs.endOf(event)) void sink.write(one);
      if (event.type === 'step.observed' && event.fact.type === 'container.ended')
        for (const one of outputs.ended(event.fact)) void sink.write(one);
      const known = mask();
      sink.emit(known.active ? maskedEvent(known, event) : event);
    },
    write(event) {
      if ('step' in event.from) return sink.write(event);
      const waits = outputs.push(event, mask()).map((one) => sink.write(one));
      // Each promise waits for the same: that the store catches up.
      return waits.find((wait) => wait !== undefined);
    },
    stored: async () => await sink.stored(),
    async close() {
      for (const event of outputs.end()) void sink.write(event);
      await sink.close();
    },
  };
}

/** A sink that its owner closes. */
interface ClosableSink extends EventSink {
  close(): Promise<void>;
}

/** @internal exported for its test */
export function maskedEvent(mask: Mask, event: StructuralEvent): StructuralEvent {
  switch (event.type) {
    case 'run.queued': {
      const { repository } = event.source;
      const source = repository === undefined ? event.source : { ...event.source, repository: mask.text(repository) };
      return {
        ...event,
        source,
        annotations: Object.fromEntries(Object.entries(event.annotations).map(([key, text]) => [key, mask.text(text)])),
      };
    }
    case 'run.noted':
      return { ...event, message: mask.text(event.message) };
    case 'iteration.planned':
      // The texts contain references in place of secrets, so that the plan can run again.
      return { ...event, stages: maskedFrames(mask, event.stages) };
    case 'step.observed':
      return { ...event, fact: maskedFact(mask, event.fact) };
    case 'step.attempted':
      return { ...event, failure: maskedFailure(mask, event.failure) };
    case 'step.finished':
      return { ...event, outcome: maskedOutcome(mask, event.outcome) };
    case 'output.lost':
      return { ...event, detail: mask.text(event.detail) };
    case 'run.finished':
      return {
        ...event,
        ...(event.detail !== undefined && { detail: mask.text(event.detail) }),
        ...(event.diagnostics !== undefined && { diagnostics: maskedDiagnostics(mask, event.diagnostics) }),
      };
    case 'run.started':
    case 'run.resumed':
    case 'stage.started':
    case 'stage.finished':
    case 'step.started':
    case 'iteration.finished':
      return event;
  }
}

function maskedFact(mask: Mask, fact: Observation): Observation {
  switch (fact.type) {
    case 'workload.left':
      return { ...fact, detail: mask.text(fact.detail) };
    case 'noted':
    case 'waiting':
      return { ...fact, message: mask.text(fact.message) };
    // `[3/5] RUN …` contains the user's own text.
    case 'progress':
      return { ...fact, subject: mask.text(fact.subject) };
    default:
      return fact;
  }
}
