export { PlainReporter as LiveReporter } from './plain-reporter.ts';
