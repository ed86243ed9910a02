import { visible } from '../../util/visible.ts';
import type { PlaceSettings } from '../../events/event.ts';
import type { RunState } from '../../events/run-state.ts';
import type { Look } from '../text/look.ts';
import { ellipsis } from '../text/symbols.ts';

/**
 * Returns what a run is and where it runs. The most important part comes first, because a narrow window cuts the end.
 */
export function headerParts(state: RunState, look: Look): string[] {
  const parts: string[] = [];
  if (state.name !== undefined) parts.push(visible(state.name));
  if (state.number !== undefined) parts.push(`#${state.number}`);
  if (state.run !== undefined) parts.push(`${state.run.slice(0, 10)}${ellipsis(look)}`);
  const runtime = runtimeOf(state);
  if (runtime !== '') parts.push(runtime);
  const source = describeSource(state.source);
  if (source !== '') parts.push(source);
  return parts;
}

/** Returns `docker (Podman 4.3.1)`, and where the run deploys, or runs its jobs, if that is another place. */
export function runtimeOf({ settings }: RunState): string {
  const [own, deploys] = [placeText(settings), placeText(settings?.deploys)];
  if (deploys === '' || deploys === own) return own;
  return `${own}, ${settings?.deployed === 'jobs' ? 'and jobs on' : 'deploys to'} ${deploys}`;
}

function placeText({ runtime, engine }: Pick<PlaceSettings, 'runtime' | 'engine'> = {}): string {
  if (runtime === undefined) return '';
  return engine === undefined ? runtime : `${runtime} (${visible(engine)})`;
}

/** Returns `main@3f2c1ab +2 dirty`. */
export function describeSource(source: RunState['source']): string {
  if (source?.commit === undefined) return '';
  const ref = source.ref?.replace(/^refs\/(heads|tags)\//, '');
  const at = `${ref === undefined ? '' : `${visible(ref)}@`}${source.commit.slice(0, 7)}`;
  return source.dirty === undefined || source.dirty === 0 ? at : `${at} +${source.dirty} dirty`;
}
