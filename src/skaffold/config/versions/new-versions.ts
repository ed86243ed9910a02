import type { ConfigVersion } from './config-version.ts';
import { v2beta1 } from './v2beta1.ts';
import { v2beta2 } from './v2beta2.ts';
import { v2beta3 } from './v2beta3.ts';
import { v2beta4 } from './v2beta4.ts';
import { v2beta5 } from './v2beta5.ts';
import { v2beta6 } from './v2beta6.ts';
import { v2beta7 } from './v2beta7.ts';
import { v2beta8 } from './v2beta8.ts';
import { v2beta9 } from './v2beta9.ts';
import { v2beta10 } from './v2beta10.ts';
import { v2beta11 } from './v2beta11.ts';
import { v2beta12 } from './v2beta12.ts';
import { v2beta13 } from './v2beta13.ts';
import { v2beta14 } from './v2beta14.ts';
import { v2beta15 } from './v2beta15.ts';
import { v2beta16 } from './v2beta16.ts';
import { v2beta17 } from './v2beta17.ts';
import { v2beta18 } from './v2beta18.ts';
import { v2beta19 } from './v2beta19.ts';
import { v2beta20 } from './v2beta20.ts';
import { v2beta21 } from './v2beta21.ts';
import { v2beta22 } from './v2beta22.ts';
import { v2beta23 } from './v2beta23.ts';
import { v2beta24 } from './v2beta24.ts';
import { v2beta25 } from './v2beta25.ts';
import { v2beta26 } from './v2beta26.ts';
import { v2beta27 } from './v2beta27.ts';
import { v2beta28 } from './v2beta28.ts';
import { v2beta29 } from './v2beta29.ts';
import { v3alpha1 } from './v3alpha1.ts';
import { v3 } from './v3.ts';
import { v4beta1 } from './v4beta1.ts';
import { v4beta2 } from './v4beta2.ts';
import { v4beta3 } from './v4beta3.ts';
import { v4beta4 } from './v4beta4.ts';
import { v4beta5 } from './v4beta5.ts';
import { v4beta6 } from './v4beta6.ts';
import { v4beta7 } from './v4beta7.ts';
import { v4beta8 } from './v4beta8.ts';
import { v4beta9 } from './v4beta9.ts';
import { v4beta10 } from './v4beta10.ts';
import { v4beta11 } from './v4beta11.ts';
import { v4beta12 } from './v4beta12.ts';
import { v4beta13 } from './v4beta13.ts';

/** The versions from v2beta1 to the one before the newest, oldest first. */
export const newVersions: readonly ConfigVersion[] = [
  v2beta1,
  v2beta2,
  v2beta3,
  v2beta4,
  v2beta5,
  v2beta6,
  v2beta7,
  v2beta8,
  v2beta9,
  v2beta10,
  v2beta11,
  v2beta12,
  v2beta13,
  v2beta14,
  v2beta15,
  v2beta16,
  v2beta17,
  v2beta18,
  v2beta19,
  v2beta20,
  v2beta21,
  v2beta22,
  v2beta23,
  v2beta24,
  v2beta25,
  v2beta26,
  v2beta27,
  v2beta28,
  v2beta29,
  v3alpha1,
  v3,
  v4beta1,
  v4beta2,
  v4beta3,
  v4beta4,
  v4beta5,
  v4beta6,
  v4beta7,
  v4beta8,
  v4beta9,
  v4beta10,
  v4beta11,
  v4beta12,
  v4beta13,
];
