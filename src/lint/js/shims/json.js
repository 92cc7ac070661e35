// JSON pointers, and questions about values.
export const decodePointer = (text) => decodeURIComponent(text.replace(/~1/g, '/').replace(/~0/g, '~'));
export const decodePointerFragment = decodePointer;
export const encodePointerFragment = (part) =>
  typeof part === 'number' ? part : part.replace(/~/g, '~0').replace(/\//g, '~1');
export const encodePointer = (text) => text.replace(/~/g, '~0').replace(/\//g, '~1');
export const encodePointerUriFragment = (part) => encodeURIComponent(encodePointerFragment(part));
export const pathToPointer = (path) =>
  path.length === 0 ? '#' : '#/' + path.map((part) => encodePointerFragment(part)).join('/');
export const pointerToPath = (pointer) =>
  pointer
    .replace(/^#?\/?/, '')
    .split('/')
    .filter((part, at, all) => all.length > 1 || part !== '')
    .map((part) => decodePointer(part));
export const isPlainObject = (value) => {
  if (typeof value !== 'object' || value === null) return false;
  const proto = Object.getPrototypeOf(value);
  return proto === null || proto === Object.prototype;
};
export const hasRef = (value) => isPlainObject(value) && '$ref' in value && typeof value.$ref === 'string';
export const isLocalRef = (ref) => ref.startsWith('#');
export const isExternalRef = (ref) => !ref.startsWith('#');
export const stringify = (value, replacer, space) => JSON.stringify(value, replacer, space);
export const safeStringify = (value, replacer, space) =>
  typeof value === 'string' ? value : JSON.stringify(value, replacer, space);
export const resolveInlineRef = (document, ref) => {
  let value = document;
  for (const part of pointerToPath(ref)) {
    if (value === null || typeof value !== 'object' || !(part in value)) {
      throw new ReferenceError(`Could not resolve '${ref}'`);
    }
    value = value[part];
  }
  return value;
};

export default {
  decodePointer, decodePointerFragment, encodePointer, encodePointerFragment, encodePointerUriFragment, pathToPointer,
  pointerToPath, isPlainObject, hasRef, isLocalRef, isExternalRef, stringify, safeStringify, resolveInlineRef,
};
