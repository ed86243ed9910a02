import { expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';

it('validate says everything and exits 2 on errors', async ({ services, slipway }) => {
  services.pipeline = { diagnostics: [{ code: 'W012', severity: 'error', message: 'unknown field `imgae`' }] };
  expect(await slipway(['validate'])).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('error W012 unknown field `imgae`') as string,
  });
  const json = await slipway(['validate', '--output', 'json']);
  expect(JSON.parse(json.stdout)).toEqual({ valid: false, name: null, diagnostics: services.pipeline.diagnostics });
});
