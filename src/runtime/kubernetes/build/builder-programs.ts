import type { ClusterBuilder } from '../../../model/kubernetes-settings.ts';
import { buildahCommand, buildahLimits, buildahPlaces } from './buildah-command.ts';
import { BuildahReport } from './buildah-report.ts';
import type { BuilderProgram } from './builder-program.ts';
import { kanikoCommand, kanikoLimits, kanikoPlaces } from './kaniko-command.ts';
import { KanikoReport } from './kaniko-report.ts';

export const builderPrograms: Readonly<Record<ClusterBuilder['kind'], BuilderProgram>> = {
  kaniko: {
    places: kanikoPlaces,
    limits: kanikoLimits,
    job: kanikoCommand,
    report: (build) => new KanikoReport(build),
  },
  buildah: {
    places: buildahPlaces,
    limits: buildahLimits,
    job: buildahCommand,
    report: (build) => new BuildahReport(build),
  },
};
