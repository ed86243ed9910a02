import { any, listOf, text, typed, type Field } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

const ignored: Field = { shape: any };

export const v4beta3: ConfigVersion = {
  name: 'v4beta3',
  changes: {
    VerifyTestCase: {
      fields: { container: { shape: typed('VerifyContainer'), oneOf: 'verifyType' } },
      without: ['executionMode'],
    },
    VerifyExecutionModeConfig: null,
    LocalVerifier: null,
    KubernetesClusterVerifier: null,
    // A container of Kubernetes, whose field names Skaffold reads in lower case. Later versions have only five of them.
    VerifyContainer: {
      label: 'a container',
      fields: {
        name: { shape: text },
        image: { shape: text },
        command: { shape: listOf(text) },
        args: { shape: listOf(text) },
        env: { shape: listOf(typed('VerifyEnvVar')) },
        workingdir: ignored,
        ports: ignored,
        envfrom: ignored,
        resources: ignored,
        volumemounts: ignored,
        volumedevices: ignored,
        livenessprobe: ignored,
        readinessprobe: ignored,
        startupprobe: ignored,
        lifecycle: ignored,
        terminationmessagepath: ignored,
        terminationmessagepolicy: ignored,
        imagepullpolicy: ignored,
        securitycontext: ignored,
        stdin: ignored,
        stdinonce: ignored,
        tty: ignored,
      },
    },
    VerifyEnvVar: { fields: { valuefrom: ignored } },
  },
};
