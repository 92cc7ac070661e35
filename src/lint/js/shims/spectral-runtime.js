// How paths and values are printed in messages.
export const PrintStyle = { Dot: 'dot', Pointer: 'pointer', EscapedPointer: 'escapedPointer' };

export function printValue(value) {
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return 'Array[]';
  if (value instanceof RegExp) return String(value);
  if (value !== null && typeof value === 'object') return 'Object{}';
  return JSON.stringify(value);
}

export function printPath(path, style) {
  if (style === PrintStyle.Pointer) return path.length === 0 ? '#' : '#/' + path.join('/');
  if (style === PrintStyle.EscapedPointer) {
    return path.length === 0 ? '#' : '#/' + path.map((p) => String(p).replace(/~/g, '~0').replace(/\//g, '~1')).join('/');
  }
  return path.reduce((out, part) => {
    if (typeof part === 'number') return `${out}[${part}]`;
    if (part === '' || /\s/.test(part)) return `${out}['${part}']`;
    return out === '' ? part : `${out}.${part}`;
  }, '');
}

export default { PrintStyle, printValue, printPath };
