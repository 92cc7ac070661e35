// The numbers of severities.
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };

export default { DiagnosticSeverity };
