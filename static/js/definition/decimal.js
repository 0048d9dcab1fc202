// Exact decimals: {digits, scale} is digits / 10^scale, digits being a BigInt. Binary fractions would round where
// Python and PostgreSQL do not, and a case would pass a check on one side that it fails on the other.

const NUMBER = /^([-+]?)([0-9]*)(?:\.([0-9]*))?(?:e([-+]?[0-9]+))?$/i;
const QUOTIENT_DECIMALS = 12;

const powers = [1n];
const power = (exponent) => {
  for (let known = powers.length; known <= exponent; known += 1) powers.push(powers[known - 1] * 10n);
  return powers[exponent];
};
const magnitude = (digits) => (digits < 0n ? -digits : digits);

// A number as stored or as JSON holds it: a number, a BigInt, or text; null for anything else.
export const decimal = (data) => {
  if (typeof data === "bigint") return { digits: data, scale: 0 };
  if (Number.isSafeInteger(data)) return { digits: BigInt(data), scale: 0 };
  const found = typeof data === "number" || typeof data === "string" ? NUMBER.exec(String(data)) : null;
  if (found === null || !(found[2] || found[3])) return null;
  const [, sign, whole, decimals = "", exponent = "0"] = found;
  const digits = BigInt(sign + whole + decimals);
  const scale = decimals.length - Number(exponent);
  return scale < 0 ? { digits: digits * power(-scale), scale: 0 } : { digits, scale };
};

// The digits of `number` at a scale that is not below its own.
const at = (number, scale) => number.digits * power(scale - number.scale);

const joined = (combine) => (one, other) => {
  const scale = Math.max(one.scale, other.scale);
  return { digits: combine(at(one, scale), at(other, scale)), scale };
};

export const add = joined((one, other) => one + other);
export const subtract = joined((one, other) => one - other);
export const multiply = (one, other) => ({ digits: one.digits * other.digits, scale: one.scale + other.scale });
export const negate = (number) => ({ digits: -number.digits, scale: number.scale });
export const absolute = (number) => ({ digits: magnitude(number.digits), scale: number.scale });

// Negative, zero or positive, as `one` is less than, equal to or more than `other`.
export const compare = (one, other) => {
  const { digits } = subtract(one, other);
  return digits < 0n ? -1 : Number(digits > 0n);
};

// To so many decimals, half away from zero.
export const round = (number, decimals) => {
  if (number.scale <= decimals) return { digits: at(number, decimals), scale: decimals };
  const unit = power(number.scale - decimals);
  const up = magnitude(number.digits) + unit / 2n;
  return { digits: (number.digits < 0n ? -up : up) / unit, scale: decimals };
};

// The quotient to 12 decimals, half away from zero, decided by the exactly truncated 13th; null for division by zero.
export const divide = (dividend, divisor) => {
  if (divisor.digits === 0n) return null;
  const scale = Math.max(dividend.scale, divisor.scale);
  const shifted = at(dividend, scale) * power(QUOTIENT_DECIMALS + 1);
  return round({ digits: shifted / at(divisor, scale), scale: QUOTIENT_DECIMALS + 1 }, QUOTIENT_DECIMALS);
};

// To so many digits altogether, half away from zero.
export const toDigits = (number, most) => {
  const excess = String(magnitude(number.digits)).length - most;
  if (excess <= 0) return number;
  const rounded = round({ digits: number.digits, scale: excess }, 0).digits;
  return excess > number.scale
    ? { digits: rounded * power(excess - number.scale), scale: 0 }
    : { digits: rounded, scale: number.scale - excess };
};

export const isWhole = (number) => number.digits % power(number.scale) === 0n;

// In plain digits, without zeros at the end of the decimals.
export const text = (number) => {
  const digits = String(magnitude(number.digits)).padStart(number.scale + 1, "0");
  const point = digits.length - number.scale;
  const decimals = digits.slice(point).replace(/0+$/, "");
  return (number.digits < 0n ? "-" : "") + digits.slice(0, point) + (decimals && `.${decimals}`);
};

// As JSON stores it: a number, or text where a number would not keep every digit.
export const stored = (number) => {
  const plain = text(number);
  return plain.replace(/[-.]/g, "").replace(/^0+/, "").length <= 15 ? Number(plain) : plain;
};
