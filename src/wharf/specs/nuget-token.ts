/** The operator's secret whose key `token` pushes packages (docs/design/wharf.md, "Step types"). No field names it. */
export const nugetTokenSecret = 'wharf-nuget-api-token';
