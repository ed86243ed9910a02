import { shownPort } from '../../deploy/forward/forwarded-port.ts';
import { stepKind, type StepKind } from '../../steps/step-kind.ts';
import type { FollowStepSpec } from '../plan/deploy-spec.ts';

/** `follow`: shows what was deployed until the user stops it. */
export const followKind: StepKind = stepKind<FollowStepSpec>({
  kind: 'follow',
  async load() {
    const { followStep } = await import('./follow-step.ts');
    return followStep;
  },
  uses: () => ({}),
  text: ({ logs, forwards }) => ({
    summary: 'follow what was deployed, until Ctrl-C',
    details: [
      ...(logs === undefined ? [] : ['logs of all containers']),
      ...(forwards === undefined ? [] : [`ports: ${forwards.classes.join(', ')}`]),
      ...(forwards?.ports ?? []).map((port) => `port ${shownPort(port)}`),
    ],
    notes: [],
  }),
});
