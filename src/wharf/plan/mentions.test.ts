import { describe, expect, it } from 'vitest';
import { checkPipeline } from '../../../test/rigs/check-pipeline.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { withMentionsIn, mentionsOf } from './mentions.ts';

function mentions(text: string, runs = true) {
  const { value } = checkPipeline(new SourceText('.wharf-ci.yml', text));
  if (!value) throw new Error(`not valid: ${text}`);
  return mentionsOf(text, value, runs);
}

describe('what a pipeline mentions', () => {
  it('is what its text says, and the defaults of its fields', () => {
    const found = mentions('s: {st: {docker: {file: Dockerfile, tag: "${GIT_TAG}"}}}');
    expect(['GIT_TAG', 'REG_URL', 'REPO_GROUP', 'GIT_COMMIT'].map((name) => found.name(name))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('is anything where files are filled in when it runs, and nothing more where it is only looked at', () => {
    const text = 's: {st: {kubectl: {file: app.yaml}}}';
    expect(mentions(text).name('GIT_COMMIT')).toBe(true);
    expect(mentions(text, false).name('GIT_COMMIT')).toBe(false);
  });

  it('stands in values from elsewhere too', () => {
    const found = withMentionsIn(mentions('s: {st: {container: {image: "${image}", cmds: [a]}}}'), [
      'app:${GIT_COMMIT}',
      'GIT_TAG',
    ]);
    expect([found.name('GIT_COMMIT'), found.name('GIT_TAG')]).toEqual([true, false]);
  });
});
