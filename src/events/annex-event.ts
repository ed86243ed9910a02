/**
 * Events that other processes than the owner add to a run, also after its end: receipts of deliveries, and notes. Their
 * texts contain no secrets: the process that adds them masks them. They have no format: changes are additive only.
 */
import type { StepId } from '../model/ids.ts';

/** An attempt to deliver. */
export interface DeliveryAttempt {
  /** From 1. */
  readonly attempt: number;
  /** The number of the newest event that the request told about. States coalesce, so it may be later than `about`. */
  readonly observed: number;
  readonly result: 'delivered' | 'tryLater' | 'rejected';
  /** A code for programs: `timeout`, `rate-limited`, `401`. */
  readonly reason?: string;
  /** For people. */
  readonly message?: string;
  readonly tookMs: number;
  /** The digest of the request's body. */
  readonly request?: string;
  readonly response?: { readonly status?: number; readonly excerpt?: string };
  /** When the next attempt is due, in milliseconds since 1970. Absent: there is none. */
  readonly nextAt?: number;
  /** The id that the target gave to what was delivered. */
  readonly externalId?: string;
  readonly url?: string;
}

/** `superseded`: a newer delivery to the same target made it needless. `expired`: the attempts have run out. */
export type DeliveryOutcome = 'delivered' | 'rejected' | 'expired' | 'superseded' | 'invalidConfig';

export type AnnexEvent =
  | {
      readonly type: 'delivery.planned';
      /** Unique in the run, the same if planned again. */
      readonly delivery: string;
      /** The name of the integration. */
      readonly name: string;
      readonly driver: string;
      /** The version of the integration's configuration. */
      readonly version?: string;
      /** For people: `github.com/ada/shop, check "build"`. */
      readonly target: string;
      /** The number of the event that is delivered. */
      readonly about: number;
      /** The subject of the delivery. Absent: the run. */
      readonly subject?: { readonly stage: number } | { readonly step: StepId };
    }
  | ({ readonly type: 'delivery.attempted'; readonly delivery: string } & DeliveryAttempt)
  | {
      readonly type: 'delivery.finished';
      readonly delivery: string;
      readonly outcome: DeliveryOutcome;
      readonly reason?: string;
      readonly message?: string;
    }
  | {
      readonly type: 'note.added';
      /** A person or a program. */
      readonly by: string;
      readonly level: 'info' | 'warning';
      readonly message: string;
      /** The number of an event that the note is about. */
      readonly about?: number;
    };

/** A record, so that TypeScript requires every type. */
const annexTypes: Record<AnnexEvent['type'], true> = {
  'delivery.planned': true,
  'delivery.attempted': true,
  'delivery.finished': true,
  'note.added': true,
};

export function isAnnexType(type: string): type is AnnexEvent['type'] {
  return Object.hasOwn(annexTypes, type);
}
