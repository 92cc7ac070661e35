// The classes, which are there without an import, too.
export const URL = globalThis.URL, URLSearchParams = globalThis.URLSearchParams;
export default { URL, URLSearchParams };
