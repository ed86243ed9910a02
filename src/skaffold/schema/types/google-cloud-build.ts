/** Builds in Google Cloud Build. They are read so that files stay valid, and never run. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { aText, option, required, texts, unused, whole } from './fields.ts';

const image = (what: string, name: string) => aText(unused(`The image that runs ${what} builds.`), { default: name });

export const googleCloudBuildTypes: TypeShapes = {
  GoogleCloudBuild: {
    label: 'Google Cloud Build',
    fields: {
      projectId: aText(unused('The Google Cloud project of the builds.')),
      diskSizeGb: whole(unused('The disk size of the build machine in GB.')),
      machineType: aText(unused('The type of the build machine.')),
      timeout: aText(unused('The time limit of a build.')),
      logging: aText(unused('Where the logs of builds are kept.'), {
        examples: ['LOGGING_UNSPECIFIED', 'LEGACY', 'GCS_ONLY'],
      }),
      logStreamingOption: aText(unused('Whether logs are written while the build runs.'), {
        examples: ['STREAM_DEFAULT', 'STREAM_ON', 'STREAM_OFF'],
      }),
      dockerImage: image('Docker', 'gcr.io/cloud-builders/docker'),
      kanikoImage: image('kaniko', 'gcr.io/kaniko-project/executor'),
      mavenImage: image('Maven', 'gcr.io/cloud-builders/mvn'),
      gradleImage: image('Gradle', 'gcr.io/cloud-builders/gradle'),
      packImage: image('buildpack', 'gcr.io/k8s-skaffold/pack'),
      koImage: image('ko', 'gcr.io/k8s-skaffold/skaffold'),
      bucket: aText(unused('The Cloud Storage bucket for sources.')),
      concurrency: whole(unused('How many images are built at the same time. `0` means all.'), { default: '0' }),
      workerPool: aText(unused('The worker pool that runs the builds.')),
      region: aText(unused('The region of the builds.')),
      platformEmulatorInstallStep: option(
        'PlatformEmulatorInstallStep',
        unused('A step before each build that installs emulators of other platforms.'),
      ),
      serviceAccount: aText(unused('The Google service account of the builds.')),
    },
  },
  PlatformEmulatorInstallStep: {
    label: 'the emulator installation',
    fields: {
      image: aText(unused('The image that installs the emulators.'), required),
      args: texts(unused('The arguments of that image.')),
      entrypoint: aText(unused('The entrypoint of that image.')),
    },
  },
};
