// What rulesets import from `@stoplight/spectral-core`: functions that check their target and options first.
export class RulesetValidationError extends Error {}

export function createRulesetFunction({ input, errorOnInvalidInput = false, options }, fn) {
  const accepted = new WeakSet();
  const wrapped = function (target, given, ...rest) {
    if (input !== null && input !== undefined && __covenant.faults(input, target).length > 0) {
      return errorOnInvalidInput ? [{ message: 'invalid input' }] : undefined;
    }
    wrapped.validator(given);
    return fn(target, given, ...rest);
  };
  wrapped.validator = function (given) {
    if (options === undefined || (typeof given === 'object' && given !== null && accepted.has(given))) return;
    if (options === null) {
      if (given === null || given === undefined) return;
      throw new RulesetValidationError(`"${fn.name || '<unknown>'}" function does not accept any options`);
    }
    const faults = __covenant.faults(options, given === undefined ? null : given);
    if (faults.length > 0) {
      throw new RulesetValidationError(`options of "${fn.name || '<unknown>'}": ${faults.join(', ')}`);
    }
    if (typeof given === 'object' && given !== null) accepted.add(given);
  };
  Object.defineProperty(wrapped, 'name', { value: fn.name });
  Object.defineProperty(wrapped, 'schemas', { enumerable: false, value: { input, options } });
  return wrapped;
}

export default { createRulesetFunction, RulesetValidationError };
