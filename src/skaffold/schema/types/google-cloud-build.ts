/** Builds in Google Cloud Build. They are read so that files stay valid, and never run. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { textField, optionalSection, required, textList, unused, integerField } from './fields.ts';

const image = (what: string, name: string) =>
  textField(unused(`The image that runs ${what} builds.`), { default: name });

export const googleCloudBuildTypes: TypeShapes = {
  GoogleCloudBuild: {
    label: 'Google Cloud Build',
    fields: {
      projectId: textField(unused('The Google Cloud project of the builds.')),
      diskSizeGb: integerField(unused('The disk size of the build machine in GB.')),
      machineType: textField(unused('The type of the build machine.')),
      timeout: textField(unused('The time limit of a build.')),
      logging: textField(unused('Where the logs of builds are kept.'), {
        examples: ['LOGGING_UNSPECIFIED', 'LEGACY', 'GCS_ONLY'],
      }),
      logStreamingOption: textField(unused('Whether logs are written while the build runs.'), {
        examples: ['STREAM_DEFAULT', 'STREAM_ON', 'STREAM_OFF'],
      }),
      dockerImage: image('Docker', 'gcr.io/cloud-builders/docker'),
      kanikoImage: image('kaniko', 'gcr.io/kaniko-project/executor'),
      mavenImage: image('Maven', 'gcr.io/cloud-builders/mvn'),
      gradleImage: image('Gradle', 'gcr.io/cloud-builders/gradle'),
      packImage: image('buildpack', 'gcr.io/k8s-skaffold/pack'),
      koImage: image('ko', 'gcr.io/k8s-skaffold/skaffold'),
      bucket: textField(unused('The Cloud Storage bucket for sources.')),
      concurrency: integerField(unused('How many images are built at the same time. `0` means all.'), { default: '0' }),
      workerPool: textField(unused('The worker pool that runs the builds.')),
      region: textField(unused('The region of the builds.')),
      platformEmulatorInstallStep: optionalSection(
        'PlatformEmulatorInstallStep',
        unused('A step before each build that installs emulators of other platforms.'),
      ),
      serviceAccount: textField(unused('The Google service account of the builds.')),
    },
  },
  PlatformEmulatorInstallStep: {
    label: 'the emulator installation',
    fields: {
      image: textField(unused('The image that installs the emulators.'), required),
      args: textList(unused('The arguments of that image.')),
      entrypoint: textField(unused('The entrypoint of that image.')),
    },
  },
};
