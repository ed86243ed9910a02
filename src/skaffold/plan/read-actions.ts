import type { Report } from '../../diagnostics/problem.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import { readContainer, readExecution, type ContainersRequest, type ReadContainer } from './read-containers.ts';

/** A custom action. */
export interface ReadAction {
  readonly containers: readonly ReadContainer[];
  /** Whether the failure of one container stops the others. */
  readonly failFast: boolean;
}

/** Returns the custom action of a name: the first one that a configuration has. Reports if there is none, and its mistakes. */
export async function readAction(
  configurations: readonly Configuration[],
  name: string,
  request: ContainersRequest,
  report: Report,
): Promise<ReadAction> {
  for (const configuration of configurations)
    for (const node of itemsOf(valueAt(configuration.document, 'customActions'))) {
      if (textAt(node, 'name') !== name) continue;
      const execution = await readExecution(node, configuration, request, report);
      const containers = itemsOf(valueAt(node, 'containers')).map((container) => {
        const named = valueAt(container, 'name') ?? container;
        return readContainer(container, textAt(named) ?? '', named.at, execution);
      });
      return { containers, failFast: textAt(node, 'failFast') !== 'false' };
    }
  report(problem('S111', undefined, { name, known: actionNames(configurations) }));
  return { containers: [], failFast: true };
}

/** Returns the names of all custom actions. */
export function actionNames(configurations: readonly Pick<Configuration, 'document'>[]): readonly string[] {
  return configurations.flatMap(({ document }) =>
    itemsOf(valueAt(document, 'customActions')).map((node) => textAt(node, 'name') ?? ''),
  );
}
