import { code } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Names and tags of images. */
export const tagCodes = {
  S070: code({
    severity: 'warning',
    title: 'Tag policy cannot make a tag',
    explanation:
      'A tag policy needs something that is not there: a Git repository with a commit, an environment variable, a ' +
      'time zone. As Skaffold does, Slipway then tags the image like the policy `sha256`: with `latest`, or with ' +
      'the tag in its name. Images of different sources may then have the same tag.',
    message: (p: { policy: string; images: readonly string[]; why: string; noFolder?: true }) =>
      `cannot tag ${p.images.map(quoted).join(', ')} by \`${p.policy}\`, so the tag of \`sha256\` is used: ${p.why}`,
    help: (p) => {
      if (p.noFolder) return 'check `context` of the artifact; with -f, relative paths start at the current folder';
      return p.policy === 'gitCommit'
        ? 'commit the project with Git, or choose another `tagPolicy`'
        : 'choose another `tagPolicy`';
    },
  }),
  S071: code({
    severity: 'error',
    title: 'Invalid tag',
    explanation:
      'A tag has at most 128 letters, digits, `_`, `.` and `-`, and does not begin with `.` or `-`. The tag ' +
      'policy, or `--tag`, makes another one for this image.',
    message: (p: { policy: string; image: string; tag: string }) =>
      `\`${p.policy}\` makes an invalid tag for ${quoted(p.image)}: ${quoted(p.tag)}`,
    help: (p) =>
      p.tag.length > 128
        ? `make it shorter: it has ${p.tag.length} characters, and 128 are allowed`
        : 'use only letters, digits, `_`, `.` and `-`',
  }),
  S072: code({
    severity: 'error',
    title: 'Invalid image name',
    explanation:
      'The name of an image consists of lower-case letters and digits, separated by `.`, `_`, `__` or dashes, and ' +
      'by `/`. A registry with a port may precede it. It has at most 255 characters. `--default-repo` is part of ' +
      'the name.',
    message: (p: { image: string; name: string }) =>
      `invalid image name ${quoted(p.name)}${p.name.startsWith(p.image) ? '' : ` for ${quoted(p.image)}`}`,
    help: (p) =>
      p.name.startsWith(p.image)
        ? 'write it like `registry.example/team/app`'
        : 'check `--default-repo`, and the length of the name',
  }),
  S073: code({
    severity: 'error',
    title: 'Image has a tag already',
    explanation:
      'The name in `artifacts.image` has a tag or digest, and the tag policy adds a tag. Only the policy `sha256` ' +
      'keeps a tag that is in the name.',
    message: (p: { policy: string; image: string; tag: string }) =>
      `${quoted(p.image)} has a tag already, and \`${p.policy}\` adds ${quoted(p.tag)}`,
    help: () => 'remove the tag from `image`, or write `tagPolicy: { sha256: {} }`',
  }),
  S074: code({
    severity: 'error',
    title: 'Invalid template of a tag',
    explanation:
      'The template is not one of Go (`text/template`). `envTemplate` knows environment variables and `IMAGE_NAME`; ' +
      '`customTemplate` knows the names of its components, and `GIT`, `DATE` and `SHA`.',
    message: (p: { policy: string; why: string }) => `invalid template of \`${p.policy}\`: ${p.why}`,
  }),
  S075: code({
    severity: 'error',
    title: 'Duplicate component',
    explanation: 'The template of `customTemplate` uses components by their names, so names must be unique.',
    message: (p: { name: string }) => `\`customTemplate\` has two components with the name ${quoted(p.name)}`,
    help: () => 'change one of the names',
  }),
  S076: code({
    severity: 'warning',
    title: 'Tag differs from the name in Git',
    explanation:
      'Names of Git may have characters that tags of images cannot have, such as `/`. They become `_`. A name of ' +
      'more than 128 characters is cut.',
    message: (p: { policy: string; written: string; tag: string }) =>
      `\`${p.policy}\` uses the tag ${quoted(p.tag)} for ${quoted(p.written)}`,
  }),
};
