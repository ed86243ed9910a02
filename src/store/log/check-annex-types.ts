import { isAnnexType, type AnnexEvent } from '../../events/annex-event.ts';

/** Throws if an event is one that only the owner of a run may add. */
export function checkAnnexTypes(events: readonly AnnexEvent[]): void {
  const wrong = events.find(({ type }) => !isAnnexType(type));
  if (wrong !== undefined) throw new TypeError(`only the owner of a run may add ${wrong.type}`);
}
