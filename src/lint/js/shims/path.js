// Paths with `/`, as far as rules take them apart.
export const sep = '/', delimiter = ':';
export const normalize = (path) => {
  const out = [];
  for (const part of String(path).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out[out.length - 1] !== '..') out.pop();
    else if (part !== '..' || !isAbsolute(path)) out.push(part);
  }
  const joined = (isAbsolute(path) ? '/' : '') + out.join('/');
  return (joined || '.') + (String(path).endsWith('/') && out.length > 0 ? '/' : '');
};
export const isAbsolute = (path) => String(path).startsWith('/');
export const join = (...parts) => normalize(parts.filter((part) => part !== '').join('/') || '.');
export const resolve = (...parts) => {
  const path = parts.reduce((out, part) => (isAbsolute(part) ? part : `${out}/${part}`), '/');
  return normalize(path).replace(/(.)\/$/, '$1');
};
export const dirname = (path) => {
  const at = String(path).replace(/\/+$/, '').lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
};
export const basename = (path, ending = '') => {
  const name = String(path).replace(/\/+$/, '').split('/').pop();
  return ending !== '' && name !== ending && name.endsWith(ending) ? name.slice(0, -ending.length) : name;
};
export const extname = (path) => {
  const name = basename(path);
  const at = name.lastIndexOf('.');
  return at > 0 ? name.slice(at) : '';
};
export const posix = { sep, delimiter, normalize, isAbsolute, join, resolve, dirname, basename, extname };
export default { ...posix, posix };
