import type { ConfigVersion } from './config-version.ts';
import { v1alpha1 } from './v1alpha1.ts';
import { v1alpha2 } from './v1alpha2.ts';
import { v1alpha3 } from './v1alpha3.ts';
import { v1alpha4 } from './v1alpha4.ts';
import { v1alpha5 } from './v1alpha5.ts';
import { v1beta1 } from './v1beta1.ts';
import { v1beta2 } from './v1beta2.ts';
import { v1beta3 } from './v1beta3.ts';
import { v1beta4 } from './v1beta4.ts';
import { v1beta5 } from './v1beta5.ts';
import { v1beta6 } from './v1beta6.ts';
import { v1beta7 } from './v1beta7.ts';
import { v1beta8 } from './v1beta8.ts';
import { v1beta9 } from './v1beta9.ts';
import { v1beta10 } from './v1beta10.ts';
import { v1beta11 } from './v1beta11.ts';
import { v1beta12 } from './v1beta12.ts';
import { v1beta13 } from './v1beta13.ts';
import { v1beta14 } from './v1beta14.ts';
import { v1beta15 } from './v1beta15.ts';
import { v1beta16 } from './v1beta16.ts';
import { v1beta17 } from './v1beta17.ts';
import { v1 } from './v1.ts';
import { v2alpha1 } from './v2alpha1.ts';
import { v2alpha2 } from './v2alpha2.ts';
import { v2alpha3 } from './v2alpha3.ts';
import { v2alpha4 } from './v2alpha4.ts';

/** The versions before v2beta1, oldest first. */
export const oldVersions: readonly ConfigVersion[] = [
  v1alpha1,
  v1alpha2,
  v1alpha3,
  v1alpha4,
  v1alpha5,
  v1beta1,
  v1beta2,
  v1beta3,
  v1beta4,
  v1beta5,
  v1beta6,
  v1beta7,
  v1beta8,
  v1beta9,
  v1beta10,
  v1beta11,
  v1beta12,
  v1beta13,
  v1beta14,
  v1beta15,
  v1beta16,
  v1beta17,
  v1,
  v2alpha1,
  v2alpha2,
  v2alpha3,
  v2alpha4,
];
