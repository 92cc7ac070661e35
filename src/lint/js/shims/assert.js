// Assertions: they throw when what they say is not so.
import { isEqual } from 'lodash';

const check = (holds, message) => {
  if (!holds) throw message instanceof Error ? message : new Error(message === undefined ? 'an assertion failed' : String(message));
};
const assert = Object.assign((value, message) => check(value, message), {
  ok: (value, message) => check(value, message),
  equal: (a, b, message) => check(a == b, message),
  notEqual: (a, b, message) => check(a != b, message),
  strictEqual: (a, b, message) => check(Object.is(a, b), message),
  notStrictEqual: (a, b, message) => check(!Object.is(a, b), message),
  deepEqual: (a, b, message) => check(isEqual(a, b), message),
  deepStrictEqual: (a, b, message) => check(isEqual(a, b), message),
  fail: (message) => check(false, message),
});
export const { ok, equal, notEqual, strictEqual, notStrictEqual, deepEqual, deepStrictEqual, fail } = assert;
export default assert;
