/**
 * The wait that a `Retry-After` header asks for, in milliseconds; null when it asks for none that can be read.
 *
 * The header is a stranger's text: negative, fractional, empty and absurd values are null, a date that has passed is 0.
 *
 * @see RFC 9110, section 10.2.3: whole seconds or an HTTP date
 * @example
 * retryAfterMs("120", new Date()); // 120000
 */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null;
  const text = header.trim();
  // Nine digits are 31 years; more can only be a mistake, and far more would not be a finite number.
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Only dates that name a weekday and GMT: Date.parse alone would also read "-1" and "2.5" as years.
  if (!/^[A-Z][a-z]{2,8},? .*GMT$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
