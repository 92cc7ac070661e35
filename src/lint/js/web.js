// What programs expect around them besides the language: `process`, `global`, URLs. Nothing of it differs between two
// machines.
(function (natives) {
  'use strict';
  const hidden = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  hidden('global', globalThis);
  const frozen = Object.freeze;
  hidden(
    'process',
    frozen({ env: frozen({}), argv: frozen([]), platform: 'linux', version: '', versions: frozen({}), cwd: () => '/' }),
  );

  const encode = (text) =>
    encodeURIComponent(text).replace(/[!'()~]|%20/g, (c) => (c === '%20' ? '+' : '%' + c.charCodeAt(0).toString(16).toUpperCase()));
  const decode = (text) => {
    const spaced = text.replace(/\+/g, ' ');
    try {
      return decodeURIComponent(spaced);
    } catch {
      return spaced;
    }
  };

  /** `application/x-www-form-urlencoded` as a list of names and values (WHATWG URL Standard, section 6.2). */
  class URLSearchParams {
    #list = [];
    constructor(from = '') {
      if (typeof from === 'string') {
        const parts = from.replace(/^\?/, '').split('&').filter((part) => part !== '');
        this.#list = parts.map((part) => {
          const at = part.indexOf('=');
          return at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
        });
      } else {
        const entries = typeof from[Symbol.iterator] === 'function' ? [...from] : Object.entries(from);
        this.#list = entries.map(([name, value]) => [String(name), String(value)]);
      }
    }
    get size() { return this.#list.length; }
    append(name, value) { this.#list.push([String(name), String(value)]); }
    delete(name) { this.#list = this.#list.filter(([known]) => known !== String(name)); }
    get(name) { return (this.#list.find(([known]) => known === String(name)) || [null, null])[1]; }
    getAll(name) { return this.#list.filter(([known]) => known === String(name)).map(([, value]) => value); }
    has(name) { return this.#list.some(([known]) => known === String(name)); }
    set(name, value) {
      const at = this.#list.findIndex(([known]) => known === String(name));
      const others = this.#list.filter(([known], index) => known !== String(name) || index === at);
      this.#list = at < 0 ? [...others, [String(name), String(value)]] : others.map((pair, index) => (index === at ? [pair[0], String(value)] : pair));
    }
    sort() { this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); }
    forEach(fn, self) { this.#list.forEach(([name, value]) => fn.call(self, value, name, this)); }
    *keys() { for (const [name] of this.#list) yield name; }
    *values() { for (const [, value] of this.#list) yield value; }
    *entries() { for (const [name, value] of this.#list) yield [name, value]; }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this.#list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'); }
  }
  hidden('URLSearchParams', URLSearchParams);

  /** A URL that is read, not changed (WHATWG URL Standard, section 6.1). */
  class URL {
    #parts;
    #query;
    constructor(text, base) {
      const parts = natives.url(String(text), base === undefined ? undefined : String(base));
      if (parts === undefined || parts === null) {
        throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: String(text) });
      }
      this.#parts = JSON.parse(parts);
      this.#query = new URLSearchParams(this.#parts.search);
    }
    static canParse(text, base) {
      try {
        return Boolean(new URL(text, base));
      } catch {
        return false;
      }
    }
    static parse(text, base) { return URL.canParse(text, base) ? new URL(text, base) : null; }
    get href() { return this.#parts.href; }
    get origin() { return this.#parts.origin; }
    get protocol() { return this.#parts.protocol; }
    get username() { return this.#parts.username; }
    get password() { return this.#parts.password; }
    get host() { return this.#parts.host; }
    get hostname() { return this.#parts.hostname; }
    get port() { return this.#parts.port; }
    get pathname() { return this.#parts.pathname; }
    get search() { return this.#parts.search; }
    get hash() { return this.#parts.hash; }
    get searchParams() { return this.#query; }
    toString() { return this.#parts.href; }
    toJSON() { return this.#parts.href; }
  }
  hidden('URL', URL);
});
