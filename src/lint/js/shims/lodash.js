// The parts of lodash that functions of rulesets use.
const toPath = (path) =>
  Array.isArray(path) ? path : String(path).replace(/\[(?:'([^']*)'|"([^"]*)"|([^\]]*))\]/g, (_, a, b, c) => `.${a ?? b ?? c}`).split('.').filter((part, at) => part !== '' || at > 0);
export { toPath };
export const isArray = Array.isArray;
export const isNil = (value) => value === null || value === undefined;
export const isNull = (value) => value === null;
export const isUndefined = (value) => value === undefined;
export const isString = (value) => typeof value === 'string' || value instanceof String;
export const isNumber = (value) => typeof value === 'number' || value instanceof Number;
export const isInteger = Number.isInteger;
export const isBoolean = (value) => typeof value === 'boolean' || value instanceof Boolean;
export const isFunction = (value) => typeof value === 'function';
export const isRegExp = (value) => value instanceof RegExp;
export const isError = (value) => value instanceof Error;
export const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
export const isObjectLike = (value) => typeof value === 'object' && value !== null;
export const isPlainObject = (value) => {
  if (!isObjectLike(value)) return false;
  const proto = Object.getPrototypeOf(value);
  return proto === null || proto === Object.prototype;
};
export const isEmpty = (value) => {
  if (isNil(value) || typeof value === 'number' || typeof value === 'boolean') return true;
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0;
  if (value instanceof Map || value instanceof Set) return value.size === 0;
  return Object.keys(value).length === 0;
};
export const isEqual = (a, b) => {
  if (Object.is(a, b) || a === b) return true;
  if (!isObjectLike(a) || !isObjectLike(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
};
export const get = (object, path, otherwise) => {
  let value = object;
  for (const part of toPath(path)) {
    if (isNil(value)) return otherwise;
    value = value[part];
  }
  return value === undefined ? otherwise : value;
};
export const has = (object, path) => {
  let value = object;
  for (const part of toPath(path)) {
    if (isNil(value) || !Object.hasOwn(Object(value), part)) return false;
    value = value[part];
  }
  return true;
};
export const set = (object, path, value) => {
  const parts = toPath(path);
  let at = object;
  parts.slice(0, -1).forEach((part, index) => {
    if (!isObject(at[part])) at[part] = /^\d+$/.test(parts[index + 1]) ? [] : {};
    at = at[part];
  });
  at[parts[parts.length - 1]] = value;
  return object;
};
const by = (how) => (typeof how === 'function' ? how : isObjectLike(how) ? (value) => Object.keys(how).every((key) => isEqual(get(value, key), how[key])) : isNil(how) ? (value) => value : (value) => get(value, how));
const values_ = (list) => (isNil(list) ? [] : Array.isArray(list) ? list : typeof list === 'string' ? [...list] : Object.values(list));
export const keys = (value) => (isNil(value) ? [] : Object.keys(Object(value)));
export const values = values_;
export const entries = (value) => (isNil(value) ? [] : Object.entries(value));
export const toPairs = entries;
export const fromPairs = (list) => Object.fromEntries(list);
export const forEach = (list, fn) => {
  if (Array.isArray(list)) list.every((value, at) => fn(value, at, list) !== false);
  else if (!isNil(list)) Object.keys(list).every((key) => fn(list[key], key, list) !== false);
  return list;
};
export const each = forEach;
export const forOwn = forEach;
export const map = (list, fn) => (Array.isArray(list) || isNil(list) ? (list || []).map((v, at) => by(fn)(v, at, list)) : Object.keys(list).map((key) => by(fn)(list[key], key, list)));
export const filter = (list, fn) => values_(list).filter((value, at) => by(fn)(value, at, list));
export const reject = (list, fn) => values_(list).filter((value, at) => !by(fn)(value, at, list));
export const find = (list, fn) => values_(list).find((value, at) => by(fn)(value, at, list));
export const some = (list, fn) => values_(list).some((value, at) => by(fn)(value, at, list));
export const every = (list, fn) => values_(list).every((value, at) => by(fn)(value, at, list));
export const reduce = (list, fn, start) => {
  const all = Array.isArray(list) ? list.map((v, at) => [at, v]) : Object.entries(list || {});
  return all.reduce((sum, [key, value]) => fn(sum, value, key, list), start);
};
export const includes = (list, value) => (typeof list === 'string' ? list.includes(value) : values_(list).includes(value));
export const uniq = (list) => [...new Set(list || [])];
export const uniqBy = (list, fn) => {
  const seen = new Set();
  return (list || []).filter((value) => !seen.has(by(fn)(value)) && seen.add(by(fn)(value)));
};
export const uniqWith = (list, same) => (list || []).reduce((out, value) => (out.some((known) => same(value, known)) ? out : [...out, value]), []);
export const groupBy = (list, fn) => values_(list).reduce((out, value) => {
  const key = by(fn)(value);
  (Object.hasOwn(out, key) ? out[key] : (out[key] = [])).push(value);
  return out;
}, {});
export const flatten = (list) => (list || []).flat();
export const flattenDeep = (list) => (list || []).flat(Infinity);
export const flatMap = (list, fn) => map(list, fn).flat();
export const compact = (list) => (list || []).filter(Boolean);
export const difference = (list, ...others) => (list || []).filter((value) => !others.some((other) => other.includes(value)));
export const intersection = (list, ...others) => uniq(list).filter((value) => others.every((other) => other.includes(value)));
export const union = (...lists) => uniq(lists.flat());
export const without = (list, ...out) => (list || []).filter((value) => !out.includes(value));
export const first = (list) => (list || [])[0];
export const head = first;
export const last = (list) => (list || [])[(list || []).length - 1];
export const initial = (list) => (list || []).slice(0, -1);
export const size = (list) => (isNil(list) ? 0 : typeof list === 'string' ? list.length : values_(list).length);
export const pick = (object, ...names) => Object.fromEntries(names.flat().filter((name) => !isNil(object) && name in object).map((name) => [name, object[name]]));
export const omit = (object, ...names) => Object.fromEntries(Object.entries(object || {}).filter(([name]) => !names.flat().includes(name)));
export const pickBy = (object, fn) => Object.fromEntries(Object.entries(object || {}).filter(([key, value]) => by(fn)(value, key)));
export const omitBy = (object, fn) => Object.fromEntries(Object.entries(object || {}).filter(([key, value]) => !by(fn)(value, key)));
export const mapValues = (object, fn) => Object.fromEntries(Object.entries(object || {}).map(([key, value]) => [key, by(fn)(value, key, object)]));
export const mapKeys = (object, fn) => Object.fromEntries(Object.entries(object || {}).map(([key, value]) => [by(fn)(value, key, object), value]));
export const cloneDeep = (value) => (Array.isArray(value) ? value.map(cloneDeep) : isPlainObject(value) ? mapValues(value, cloneDeep) : value);
export const clone = (value) => (Array.isArray(value) ? [...value] : isPlainObject(value) ? { ...value } : value);
export const merge = (target, ...sources) => {
  for (const source of sources) {
    for (const key of keys(source)) {
      if (key === '__proto__') continue;
      if (isObjectLike(source[key]) && isObjectLike(target[key])) merge(target[key], source[key]);
      else if (source[key] !== undefined) target[key] = cloneDeep(source[key]);
    }
  }
  return target;
};
export const assign = Object.assign;
export const sortBy = (list, ...how) => {
  const fns = how.flat().length > 0 ? how.flat().map(by) : [by()];
  return values_(list).slice().sort((a, b) => {
    for (const fn of fns) {
      const [x, y] = [fn(a), fn(b)];
      if (x < y) return -1;
      if (x > y) return 1;
    }
    return 0;
  });
};
export const range = (from, to, step = 1) => {
  const [start, end] = to === undefined ? [0, from] : [from, to];
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, at) => start + at * step);
};
export const identity = (value) => value;
export const noop = () => {};
export const toString = (value) => (isNil(value) ? '' : String(value));
export const words = (text) => toString(text).match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) || [];
export const upperFirst = (text) => toString(text).replace(/^./, (c) => c.toUpperCase());
export const lowerFirst = (text) => toString(text).replace(/^./, (c) => c.toLowerCase());
export const capitalize = (text) => upperFirst(toString(text).toLowerCase());
export const camelCase = (text) => words(text).map((w, at) => (at === 0 ? w.toLowerCase() : capitalize(w))).join('');
export const kebabCase = (text) => words(text).map((w) => w.toLowerCase()).join('-');
export const snakeCase = (text) => words(text).map((w) => w.toLowerCase()).join('_');
export const startCase = (text) => words(text).map(upperFirst).join(' ');
export const lowerCase = (text) => words(text).map((w) => w.toLowerCase()).join(' ');
export const upperCase = (text) => words(text).map((w) => w.toUpperCase()).join(' ');
export const trim = (text) => toString(text).trim();
export const startsWith = (text, part) => toString(text).startsWith(part);
export const endsWith = (text, part) => toString(text).endsWith(part);
export const escapeRegExp = (text) => toString(text).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

