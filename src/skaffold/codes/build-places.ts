import { code } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Where images are built, and for which platforms. */
export const buildPlaceCodes = {
  S054: code({
    severity: 'warning',
    title: 'Only one of several platforms is built',
    explanation:
      'A registry keeps an image of several platforms; an engine keeps one for each name. So an image that is not pushed is built for one ' +
      'platform: that of this machine if it is in the list, else the first.',
    message: (p: { image: string; built: string; wanted: readonly string[] }) =>
      `${quoted(p.image)} is built for ${p.built} only, not for ${p.wanted.filter((one) => one !== p.built).join(' and ')}, because it is not pushed`,
    help: () => 'push it with --push, or choose one platform with --platform',
  }),
};
