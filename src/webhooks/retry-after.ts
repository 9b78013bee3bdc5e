const WEEKDAY = "(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?";
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const TIME = "\\d{2}:\\d{2}:\\d{2}";
// The three forms that a receiver must read; Date.parse alone would also take "-1" and "2.5" for years.
const HTTP_DATE = new RegExp(`^${WEEKDAY}, \\d{2}[ -]${MONTH}[ -](?:\\d{4}|\\d{2}) ${TIME} GMT$`);
const ASCTIME_DATE = new RegExp(`^${WEEKDAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`);

/**
 * The wait that a `Retry-After` header asks for, in milliseconds; null when it asks for none that can be read.
 *
 * The header is a stranger's text: negative, fractional, repeated and empty values are null, a date that has passed is 0, and
 * any number of digits is a number, so that the caller's own limit decides.
 *
 * @see RFC 9110, sections 10.2.3 and 5.6.7: whole seconds, or a date in one of three forms
 * @example
 * retryAfterMs("120", new Date()); // 120000
 */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (typeof header !== "string") return null;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = ASCTIME_DATE.test(text) ? `${text} GMT` : HTTP_DATE.test(text) ? text : null;
  if (date === null) return null;
  const atMs = Date.parse(date);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - now.getTime());
}