export const mergeWith = (target, ...sources) => {
  const customize = typeof sources[sources.length - 1] === 'function' ? sources.pop() : () => undefined;
  for (const source of sources) {
    for (const key of keys(source)) {
      if (key === '__proto__') continue;
      const made = customize(target[key], source[key], key, target, source);
      if (made !== undefined) target[key] = made;
      else if (isObjectLike(source[key]) && isObjectLike(target[key])) mergeWith(target[key], source[key], customize);
      else if (source[key] !== undefined) target[key] = cloneDeep(source[key]);
    }
  }
  return target;
};
export const defaults = (target, ...sources) => {
  for (const source of sources) for (const key of keys(source)) if (target[key] === undefined) target[key] = source[key];
  return target;
};
export const findIndex = (list, fn) => (list || []).findIndex((value, at) => by(fn)(value, at, list));
export const findKey = (object, fn) => keys(object).find((key) => by(fn)(object[key], key, object));
export const findLast = (list, fn) => [...values_(list)].reverse().find((value) => by(fn)(value));
export const partition = (list, fn) => [filter(list, fn), reject(list, fn)];
export const countBy = (list, fn) => mapValues(groupBy(list, fn), (group) => group.length);
export const keyBy = (list, fn) => Object.fromEntries(values_(list).map((value) => [by(fn)(value), value]));
export const zip = (...lists) => range(Math.max(0, ...lists.map((list) => list.length))).map((at) => lists.map((list) => list[at]));
export const zipObject = (names, list) => Object.fromEntries(names.map((name, at) => [name, list[at]]));
export const invert = (object) => Object.fromEntries(entries(object).map(([key, value]) => [value, key]));
export const chunk = (list, length = 1) => range(Math.ceil((list || []).length / length)).map((at) => list.slice(at * length, (at + 1) * length));
export const times = (count, fn = identity) => range(count).map((at) => fn(at));
export const castArray = (value) => (isArray(value) ? value : [value]);
export const concat = (list, ...others) => castArray(list).concat(...others);
export const take = (list, count = 1) => (list || []).slice(0, count);
export const drop = (list, count = 1) => (list || []).slice(count);
export const tail = (list) => drop(list);
export const xor = (...lists) => uniq(lists.flat()).filter((value) => lists.filter((list) => list.includes(value)).length === 1);
export const differenceWith = (list, others, same) => (list || []).filter((value) => !others.some((other) => same(value, other)));
export const differenceBy = (list, others, fn) => (list || []).filter((value) => !others.some((other) => by(fn)(other) === by(fn)(value)));
export const intersectionWith = (list, others, same) => (list || []).filter((value) => others.some((other) => same(value, other)));
export const sum = (list) => (list || []).reduce((out, value) => out + value, 0);
export const max = (list) => (isEmpty(list) ? undefined : list.reduce((a, b) => (b > a ? b : a)));
export const min = (list) => (isEmpty(list) ? undefined : list.reduce((a, b) => (b < a ? b : a)));
export const maxBy = (list, fn) => (isEmpty(list) ? undefined : list.reduce((a, b) => (by(fn)(b) > by(fn)(a) ? b : a)));
export const minBy = (list, fn) => (isEmpty(list) ? undefined : list.reduce((a, b) => (by(fn)(b) < by(fn)(a) ? b : a)));
export const isMatch = (object, part) => keys(part).every((key) => (isPlainObject(part[key]) ? isMatch(object[key], part[key]) : isEqual(object && object[key], part[key])));
export const isDate = (value) => value instanceof Date;
export const isNaN = (value) => isNumber(value) && Number.isNaN(Number(value));
export const isFinite = Number.isFinite;
export const negate = (fn) => (...all) => !fn(...all);
export const constant = (value) => () => value;
export const flow = (...fns) => (...all) => fns.flat().reduce((out, fn, at) => (at === 0 ? fn(...out) : fn(out)), all);
export const memoize = (fn) => {
  const known = new Map();
  return (...all) => known.get(all[0]) ?? known.set(all[0], fn(...all)).get(all[0]);
};
export const unset = (object, path) => {
  const parts = toPath(path);
  const holder = parts.length > 1 ? get(object, parts.slice(0, -1)) : object;
  return isObjectLike(holder) ? delete holder[parts[parts.length - 1]] : true;
};
export const toLower = (text) => toString(text).toLowerCase();
export const toUpper = (text) => toString(text).toUpperCase();
export const trimStart = (text) => toString(text).trimStart();
export const trimEnd = (text) => toString(text).trimEnd();
export const split = (text, separator) => toString(text).split(separator);
export const join = (list, separator = ',') => (list || []).join(separator);
export const truncate = (text, { length = 30, omission = '...' } = {}) => (toString(text).length > length ? toString(text).slice(0, length - omission.length) + omission : toString(text));

