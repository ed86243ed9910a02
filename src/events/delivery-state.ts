/** The receipts of a run: a fold of its `delivery.*` events. */
import type { AnnexEvent, DeliveryAttempt, DeliveryOutcome } from './annex-event.ts';

type Planned = Extract<AnnexEvent, { type: 'delivery.planned' }>;
type DeliveryEvent = Extract<AnnexEvent, { delivery: string }>;

export interface DeliveryState extends Omit<Planned, 'type'> {
  readonly plannedAt: number;
  /** The newest attempts. */
  attempts: (DeliveryAttempt & { readonly at: number })[];
  /** Absent: attempts may follow. */
  outcome?: DeliveryOutcome;
  reason?: string;
  message?: string;
  finishedAt?: number;
  externalId?: string;
  url?: string;
}

const keptAttempts = 50;
const keptDeliveries = 1_000;

/**
 * Applies an event to the deliveries, in place. A process that repeats an event after a crash changes nothing. Of more
 * than 1000 deliveries the oldest finished ones are forgotten.
 */
export function applyDelivery(deliveries: DeliveryState[], event: DeliveryEvent & { readonly at: number }): void {
  const known = deliveries.find(({ delivery }) => delivery === event.delivery);
  switch (event.type) {
    case 'delivery.planned':
      if (known === undefined) plan(deliveries, event);
      return;
    case 'delivery.attempted':
      if (known !== undefined) attempt(known, event);
      return;
    case 'delivery.finished':
      if (known === undefined || known.outcome !== undefined) return;
      known.outcome = event.outcome;
      known.finishedAt = event.at;
      if (event.reason !== undefined) known.reason = event.reason;
      if (event.message !== undefined) known.message = event.message;
  }
}

function plan(deliveries: DeliveryState[], event: Planned & { readonly at: number }): void {
  const { delivery, name, driver, version, target, about, subject, at } = event;
  if (deliveries.length >= keptDeliveries) {
    const oldest = deliveries.findIndex(({ outcome }) => outcome !== undefined);
    if (oldest >= 0) deliveries.splice(oldest, 1);
  }
  deliveries.push({
    ...{ delivery, name, driver, target, about, plannedAt: at, attempts: [] },
    ...(version !== undefined && { version }),
    ...(subject !== undefined && { subject }),
  });
}

function attempt(known: DeliveryState, event: Extract<DeliveryEvent, { type: 'delivery.attempted' }> & { at: number }) {
  if (known.attempts.some((one) => one.attempt === event.attempt)) return;
  const { type: _type, delivery: _delivery, ...kept } = stripped(event);
  known.attempts.push(kept);
  if (known.attempts.length > keptAttempts) known.attempts.shift();
  if (event.externalId !== undefined) known.externalId = event.externalId;
  if (event.url !== undefined) known.url = event.url;
}

/** Removes what the store added to the event, except its time. */
function stripped<E extends { readonly at: number }>(event: E): Omit<E, 'run' | 'epoch' | 'seq'> {
  const {
    run: _run,
    epoch: _epoch,
    seq: _seq,
    ...rest
  } = event as E & { readonly run?: unknown; readonly epoch?: unknown; readonly seq?: unknown };
  return rest;
}
