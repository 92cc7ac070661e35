// Runs after the prelude: what the language does in one step of native code is counted by the data that it touches, so
// that a loop over long texts and lists meets its budget as soon as a loop of as many turns.
(function (natives) {
  'use strict';
  const { spend } = natives;
  const { apply } = Reflect;
  const { isArray } = Array;
  const { isView } = ArrayBuffer;
  const { defineProperty } = Object;

  const size = (value) => {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return 0;
    return isArray(value) || isView(value) ? Number(value.length) || 0 : 0;
  };
  // What is small is counted by its turns.
  const count = (units) => {
    if (units > 1000) spend(units);
  };
  const counted = (holder, name, extra) => {
    const real = holder[name];
    if (typeof real !== 'function') return;
    const { [name]: wrapper } = {
      [name](...list) {
        let units = size(this) + (extra ? extra(this, list) : 0);
        for (let at = 0; at < list.length; at++) units += size(list[at]);
        count(units);
        let result;
        try {
          result = apply(real, this, list);
        } catch (error) {
          // It may have worked hard until then.
          count(units + (extra ? 1e6 : 0));
          throw error;
        }
        if (typeof result === 'string') count(result.length - units);
        return result;
      },
    };
    defineProperty(wrapper, 'length', { value: real.length, configurable: true });
    defineProperty(holder, name, { value: wrapper, writable: true, enumerable: false, configurable: true });
  };
  const all = (holder, names, extra) => {
    for (const name of names) counted(holder, name, extra);
  };

  const number = (value) => (value > 0 ? +value : 0);
  const strings = String.prototype;
  // Parts of a text are as long as what comes of them.
  all(strings, [
    'concat', 'endsWith', 'includes', 'indexOf', 'lastIndexOf', 'localeCompare', 'match', 'matchAll', 'normalize',
    'replace', 'replaceAll', 'search', 'split', 'startsWith', 'toLocaleLowerCase', 'toLocaleUpperCase', 'toLowerCase',
    'toUpperCase', 'trim', 'trimEnd', 'trimStart', 'isWellFormed', 'toWellFormed',
  ]);
  all(strings, ['repeat'], (text, [times]) => size(text) * number(times));
  all(strings, ['padStart', 'padEnd'], (_, [length]) => number(length));
  all(Array.prototype, [
    'concat', 'copyWithin', 'fill', 'flat', 'includes', 'indexOf', 'join', 'lastIndexOf', 'reverse', 'shift', 'slice', 'sort',
    'splice', 'toReversed', 'toSorted', 'toSpliced', 'toString', 'unshift', 'with',
  ], () => 1);
  const typed = Object.getPrototypeOf(Int8Array.prototype);
  all(typed, [
    'copyWithin', 'fill', 'includes', 'indexOf', 'join', 'lastIndexOf', 'reverse', 'set', 'slice', 'sort', 'toReversed',
    'toSorted', 'with',
  ]);
  all(RegExp.prototype, ['exec', 'test']);
  all(JSON, ['parse', 'stringify'], () => 1);
  all(Object, ['assign', 'entries', 'freeze', 'fromEntries', 'getOwnPropertyNames', 'keys', 'values']);
  all(Array, ['from'], (_, [value]) => (value !== null && typeof value === 'object' ? number(value.length) : 0));
  for (const name of ['encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'escape', 'unescape']) {
    counted(globalThis, name);
  }
});
