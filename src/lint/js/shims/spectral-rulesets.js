// The built-in rulesets.
export const oas = __covenant.builtin('spectral:oas');
export const asyncapi = __covenant.mark({}, 'ruleset', 'spectral:asyncapi');
export const arazzo = __covenant.mark({}, 'ruleset', 'spectral:arazzo');

export default { oas, asyncapi, arazzo };
