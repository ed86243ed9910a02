import { describe, expect, it } from 'vitest';
import { customVariables } from './custom-variables.ts';

const build = { image: 'app', reference: 'app:1', context: '/src/app', requires: [], platforms: [] };

describe('the variables of a custom build', () => {
  it('name the image, the context and what to do with the image', () => {
    expect(customVariables(build)).toEqual({
      IMAGE: 'app:1',
      IMAGE_REPO: 'app',
      IMAGE_TAG: '1',
      PUSH_IMAGE: 'false',
      BUILD_CONTEXT: '/src/app',
      PLATFORMS: '',
      SKIP_TEST: 'false',
    });
  });

  it.each([
    ['registry.example:5000/team/app:v1', 'registry.example:5000/team/app', 'v1'],
    ['registry.example:5000/team/app', 'registry.example:5000/team/app', ''],
    ['localhost/app:a_b.c-d', 'localhost/app', 'a_b.c-d'],
  ])('split %s', (reference, repository, tag) => {
    expect(customVariables({ ...build, reference })).toMatchObject({
      IMAGE: reference,
      IMAGE_REPO: repository,
      IMAGE_TAG: tag,
    });
  });

  it('say whether to push, and for which platforms', () => {
    expect(
      customVariables({ ...build, push: { insecure: false }, platforms: ['linux/amd64', 'linux/arm64'] }),
    ).toMatchObject({ PUSH_IMAGE: 'true', PLATFORMS: 'linux/amd64,linux/arm64' });
  });

  it('have the required images under names that a shell accepts', () => {
    const requires = [
      { alias: 'BASE', reference: 'base:1' },
      { alias: 'team/other-image', reference: 'other:2' },
    ];
    expect(customVariables({ ...build, requires })).toMatchObject({ BASE: 'base:1', team_other_image: 'other:2' });
  });
});
