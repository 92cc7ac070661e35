// The core functions, callable from functions of a ruleset.
export const alphabetical = __covenant.core('alphabetical');
export const casing = __covenant.core('casing');
export const defined = __covenant.core('defined');
export const enumeration = __covenant.core('enumeration');
export const falsy = __covenant.core('falsy');
export const length = __covenant.core('length');
export const or = __covenant.core('or');
export const pattern = __covenant.core('pattern');
export const schema = __covenant.core('schema');
export const truthy = __covenant.core('truthy');
const undefined_ = __covenant.core('undefined');
export { undefined_ as undefined };
export const unreferencedReusableObject = __covenant.core('unreferencedReusableObject');
export const xor = __covenant.core('xor');

export default {
  alphabetical, casing, defined, enumeration, falsy, length, or, pattern, schema, truthy, undefined: undefined_,
  unreferencedReusableObject, xor,
};
