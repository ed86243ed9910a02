import { expect, it } from 'vitest';
import { loadText } from '../../../test/rigs/memory-pipeline.ts';
import { filledPlan } from './filled-plan.ts';

it('shows a plan as the run would have it, without its secrets', async () => {
  const text =
    'inputs:\n  - {name: pw, type: password, default: hunter2}\n  - {name: tag, type: string, default: "1"}\ntest:\n  unit: {env: {URL: "x:${pw}@host"}, container: {image: "app:${tag}", cmds: ["login ${pw} ${HOME}"]}}\n';
  const { value } = await loadText(text);
  if (!value) throw new Error('it cannot be planned');
  expect(filledPlan(value).stages[0]?.steps[0]?.spec).toMatchObject({
    image: 'app:1',
    commands: ['login *** ${HOME}'],
    env: { URL: 'x:***@host' },
  });
  expect(value.plan.stages[0]?.steps[0]?.spec).toMatchObject({ image: 'app:${tag}' });
});
