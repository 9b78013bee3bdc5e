/** Axes: where a value lies, and where the marks go. Pure. */

const DAY_MS = 86_400_000;

/** Values from `low` to `high` laid on pixels from `from` to `to`. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Where a value lies between two pixels; `from` is the pixel of `axis.low`. */
export function pixelOf({ low, high }: Pick<Axis, "low" | "high">, value: number, from: number, to: number): number {
  return from + ((value - low) / (high - low)) * (to - from);
}

/** Steps of 1, 2 or 5 times a power of ten: the smallest that needs no more than `most` of them. */
function niceStep(span: number, most: number): number {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

/**
 * An axis that holds all values and begins and ends at a mark.
 *
 * @param least narrower spans are widened to this, so that a flat series is not drawn as a storm
 */
export function valueAxis(values: readonly number[], { least, most }: { least: number; most: number }): Axis {
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const missing = Math.max(0, least - (highest - lowest)) / 2;
  const step = niceStep(highest - lowest + 2 * missing, most);
  const first = Math.floor((lowest - missing) / step + 1e-9);
  const last = Math.ceil((highest + missing) / step - 1e-9);
  // Multiples of the step, never sums: 0.1 + 0.2 is not 0.3. And 0 has no sign.
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step + 0);
  return { low: first * step + 0, high: last * step + 0, ticks };
}

/** A mark of the time axis. */
export interface DateTick {
  readonly ms: number;
  readonly label: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function monthTicks(fromMs: number, toMs: number, every: number): DateTick[] {
  const ticks: DateTick[] = [];
  const first = new Date(fromMs);
  for (let month = 0; ; month++) {
    const at = new Date(Date.UTC(first.getUTCFullYear(), month, 1));
    if (at.getTime() > toMs) return ticks;
    if (at.getTime() < fromMs || month % every !== 0) continue;
    const name = MONTHS[at.getUTCMonth()] ?? "";
    const isNewYear = at.getUTCMonth() === 0 || ticks.length === 0;
    ticks.push({ ms: at.getTime(), label: isNewYear ? `${name} ${at.getUTCFullYear()}` : name });
  }
}

function dayTicks(fromMs: number, toMs: number, every: number): DateTick[] {
  const ticks: DateTick[] = [];
  for (let ms = Math.ceil(fromMs / DAY_MS) * DAY_MS; ms <= toMs; ms += every * DAY_MS) {
    const at = new Date(ms);
    ticks.push({ ms, label: `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""}` });
  }
  return ticks;
}

/** Marks at whole days, weeks or months, no more than `most`. */
export function dateTicks(fromMs: number, toMs: number, most: number): readonly DateTick[] {
  const days = (toMs - fromMs) / DAY_MS;
  const daily = [1, 2, 7, 14].find((every) => days / every <= most);
  if (daily !== undefined) return dayTicks(fromMs, toMs, daily);
  const every = [1, 2, 3, 6, 12, 24, 60].find((months) => days / (months * 30.4) <= most) ?? 120;
  return monthTicks(fromMs, toMs, every);
}
