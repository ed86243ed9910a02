import type { Report } from '../../diagnostics/problem.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import { readContainer, readExecution, type ContainersRequest, type ReadContainer } from './read-containers.ts';

/** Returns the containers of the `verify` sections, in the order of the configurations. Reports every mistake. */
export async function readVerify(
  configurations: readonly Configuration[],
  request: ContainersRequest,
  report: Report,
): Promise<readonly ReadContainer[]> {
  const found: ReadContainer[] = [];
  for (const configuration of configurations)
    for (const node of itemsOf(valueAt(configuration.document, 'verify'))) {
      const at = (valueAt(node, 'name') ?? node).at;
      const name = textAt(node, 'name') ?? '';
      const first = found.find((other) => other.name === name);
      if (first) report(problem('S114', at, { name }, [{ message: 'the first one', at: first.at }]));
      const execution = await readExecution(node, configuration, request, report);
      found.push(readContainer(valueAt(node, 'container'), name, at, execution));
    }
  return found;
}
