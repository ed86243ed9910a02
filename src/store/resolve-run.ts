import type { RunId } from '../model/ids.ts';
import { parseRunReference } from './run-reference.ts';
import type { Resolved } from './store.ts';

/** The lookups that a store offers. Each returns all or the first few matches, newest first. */
export interface RunLookup {
  exists(id: string): Promise<boolean>;
  numbered(number: number, project: string | undefined): Promise<readonly RunId[]>;
  beginningWith(prefix: string): Promise<readonly RunId[]>;
  latest(project: string | undefined): Promise<readonly RunId[]>;
}

export async function resolveRun(text: string, project: string | undefined, lookup: RunLookup): Promise<Resolved> {
  const reference = parseRunReference(text);
  switch (reference.kind) {
    case 'nothing':
      return { status: 'none' };
    case 'latest':
      return toResolved(await lookup.latest(project));
    case 'id':
      return (await lookup.exists(reference.id)) ? { status: 'found', run: reference.id as RunId } : { status: 'none' };
    case 'prefix':
      return toResolved(await lookup.beginningWith(reference.prefix));
    case 'number': {
      const numbered = await lookup.numbered(reference.number, project);
      if (numbered.length > 0 || reference.prefix === undefined) return toResolved(numbered);
      return toResolved(await lookup.beginningWith(reference.prefix));
    }
  }
}

function toResolved(candidates: readonly RunId[]): Resolved {
  const [first, ...others] = candidates;
  if (first === undefined) return { status: 'none' };
  return others.length === 0 ? { status: 'found', run: first } : { status: 'ambiguous', candidates };
}
