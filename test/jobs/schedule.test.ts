import { validate } from "node-cron";
import { describe, expect, it } from "vitest";
import { JOBS } from "../../jobs/jobs.ts";
import { SCHEDULE } from "../../jobs/schedule.ts";
import { isSessionOpen } from "../../jobs/session-open.ts";

describe("SCHEDULE", () => {
  it.each(SCHEDULE.map((line) => [`${line.cron} ${line.job}`, line] as const))(
    "%s is a cron line of a job",
    (_, line) => {
      expect(validate(line.cron)).toBe(true);
      expect(JOBS[line.job]).toBeTypeOf("function");
    },
  );
});

describe("isSessionOpen()", () => {
  it.each([
    ["Sunday before the open", "2025-11-16T22:59:00Z", false],
    ["Sunday evening, trading for Monday", "2025-11-16T23:00:00Z", true],
    ["Monday at noon", "2025-11-17T18:00:00Z", true],
    ["the last minute of Monday", "2025-11-17T22:00:00Z", true],
    ["the daily pause", "2025-11-17T22:30:00Z", false],
    ["Monday evening", "2025-11-17T23:30:00Z", true],
    ["Friday after the close", "2025-11-21T22:30:00Z", false],
    ["Saturday", "2025-11-22T15:00:00Z", false],
    ["Sunday evening in summer, an hour earlier in UTC", "2025-07-13T22:00:00Z", true],
    ["Sunday before the open in summer", "2025-07-13T21:59:00Z", false],
    ["Good Friday", "2025-04-18T15:00:00Z", false],
  ])("%s", (_, instant, open) => {
    expect(isSessionOpen(new Date(instant))).toBe(open);
  });
});
