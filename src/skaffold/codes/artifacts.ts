import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Artifacts and their builders. */
export const artifactCodes = {
  S020: code({
    severity: 'error',
    title: 'Two artifacts have the same image',
    explanation:
      'Each artifact has an image of its own, also across modules: manifests and `requires` refer to artifacts by image.',
    message: (p: { image: string }) => `two artifacts build the image ${quoted(p.image)}`,
  }),
  S021: code({
    severity: 'error',
    title: 'Required artifact does not exist',
    explanation:
      '`requires` of an artifact names the image of another artifact of the same configuration or of a module.',
    message: (p: { image: string; by: string; known: readonly string[] }) =>
      `${quoted(p.by)} requires ${quoted(p.image)}, but no artifact builds it${didYouMean(p.image, p.known)}`,
  }),
  S022: code({
    severity: 'error',
    title: 'Artifacts require each other',
    explanation: 'No artifact of a circle of `requires` can be built first.',
    message: (p: { circle: readonly string[] }) => `circular reference: ${p.circle.map(quoted).join(' requires ')}`,
  }),
  S024: code({
    severity: 'error',
    title: 'Option of a builder is not supported',
    explanation:
      'Slipway refuses an option that it cannot honour, because the image would differ from what you asked for.',
    message: (p: { field: string; why: string }) => `${quoted(p.field)} is not supported: ${p.why}`,
    help: () => 'remove it',
  }),
  S025: code({
    severity: 'error',
    title: 'No artifact with this image',
    explanation:
      '`--build-image` takes the image of an artifact, or a part of it. Artifacts that it requires are built too.',
    message: (p: { image: string; known: readonly string[] }) =>
      `no artifact has an image with ${quoted(p.image)}${didYouMean(p.image, p.known)}`,
  }),
  S026: code({
    severity: 'warning',
    title: 'No artifacts',
    explanation:
      '`slipway build` builds what `build.artifacts` lists, in all configurations of the file and its modules.',
    message: () => 'there are no artifacts to build',
  }),
  S027: code({
    severity: 'error',
    title: 'Wrong value',
    explanation: 'The field takes only values of a certain form.',
    message: (p: { field: string; written: string; expected: string }) =>
      `${quoted(p.field)} is ${quoted(p.written)}, but must be ${p.expected}`,
  }),
};