export default {
  toPath, isArray, isNil, isNull, isUndefined, isString, isNumber, isInteger, isBoolean, isFunction, isRegExp, isError,
  isObject, isObjectLike, isPlainObject, isEmpty, isEqual, get, has, set, keys, values, entries, toPairs, fromPairs,
  forEach, each, forOwn, map, filter, reject, find, some, every, reduce, includes, uniq, uniqBy, uniqWith, groupBy,
  flatten, flattenDeep, flatMap, compact, difference, intersection, union, without, first, head, last, initial, size,
  pick, omit, pickBy, omitBy, mapValues, mapKeys, cloneDeep, clone, merge, assign, sortBy, range, identity, noop,
  toString, words, upperFirst, lowerFirst, capitalize, camelCase, kebabCase, snakeCase, startCase, lowerCase, upperCase,
  trim, startsWith, endsWith, escapeRegExp, mergeWith, defaults, findIndex, findKey, findLast, partition, countBy, keyBy, zip,
  zipObject, invert, chunk, times, castArray, concat, take, drop, tail, xor, differenceWith, differenceBy,
  intersectionWith, sum, max, min, maxBy, minBy, isMatch, isDate, isNaN, isFinite, negate, constant, flow, memoize,
  unset, toLower, toUpper, trimStart, trimEnd, split, join, truncate,
};
