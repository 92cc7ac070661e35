// Runs once in every engine before any other code: takes away what differs between two runs, and gives `__covenant`,
// through which the packages in `shims/` and the engine talk to each other.
(function (natives) {
  'use strict';
  const refuse = (what) => {
    throw new Error(what + ' is not there: a rule must give the same answer whenever it runs');
  };

  // No clock: dates that are written out work, the present does not exist. Local time is UTC.
  const RealDate = Date;
  const zoned = (text) => (/T\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? text + 'Z' : text);
  const FixedDate = function Date(...parts) {
    if (!new.target || parts.length === 0) refuse('the present time');
    if (parts.length > 1) return new RealDate(RealDate.UTC(...parts));
    return new RealDate(typeof parts[0] === 'string' ? zoned(parts[0]) : parts[0]);
  };
  FixedDate.prototype = RealDate.prototype;
  FixedDate.UTC = RealDate.UTC;
  FixedDate.parse = (text) => RealDate.parse(zoned(String(text)));
  FixedDate.now = () => refuse('the present time');
  const proto = RealDate.prototype;
  proto.constructor = FixedDate;
  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds']) {
    proto['get' + part] = proto['getUTC' + part];
    if (part !== 'Day') proto['set' + part] = proto['setUTC' + part];
  }
  proto.getTimezoneOffset = () => 0;
  proto.toString = proto.toUTCString;
  globalThis.Date = FixedDate;

  // No chance: every run has the same sequence (xorshift).
  let state = 0x2545f491;
  Math.random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x100000000;
  };
  for (const name of ['performance', 'Atomics', 'SharedArrayBuffer', 'WeakRef', 'FinalizationRegistry', 'gc', 'print']) {
    delete globalThis[name];
  }
  const silent = () => {};
  globalThis.console = Object.freeze({ log: silent, info: silent, warn: silent, error: silent, debug: silent });

  // Values and functions that stand for something that is built in.
  const marks = new WeakMap();
  const mark = (value, kind, name) => {
    marks.set(value, { kind, name });
    return value;
  };

  // CommonJS.
  const loaded = new Map();
  const load = (id) => {
    if (loaded.has(id)) return loaded.get(id).exports;
    const kind = natives.kind(id);
    if (kind === 'module') return natives.namespace(id);
    const module = { exports: {} };
    loaded.set(id, module);
    if (kind === 'json') {
      module.exports = JSON.parse(natives.source(id));
      return module.exports;
    }
    const require = (name) => load(natives.resolve(id, name));
    const folder = id.replace(/\/?[^/]*$/, '');
    try {
      natives.compile(id).call(module.exports, module.exports, require, module, id, folder);
    } catch (error) {
      loaded.delete(id);
      throw error;
    }
    return module.exports;
  };

  const plain = (value) =>
    JSON.stringify(value, (_, part) => (part instanceof RegExp ? { $regexp: String(part) } : part));

  /** The core function `name` as rules of other people call it. */
  const core = (name) =>
    mark(
      Object.defineProperty(
        function (value, options, context) {
          const path = (context && context.path) || [];
          const kind = typeof value === 'string' ? 'text' : value === undefined ? 'missing' : 'json';
          const text = kind === 'text' ? value : kind === 'json' ? JSON.stringify(value) : '';
          if (text === undefined) return undefined;
          natives.spend(text.length);
          const last = path.length > 0 ? String(path[path.length - 1]) : undefined;
          const found = JSON.parse(natives.core(name, plain(options) || 'null', kind, text, last || ''));
          // Like those of Spectral, only `schema` gives a list when all is well.
          if (found.length === 0 && name !== 'schema') return undefined;
          return found.map(({ message, below }) => ({ message, path: [...path, ...below] }));
        },
        'name',
        { value: name },
      ),
      'function',
      name,
    );

  /** What of `value` is against `schema`: messages. */
  const faults = (schema, value) => {
    if (value === undefined) return ['must exist'];
    const type = schema && schema.type;
    if (type && Object.keys(schema).every((key) => key === 'type')) {
      const is = (name) =>
        name === 'array'
          ? Array.isArray(value)
          : name === 'null'
            ? value === null
            : name === 'integer'
              ? Number.isInteger(value)
              : name === 'object'
                ? typeof value === 'object' && value !== null && !Array.isArray(value)
                : typeof value === name;
      if ([].concat(type).some(is)) return [];
    }
    const [about, text] = [plain(schema), plain(value) || 'null'];
    natives.spend(about.length + text.length);
    return JSON.parse(natives.faults(about, text));
  };

  const coreNames = [
    'alphabetical', 'casing', 'defined', 'enumeration', 'falsy', 'length', 'or', 'pattern', 'schema', 'truthy', 'undefined',
    'unreferencedReusableObject', 'xor',
  ];
  const own = (name) =>
    mark(() => { throw new Error(`\`${name}\` is a function of spectral:oas; name it in \`then\``); }, 'function', `spectral:oas/${name}`);

  /** A built-in ruleset as an object that programs read and change. */
  const builtin = (name) => {
    const value = JSON.parse(natives.builtin(name));
    const original = {};
    for (const [id, rule] of Object.entries(value.rules)) {
      for (const then of [].concat(rule.then)) then.function = (coreNames.includes(then.function) ? core : own)(then.function);
      original[id] = JSON.stringify(converted(rule, 'rules', [], []));
    }
    marks.set(value, { kind: 'ruleset', name, original });
    return value;
  };

  /** The name of a built-in ruleset; when a program changed its rules, a ruleset that says so. */
  const extended = (value, { name, original }, functions) => {
    const rules = {};
    for (const [id, rule] of Object.entries(value.rules || {})) {
      const now = converted(rule, 'rules', [], functions);
      if (JSON.stringify(now) !== original[id]) rules[id] = now;
    }
    return Object.keys(rules).length === 0 ? name : { extends: name, rules };
  };

  /** A default export as a ruleset of texts and numbers, and the functions in it. */
  const known = new WeakMap();
  const ruleset = (value) => {
    if (value === null || typeof value !== 'object') return { text: JSON.stringify(value), functions: [] };
    if (known.has(value)) return known.get(value);
    const functions = [];
    const text = JSON.stringify(converted(value, '', [], functions));
    known.set(value, { text, functions });
    return known.get(value);
  };

  const converted = (value, name, above, functions) => {
    const convert = (part, key, open) => {
      const known = part !== null && (typeof part === 'object' || typeof part === 'function') ? marks.get(part) : null;
      if (known && known.original) return extended(part, known, functions);
      if (known && (known.kind !== 'function' || key === 'function')) return known.name;
      if (typeof part === 'function') {
        if (key !== 'function' && key !== 'formats') {
          throw new Error(`\`${key}\` of the ruleset is a function; only \`then\` and \`formats\` can have one`);
        }
        let at = functions.indexOf(part);
        if (at < 0) at = functions.push(part) - 1;
        const called = `js:${at}${part.name ? ' ' + part.name : ''}`;
        return key === 'function' ? called : { $format: called, title: String(part.displayName || part.name) };
      }
      if (part instanceof RegExp) return { $regexp: String(part) };
      if (typeof part !== 'object' || part === null) return part;
      if (open.includes(part)) throw new Error('the ruleset holds itself');
      if (open.length > 64) throw new Error('the ruleset is nested too deeply');
      const inside = [...open, part];
      if (Array.isArray(part) || part instanceof Set) {
        return [...part].map((item) => convert(item, key, inside));
      }
      const out = {};
      for (const name of Object.keys(part)) {
        if (name === 'default' && open.length === 0 && part.__esModule) return convert(part.default, key, inside);
        const converted = convert(part[name], name, inside);
        if (converted !== undefined) out[name] = converted;
      }
      return out;
    };
    return convert(value, name, above);
  };

  /** The third argument of a call. */
  const documents = { resolved: undefined, unresolved: undefined, source: null, formats: [] };
  /** The formats of the document, as the functions that programs import; none: null. */
  let formats;
  const present = () => {
    if (formats === undefined) {
      const all = documents.formats.length > 0 ? load('@stoplight/spectral-formats') : {};
      formats = documents.formats.length > 0 ? new Set(documents.formats.map((name) => all[name])) : null;
    }
    return formats;
  };
  const document = { get data() { return documents.unresolved; }, get source() { return documents.source; }, get formats() { return present(); } };
  document.parserResult = { get data() { return documents.unresolved; } };
  /** Pointers of all reference objects, and what they refer to. */
  const references = (value, pointer, out) => {
    if (value === null || typeof value !== 'object') return out;
    if (typeof value.$ref === 'string') out[pointer] = value.$ref;
    for (const key of Object.keys(value)) {
      references(value[key], `${pointer}/${encodeURIComponent(key.replace(/~/g, '~0').replace(/\//g, '~1'))}`, out);
    }
    return out;
  };
  let graph;
  const inventory = {
    get graph() {
      graph = graph || { nodes: { [documents.source]: { refMap: references(documents.unresolved, '#', {}) } } };
      return graph;
    },
    get resolved() { return documents.resolved; },
    get unresolved() { return documents.unresolved; },
    get source() { return documents.source; },
    document,
    get formats() { return present(); },
    diagnostics: [],
    errors: null,
    referencedDocuments: {},
  };
  const rules = new Map();
  const context = (path, text) => {
    if (!rules.has(text)) rules.set(text, JSON.parse(text));
    return { path, document, documentInventory: inventory, rule: rules.get(text) };
  };

  /** A message or key of a result, as long as anyone reads. */
  const { apply } = Reflect;
  const { slice } = String.prototype;
  const RealString = String;
  const short = (value, always) => {
    if (!always && (value === undefined || value === null)) return value;
    const text = RealString(value);
    return text.length > 4100 ? apply(slice, text, [0, 4100]) : text;
  };

  globalThis.__covenant = Object.freeze({
    short, load, mark, core, builtin, faults, ruleset, context, documents,
    define: (object, name, value) =>
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true }),
  });
  Object.defineProperty(globalThis, '__covenant', { enumerable: false, writable: false, configurable: false });
});
