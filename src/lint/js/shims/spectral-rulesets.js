// The built-in rulesets, by their names.
export const oas = __covenant.mark({}, 'ruleset', 'spectral:oas');
export const asyncapi = __covenant.mark({}, 'ruleset', 'spectral:asyncapi');
export const arazzo = __covenant.mark({}, 'ruleset', 'spectral:arazzo');

export default { oas, asyncapi, arazzo };
