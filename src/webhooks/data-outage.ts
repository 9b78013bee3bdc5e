/** Whether data that is asked for stays away: by when it was due in its market's calendar, not by how long it did not change. */

/** What is known of one source of it. */
export interface SourceState {
  readonly source: string;
  readonly lastSuccessAt: Date | null;
  readonly newestAsOf: Date | null;
  /** when its next observation is due; null: it does not say */
  readonly expectedNextAt: Date | null;
  readonly lastError: string | null;
}

/** How one kind of data does. */
export interface DataState {
  readonly isStale: boolean;
  /** when the next observation is or was due */
  readonly expectedAt: Date;
  readonly newestAsOf: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastError: string | null;
}

function latest(dates: readonly (Date | null)[]): Date | null {
  return dates.reduce((newest, date) => (date !== null && (newest === null || date > newest) ? date : newest), null);
}

/**
 * How data does that any one of several sources may give: stale once what the best of them promised is overdue. A source that
 * has never answered promises nothing, so that a machine without network is not told of what it never had.
 *
 * @param sources in the order in which they are asked
 * @returns null when none has ever answered
 */
export function dataState(sources: readonly SourceState[], now: Date): DataState | null {
  const answered = sources.filter(({ lastSuccessAt }) => lastSuccessAt !== null);
  const expectedAt = latest(answered.map(({ expectedNextAt }) => expectedNextAt));
  if (expectedAt === null) return null;
  return {
    isStale: expectedAt < now,
    expectedAt,
    newestAsOf: latest(answered.map(({ newestAsOf }) => newestAsOf)),
    lastSuccessAt: latest(answered.map(({ lastSuccessAt }) => lastSuccessAt)),
    lastError: sources.map(({ lastError }) => lastError).find((error) => error !== null) ?? null,
  };
}
