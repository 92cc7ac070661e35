// Helpers of Node.js that rules use.
import { isEqual } from 'lodash';

export const inspect = (value) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value) ?? String(value));
export const format = (text, ...values) => {
  const rest = [...values];
  const show = (value) => (typeof value === 'string' ? value : inspect(value));
  const filled =
    typeof text === 'string'
      ? text.replace(/%([sdifjoO%])/g, (mark, kind) => {
          if (kind === '%') return '%';
          if (rest.length === 0) return mark;
          const value = rest.shift();
          if (kind === 's') return show(value);
          if (kind === 'd' || kind === 'f') return String(Number(value));
          return kind === 'i' ? String(Math.trunc(Number(value))) : JSON.stringify(value);
        })
      : show(text);
  return [filled, ...rest.map(show)].join(' ');
};
export const isDeepStrictEqual = isEqual;
export const inherits = (child, parent) => Object.setPrototypeOf(child.prototype, parent.prototype);
export const isArray = Array.isArray;
export const deprecate = (fn) => fn;
export default { inspect, format, isDeepStrictEqual, inherits, isArray, deprecate };
